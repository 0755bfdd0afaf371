"""One organization's files in a folder."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from assay.core.ids import new_id
from assay.tracking.connectors.folder.durability import fill_draft, put_in_place
from assay.tracking.connectors.folder.parts import DigestingFile, PartFolder
from assay.tracking.domain.artifact_stores import ArtifactEntry, UploadedPart
from assay.tracking.domain.artifacts import split_path
from assay.tracking.domain.errors import ArtifactNotFound, PathRefused


@dataclass(frozen=True, slots=True)
class FolderStore:
    """base: of all organizations. incoming: beside them on the same file system, so that a rename moves a file."""

    base: Path
    organization_id: UUID
    incoming: Path

    @property
    def root(self) -> Path:
        return self.base / self.organization_id.hex

    @contextmanager
    def open_for_write(self, path: str) -> Iterator[BinaryIO]:
        target = self._resolve_file(path)
        draft = self._new_place()
        with fill_draft(draft) as file:
            yield file
        put_in_place(draft, target, base=self.base, path=path)

    def open_for_read(self, path: str) -> BinaryIO:
        try:
            return self._resolve(path).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise ArtifactNotFound(path) from error

    def list_files(self, path: str) -> list[ArtifactEntry]:
        try:
            with os.scandir(self._resolve(path)) as entries:
                found = [_view(entry) for entry in entries]
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted((entry for entry in found if entry), key=lambda entry: entry.name)

    def delete_files(self, path: str) -> bool:
        """Moved away at once, then removed. Folders that this leaves empty go too: a folder exists by its files."""
        target = self._resolve_file(path)
        away = self._new_place()
        try:
            target.replace(away)
        except (FileNotFoundError, NotADirectoryError):
            return False
        self._remove_empty(target.parent)
        if away.is_dir():
            shutil.rmtree(away)
        else:
            away.unlink()
        return True

    def begin_upload(self, path: str) -> str:
        self._resolve_file(path)
        return PartFolder.begin(self.incoming, self.organization_id, path).upload_id

    def receive_part(self, path: str, upload_id: str, number: int) -> AbstractContextManager[DigestingFile]:
        return self._find_upload(path, upload_id).receive(number)

    def complete_upload(self, path: str, upload_id: str, parts: Sequence[UploadedPart]) -> None:
        target = self._resolve_file(path)
        with self._find_upload(path, upload_id).assemble(parts) as draft:
            if draft is not None:
                put_in_place(draft, target, base=self.base, path=path)

    def abort_upload(self, path: str, upload_id: str) -> None:
        self._find_upload(path, upload_id, must_exist=False).abort()

    def sign_part(self, path: str, upload_id: str, number: int, *, seconds: int) -> None:
        return None

    def sign_download(self, path: str, *, seconds: int) -> None:
        return None

    def sign_upload(self, path: str, *, seconds: int) -> None:
        return None

    def _find_upload(self, path: str, upload_id: str, *, must_exist: bool = True) -> PartFolder:
        return PartFolder.find(self.incoming, self.organization_id, path, upload_id=upload_id, must_exist=must_exist)

    def _new_place(self) -> Path:
        self.incoming.mkdir(parents=True, exist_ok=True)
        return self.incoming / f"{self.organization_id.hex}.{new_id().hex}"

    def _resolve_file(self, path: str) -> Path:
        target = self._resolve(path)
        if target == self.root:
            raise PathRefused(path)
        return target

    def _resolve(self, path: str) -> Path:
        """Refuses what would leave the folder, also through a link that somebody put there by hand."""
        target = self.root.joinpath(*split_path(path))
        if not target.resolve().is_relative_to(self.root.resolve()):
            raise PathRefused(path)
        return target

    def _remove_empty(self, folder: Path) -> None:
        while folder not in (self.root, self.base):
            try:
                folder.rmdir()
            except OSError:  # somebody put a file there, or removed it first
                return
            folder = folder.parent


def _view(entry: os.DirEntry[str]) -> ArtifactEntry | None:
    """None for what is gone since the folder was read."""
    try:
        return ArtifactEntry(entry.name, None if entry.is_dir() else entry.stat().st_size)
    except FileNotFoundError:
        return None
