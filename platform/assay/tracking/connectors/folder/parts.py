"""An upload that comes in parts: a folder of its own, until its parts have become the file."""

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from assay.core.errors import Invalid
from assay.core.ids import new_id
from assay.tracking.connectors.folder.durability import fill_draft, sync_folders
from assay.tracking.domain.artifact_stores import HIGHEST_PART, UploadedPart
from assay.tracking.domain.errors import UploadNotFound

_ID = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PATH, _DONE = "path", "done"
_COPY_BYTES = 256 * 1024 * 1024


class DigestingFile:
    """Writes through, and knows the SHA-256 of what it wrote."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._digest = file, hashlib.sha256()

    def write(self, block: bytes, /) -> int:
        self._digest.update(block)
        return self._file.write(block)

    @property
    def etag(self) -> str:
        return self._digest.hexdigest()


@dataclass(frozen=True, slots=True)
class PartFolder:
    """Holds `path` (of the file to be; also the lock), `part.<number>.<digest>`, and after completion `done` instead of parts."""

    folder: Path
    path: str

    @classmethod
    def begin(cls, incoming: Path, organization_id: UUID, path: str) -> "PartFolder":
        upload = cls(_place(incoming, organization_id, new_id().hex), path)
        upload.folder.mkdir(parents=True)
        with fill_draft(upload.folder / _PATH) as file:
            file.write(path.encode())
        sync_folders(upload.folder, base=incoming.parent)
        return upload

    @classmethod
    def find(cls, incoming: Path, organization_id: UUID, path: str, *, upload_id: str, must_exist: bool) -> "PartFolder":
        """raises: UploadNotFound when it must exist and does not, or is one of another path."""
        upload = cls(_place(incoming, organization_id, upload_id if _ID.fullmatch(upload_id) else "0"), path)
        if must_exist and not upload._is_there():
            raise UploadNotFound(path)
        return upload

    @property
    def upload_id(self) -> str:
        return self.folder.name.split(".")[1]

    @contextmanager
    def receive(self, number: int) -> Iterator[DigestingFile]:
        if not 1 <= number <= HIGHEST_PART:
            raise Invalid(f"Part {number} is outside 1..{HIGHEST_PART}.", part_number=number)
        draft = self.folder / f"draft.{new_id().hex}"
        try:
            with fill_draft(draft) as file:
                part = DigestingFile(file)
                yield part
            kept = draft.replace(self._part(number, part.etag))
        except FileNotFoundError as error:
            raise UploadNotFound(self.path) from error
        for older in self.folder.glob(f"part.{number}.*"):
            if older != kept:
                older.unlink(missing_ok=True)
        sync_folders(self.folder, base=self.folder)

    @contextmanager
    def assemble(self, parts: Sequence[UploadedPart]) -> Iterator[Path | None]:
        """The whole as one file, for the caller to move; None when that was done before. One caller at a time.

        raises: UploadNotFound; Invalid.
        """
        with self._locked():
            if (self.folder / _DONE).exists():
                yield None
                return
            files = self._check(parts)
            draft = self.folder / f"draft.{new_id().hex}"
            with fill_draft(draft) as whole:
                for file in files:
                    _append(whole, file)
            yield draft
            with fill_draft(self.folder / _DONE):
                pass
            for part in self.folder.glob("part.*"):
                part.unlink(missing_ok=True)

    def abort(self) -> None:
        with suppress(UploadNotFound), self._locked():
            if not (self.folder / _DONE).exists():
                shutil.rmtree(self.folder, ignore_errors=True)

    def _check(self, parts: Sequence[UploadedPart]) -> list[Path]:
        """The files of the parts, in order. raises: Invalid."""
        numbers = [part.number for part in parts]
        if not parts or len(set(numbers)) != len(numbers):
            raise Invalid("An upload is completed with its parts, each named once.", path=self.path)
        files = [self._part(part.number, part.etag.strip('"')) for part in sorted(parts, key=lambda part: part.number)]
        absent = next((file.name.split(".")[1] for file in files if not file.is_file()), None)
        if absent is not None:
            raise Invalid(f"Part {absent} of {self.path!r} is missing or was sent with other content: send it again.")
        return files

    def _part(self, number: int, etag: str) -> Path:
        return self.folder / f"part.{number}.{etag if _DIGEST.fullmatch(etag) else 'unknown'}"

    def _is_there(self) -> bool:
        try:
            return (self.folder / _PATH).read_text() == self.path
        except FileNotFoundError:
            return False

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            file = (self.folder / _PATH).open("rb")
        except FileNotFoundError as error:
            raise UploadNotFound(self.path) from error
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not self._is_there():
                raise UploadNotFound(self.path)
            yield


def _place(incoming: Path, organization_id: UUID, upload_id: str) -> Path:
    return incoming / f"{organization_id.hex}.{upload_id}.parts"


def _append(whole: BinaryIO, file: Path) -> None:
    """Inside the kernel, and without copying where the file system can share blocks."""
    whole.flush()
    with file.open("rb") as part:
        try:
            while os.copy_file_range(part.fileno(), whole.fileno(), _COPY_BYTES):
                pass
        except OSError:  # not every file system can
            shutil.copyfileobj(part, whole)
