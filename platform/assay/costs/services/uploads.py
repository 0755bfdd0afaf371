"""Files on their way into the ledger."""

import errno
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings

from assay.core.clock import now
from assay.core.errors import Unavailable
from assay.costs.services.durability import make_durable

log = structlog.get_logger(__name__)

ABANDONED_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Upload:
    """name: below the uploads folder. digest: hex SHA-256 of the content."""

    name: str
    size_bytes: int
    digest: str


def find_upload(name: str) -> Path:
    return Path(settings.ASSAY_UPLOADS_ROOT) / name


def store_upload(organization_id: UUID, *, import_id: UUID, chunks: Iterable[bytes]) -> Upload:
    """Write a stream to disk so that it outlives the process; nothing is left when the stream breaks off.

    raises: Unavailable when the disk is full.
    """
    name = f"{organization_id.hex}/{import_id.hex}"
    path = find_upload(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size_bytes += len(chunk)
        make_durable(path)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Unavailable("There is no room for this file on Assay's disk; free some and send it again.") from error
        raise
    return Upload(name, size_bytes, digest.hexdigest())


def remove_upload(name: str) -> None:
    find_upload(name).unlink(missing_ok=True)


def remove_abandoned_uploads(organization_id: UUID, *, waiting: set[str]) -> None:
    """Delete old files that no import waits for: their process died before the answer, or right after the import."""
    folder = find_upload(organization_id.hex)
    oldest = (now() - ABANDONED_AFTER).timestamp()
    for path in folder.glob("*") if folder.is_dir() else ():
        if f"{organization_id.hex}/{path.name}" not in waiting and path.stat().st_mtime < oldest:
            log.info("upload_abandoned", organization_id=str(organization_id), upload=path.name)
            path.unlink(missing_ok=True)
