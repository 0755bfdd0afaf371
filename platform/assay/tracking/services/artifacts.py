"""Artifact files below the organization's own root, wherever the installation keeps them."""

from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

from django.conf import settings

from assay.core import clock
from assay.tracking.connectors.folder import FolderHome
from assay.tracking.connectors.s3 import open_bucket
from assay.tracking.domain.artifact_stores import ArtifactEntry, ArtifactHome, ArtifactStore, Writable
from assay.tracking.domain.artifacts import find_own_path, split_path
from assay.tracking.domain.errors import ArtifactNotFound

KEPT_UNFINISHED = timedelta(hours=24)
"""An upload that nobody has touched for so long is never finished."""


class Located(Protocol):
    """A run or a logged model; its artifacts lie in a folder named after it."""

    @property
    def artifact_uri(self) -> str: ...


def find_home() -> ArtifactHome:
    """A bucket where one is set, else the folder."""
    if settings.ASSAY_ARTIFACTS_URL:
        endpoint_url, region = settings.ASSAY_ARTIFACTS_ENDPOINT_URL, settings.ASSAY_ARTIFACTS_REGION
        return open_bucket(settings.ASSAY_ARTIFACTS_URL, endpoint_url=endpoint_url, region=region)
    return FolderHome(Path(settings.ASSAY_ARTIFACTS_ROOT))


def store_of(organization_id: UUID) -> ArtifactStore:
    return find_home().store_of(organization_id)


def open_for_write(organization_id: UUID, path: str) -> AbstractContextManager[Writable]:
    """A file to fill; it takes its place, over an older one, when the block ends without an exception.

    raises: PathRefused; Invalid when a folder or a file is in the way; Unavailable when the store is full or silent.
    """
    return store_of(organization_id).open_for_write(path)


def open_for_read(organization_id: UUID, path: str) -> BinaryIO:
    """Seekable; the caller closes it. raises: ArtifactNotFound, PathRefused."""
    return store_of(organization_id).open_for_read(path)


def list_files(organization_id: UUID, path: str) -> list[ArtifactEntry]:
    """What lies directly in a folder, by name; nothing for a file or what does not exist. raises: PathRefused."""
    return store_of(organization_id).list_files(path)


def delete_files(organization_id: UUID, path: str) -> None:
    """A file, or a folder with what it holds. raises: ArtifactNotFound, PathRefused."""
    if not store_of(organization_id).delete_files(path):
        raise ArtifactNotFound(path)


def purge_artifacts(organization_id: UUID, owner: Located) -> None:
    """Remove the folder of a run or logged model with all it holds, in bounded memory; again, it does nothing.

    What lies in the client's own storage is not ours to remove.
    """
    path = find_own_path(owner.artifact_uri)
    parts = split_path(path) if path else ()
    if parts:
        store_of(organization_id).delete_files("/".join(parts[:-1] if parts[-1] == "artifacts" and len(parts) > 1 else parts))


def sweep_uploads() -> int:
    """Remove what killed clients and servers left half sent. Cross-tenant: drafts are no organization's data yet."""
    return find_home().sweep(before=clock.now() - KEPT_UNFINISHED)
