"""Several files as one request body: a tar archive that is made while it is sent."""

import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

BLOCK_BYTES = 1 << 18


class ArchiveBody:
    """A request body of known length. files: (name in the archive, path). report: called with the count of bytes handed over."""

    def __init__(self, files: Sequence[tuple[str, Path]], *, report: Callable[[int], None]) -> None:
        self._heads = [(_head(name, path), path, path.stat().st_size) for name, path in files]
        self._report = report

    def __len__(self) -> int:
        return sum(len(head) + size + _padding(size) for head, _, size in self._heads) + 2 * tarfile.BLOCKSIZE

    def __iter__(self) -> Iterator[bytes]:
        for head, path, size in self._heads:
            yield head
            with path.open("rb") as file:
                while block := file.read(BLOCK_BYTES):
                    yield block
                    self._report(len(block))
            yield b"\0" * _padding(size)
        yield b"\0" * (2 * tarfile.BLOCKSIZE)


def _head(name: str, path: Path) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size = path.stat().st_size
    return entry.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> int:
    return -size % tarfile.BLOCKSIZE
