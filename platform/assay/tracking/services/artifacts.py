"""Artifact files below the organization's own folder. A file is there whole or not at all, also after a crash."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from assay.core.errors import Invalid, Unavailable
from assay.core.ids import new_id
from assay.tracking.domain.artifacts import split_path
from assay.tracking.domain.errors import ArtifactNotFound, PathRefused

_INCOMING = ".incoming"


@dataclass(frozen=True, slots=True)
class ArtifactEntry:
    """name: below the listed folder. size_bytes: None for a folder."""

    name: str
    size_bytes: int | None

    @property
    def is_folder(self) -> bool:
        return self.size_bytes is None


@contextmanager
def open_for_write(organization_id: UUID, path: str) -> Iterator[BinaryIO]:
    """A file to fill; it takes its place, over an older one, when the block ends without an exception.

    raises: PathRefused; Invalid when a folder or a file is in the way; Unavailable when the disk is full.
    """
    target = _resolve(organization_id, path)
    if target == _root(organization_id):
        raise PathRefused(path)
    draft = Path(settings.ASSAY_ARTIFACTS_ROOT) / _INCOMING / f"{organization_id.hex}.{new_id().hex}"
    try:
        draft.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _put(draft, target)
    except (NotADirectoryError, IsADirectoryError, FileExistsError) as error:
        raise Invalid(f"{path!r} cannot be written: a folder or a file of that name is in its way.", path=path) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unavailable("The artifact store is full: free space on its disk, then try again.") from error
        raise
    finally:
        draft.unlink(missing_ok=True)


def open_for_read(organization_id: UUID, path: str) -> BinaryIO:
    """The caller closes it. raises: ArtifactNotFound, PathRefused."""
    try:
        return _resolve(organization_id, path).open("rb")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise ArtifactNotFound(path) from error


def list_files(organization_id: UUID, path: str) -> list[ArtifactEntry]:
    """What lies directly in a folder, by name; nothing for a file or what does not exist. raises: PathRefused."""
    folder = _resolve(organization_id, path)
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        found = [ArtifactEntry(entry.name, None if entry.is_dir() else entry.stat().st_size) for entry in entries]
    return sorted(found, key=lambda entry: entry.name)


def delete_files(organization_id: UUID, path: str) -> None:
    """A file, or a folder with what it holds. raises: ArtifactNotFound, PathRefused."""
    target = _resolve(organization_id, path)
    if target == _root(organization_id):
        raise PathRefused(path)
    try:
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ArtifactNotFound(path) from error


def _root(organization_id: UUID) -> Path:
    return Path(settings.ASSAY_ARTIFACTS_ROOT) / organization_id.hex


def _resolve(organization_id: UUID, path: str) -> Path:
    """Refuses what would leave the folder, also through a link that somebody put there by hand."""
    root = _root(organization_id)
    target = root.joinpath(*split_path(path))
    if not target.resolve().is_relative_to(root.resolve()):
        raise PathRefused(path)
    return target


def _put(draft: Path, target: Path) -> None:
    """Rename, and write down every folder entry that the rename and its new folders made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft.replace(target)
    folder = target.parent
    root = Path(settings.ASSAY_ARTIFACTS_ROOT)
    while folder != root.parent:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        folder = folder.parent
