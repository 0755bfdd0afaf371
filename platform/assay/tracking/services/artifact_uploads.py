"""Uploads in parts: begun, each part by a link of its own, completed at once or aborted."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from assay.core.errors import Invalid
from assay.tracking.domain.artifact_links import LinkAction, SignedLink
from assay.tracking.domain.artifact_stores import HIGHEST_PART, PartReceiver, PartReceivingStore, UploadedPart, Writable
from assay.tracking.domain.errors import UploadNotFound
from assay.tracking.services.artifact_links import read_token, sign_part
from assay.tracking.services.artifacts import open_for_write, store_of

PART_SECONDS = 6 * 60 * 60


@dataclass(frozen=True, slots=True)
class Upload:
    """parts: links of the parts 1, 2, …, in order."""

    id: str
    parts: tuple[SignedLink, ...]


def begin_upload(organization_id: UUID, path: str, *, parts: int) -> Upload:
    """raises: PathRefused; Invalid for an impossible number of parts."""
    if not 1 <= parts <= HIGHEST_PART:
        raise Invalid(f"An upload has 1 to {HIGHEST_PART} parts, not {parts}: choose larger ones.", field="num_parts")
    upload_id = store_of(organization_id).begin_upload(path)
    links = (
        sign_part(organization_id, path, upload_id=upload_id, number=number, seconds=PART_SECONDS)
        for number in range(1, parts + 1)
    )
    return Upload(upload_id, tuple(links))


def complete_upload(organization_id: UUID, path: str, upload_id: str, parts: Sequence[UploadedPart]) -> None:
    """The file is there whole; again, it changes nothing. raises: UploadNotFound, Invalid, PathRefused."""
    store_of(organization_id).complete_upload(path, upload_id, parts)


def abort_upload(organization_id: UUID, path: str, upload_id: str) -> None:
    """raises: PathRefused."""
    store_of(organization_id).abort_upload(path, upload_id)


def receive_part(token: str) -> AbstractContextManager[PartReceiver]:
    """A part that comes to Assay's own link. raises: LinkRefused, UploadNotFound."""
    claim = read_token(token, LinkAction.PART)
    store = store_of(claim.organization_id)
    if not isinstance(store, PartReceivingStore):
        raise UploadNotFound(claim.path)
    return store.receive_part(claim.path, claim.upload_id, claim.part_number)


def receive_file(token: str) -> AbstractContextManager[Writable]:
    """A whole file that comes to Assay's own link. raises: LinkRefused."""
    claim = read_token(token, LinkAction.UPLOAD)
    return open_for_write(claim.organization_id, claim.path)
