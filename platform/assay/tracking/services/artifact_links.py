"""Links to artifacts that need no credentials: the bucket's own where there is one, else Assay's, signed with its secret."""

import os
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core import signing

from assay.core import clock
from assay.core.errors import Invalid
from assay.tracking.domain.artifact_links import LinkAction, LinkClaim, LinkRefused, SignedLink
from assay.tracking.services.artifacts import open_for_read, store_of

_SALT = "assay.artifact-link"
LONGEST_SECONDS = 7 * 24 * 60 * 60


def sign_download(organization_id: UUID, path: str, *, seconds: int) -> tuple[SignedLink, int]:
    """returns: the link, and the file's size in bytes. raises: ArtifactNotFound, PathRefused, Invalid."""
    check_seconds(seconds)
    with open_for_read(organization_id, path) as file:
        size = file.seek(0, os.SEEK_END)
    url = store_of(organization_id).sign_download(path, seconds=seconds)
    return _link(url, LinkClaim(LinkAction.DOWNLOAD, organization_id, path, _ends_in(seconds))), size


def sign_upload(organization_id: UUID, path: str, *, seconds: int) -> SignedLink:
    """raises: PathRefused, Invalid."""
    check_seconds(seconds)
    url = store_of(organization_id).sign_upload(path, seconds=seconds)
    return _link(url, LinkClaim(LinkAction.UPLOAD, organization_id, path, _ends_in(seconds)))


def sign_part(organization_id: UUID, path: str, *, upload_id: str, number: int, seconds: int) -> SignedLink:
    url = store_of(organization_id).sign_part(path, upload_id, number, seconds=seconds)
    return _link(url, LinkClaim(LinkAction.PART, organization_id, path, _ends_in(seconds), upload_id, number))


def read_token(token: str, action: LinkAction) -> LinkClaim:
    """raises: LinkRefused when it is forged, for another action, or over."""
    try:
        organization, path, expires_at, upload_id, number = signing.loads(token, salt=f"{_SALT}.{action}")
    except (signing.BadSignature, ValueError) as error:
        raise LinkRefused from error
    claim = LinkClaim(action, UUID(organization), path, datetime.fromtimestamp(expires_at, UTC), upload_id, number)
    if clock.now() >= claim.expires_at:
        raise LinkRefused
    return claim


def check_seconds(seconds: int) -> None:
    if not 1 <= seconds <= LONGEST_SECONDS:
        raise Invalid(f"expiration must be between 1 and {LONGEST_SECONDS} seconds (got {seconds}).", field="expiration")


def _link(url: str | None, claim: LinkClaim) -> SignedLink:
    if url is not None:
        return SignedLink(claim.action, url=url)
    said = (claim.organization_id.hex, claim.path, int(claim.expires_at.timestamp()), claim.upload_id, claim.part_number)
    return SignedLink(claim.action, token=signing.dumps(said, salt=f"{_SALT}.{claim.action}", compress=True))


def _ends_in(seconds: int) -> datetime:
    return clock.now() + timedelta(seconds=seconds)
