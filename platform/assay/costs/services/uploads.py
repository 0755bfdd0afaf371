"""Files on their way into the ledger."""

import errno
import hashlib
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, cast
from uuid import UUID

import structlog
from django.conf import settings

from assay.core.clock import now
from assay.core.errors import Invalid, Unavailable
from assay.costs.services.durability import make_durable

log = structlog.get_logger(__name__)

ABANDONED_AFTER = timedelta(days=1)
BLOCK_BYTES = 1 << 20
MOST_FILES = 5_000


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """name: as the sender has it, with folders; empty when it came alone. digest: hex SHA-256 of the content."""

    name: str
    size_bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Upload:
    """name: below the uploads folder. files: at least one."""

    name: str
    files: tuple[UploadedFile, ...]


def find_upload(name: str) -> Path:
    return Path(settings.ASSAY_UPLOADS_ROOT) / name


def find_files(name: str, count: int) -> list[Path]:
    """Where the files of an upload lie, in their order."""
    return [find_upload(name)] if count <= 1 else [find_upload(f"{name}-{number}") for number in range(count)]


def store_upload(organization_id: UUID, *, import_id: UUID, chunks: Iterable[bytes]) -> Upload:
    """Write a stream to disk so that it outlives the process; nothing is left when the stream breaks off.

    raises: Unavailable when the disk is full.
    """
    name = f"{organization_id.hex}/{import_id.hex}"
    path = find_upload(name)
    with _undone_when_broken([path]):
        file = _write(path, "", chunks)
    return Upload(name, (file,))


def store_archive(organization_id: UUID, *, import_id: UUID, chunks: Iterable[bytes]) -> Upload:
    """As store_upload, of a tar archive: its regular files. raises: Invalid for what is no such archive, or has no file."""
    name = f"{organization_id.hex}/{import_id.hex}"
    stored: list[UploadedFile] = []
    paths: list[Path] = []
    with _undone_when_broken(paths):
        try:
            with tarfile.open(fileobj=cast(IO[bytes], _Stream(chunks)), mode="r|") as archive:
                for member in archive:
                    content = archive.extractfile(member) if member.isfile() else None
                    if content is None:
                        continue
                    paths.append(find_upload(f"{name}-{len(stored)}"))
                    stored.append(_write(paths[-1], _check_member(member.name), iter(partial(content.read, BLOCK_BYTES), b"")))
                    if len(stored) > MOST_FILES:
                        raise Invalid(f"A delivery has at most {MOST_FILES} files.")
        except tarfile.TarError as error:
            raise Invalid(f"This is no whole tar archive ({error}): send the files again.") from error
        if not stored:
            raise Invalid("There is no file in this archive.")
        if len({file.name for file in stored}) < len(stored):
            raise Invalid("Two files of the archive have one name: send each once.")
        if len(stored) == 1:
            paths.append(paths[0].rename(find_upload(name)))
    return Upload(name, tuple(stored))


def remove_upload(name: str, count: int) -> None:
    if name:
        for path in find_files(name, count):
            path.unlink(missing_ok=True)


class _Stream:
    """Chunks as a file, for reading in order."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def read(self, size: int) -> bytes:
        parts, length = [self._rest], len(self._rest)
        while length < size and (chunk := next(self._chunks, b"")):
            parts.append(chunk)
            length += len(chunk)
        whole = b"".join(parts)
        self._rest = whole[size:]
        return whole[:size]


def _check_member(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not name.isprintable() or len(name) > 500:
        raise Invalid(f"The archive has a file named {name!r}: names are relative, printable and without `..`.")
    return str(path)


def _write(path: Path, name: str, chunks: Iterable[bytes]) -> UploadedFile:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size_bytes = hashlib.sha256(), 0
    with path.open("xb") as file:
        for chunk in chunks:
            file.write(chunk)
            digest.update(chunk)
            size_bytes += len(chunk)
    make_durable(path)
    return UploadedFile(name, size_bytes, digest.hexdigest())


@contextmanager
def _undone_when_broken(paths: Sequence[Path]) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        for path in paths:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Unavailable("There is no room for this file on Assay's disk; free some and send it again.") from error
        raise


def remove_abandoned_uploads(organization_id: UUID, *, needed: set[str]) -> None:
    """Delete old files that no import needs: their process died before the answer, or right after the import."""
    folder = find_upload(organization_id.hex)
    oldest = (now() - ABANDONED_AFTER).timestamp()
    for path in folder.glob("*") if folder.is_dir() else ():
        name = f"{organization_id.hex}/{path.name.partition('-')[0]}"
        if name not in needed and path.stat().st_mtime < oldest:
            log.info("upload_abandoned", organization_id=str(organization_id), upload=path.name)
            path.unlink(missing_ok=True)
