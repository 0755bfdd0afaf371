"""Output of a command in a file that never grows beyond its limit and always ends with the latest lines."""

from pathlib import Path
from typing import BinaryIO

LIMIT_BYTES = 5 * 1024 * 1024


class CappedFile:
    """Keeps the tail: when the limit is reached, the older half is dropped, with a first line that says so."""

    def __init__(self, path: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self.path = path
        self.limit_bytes = limit_bytes
        self.dropped_bytes = 0
        self.note_bytes = 0
        self.size_bytes = 0
        self.file: BinaryIO = path.open("wb", buffering=0)

    def write(self, data: bytes) -> None:
        if self.size_bytes + len(data) > self.limit_bytes:
            self._drop_older(data)
            return
        self.file.write(data)
        self.size_bytes += len(data)

    def close(self) -> None:
        self.file.close()

    def _drop_older(self, data: bytes) -> None:
        """Written anew beside the old one and moved over it, so that a reader never sees half of it."""
        text = self.path.read_bytes()[self.note_bytes :] + data
        kept = text[-self.limit_bytes // 2 :]
        self.dropped_bytes += len(text) - len(kept)
        draft = self.path.with_suffix(".part")
        note = f"[{self.dropped_bytes} bytes of earlier output were left out]\n".encode()
        self.file.close()
        draft.write_bytes(note + kept)
        draft.replace(self.path)
        self.file = self.path.open("ab", buffering=0)
        self.note_bytes, self.size_bytes = len(note), len(note) + len(kept)
