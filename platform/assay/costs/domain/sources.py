"""Places that bills come from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Protocol
from uuid import UUID

from assay.core.errors import Invalid
from assay.costs.domain.deliveries import PlaceFile
from assay.costs.domain.imports import ImportState

LEAST_POLL_MINUTES, MOST_POLL_MINUTES = 1, 7 * 24 * 60
USUAL_POLL_MINUTES = 60
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class SourceKind(StrEnum):
    """Who brings the files: people and programs, a folder of the server, or a bucket."""

    UPLOAD = "upload"
    FOLDER = "folder"
    S3 = "s3"

    @property
    def is_polled(self) -> bool:
        return self is not SourceKind.UPLOAD


class Place(Protocol):
    """Where deliveries lie. Keys are below the place. Every call may raise Unavailable with what is wrong."""

    def list_files(self) -> list[PlaceFile]: ...

    def read(self, key: str, *, most_bytes: int) -> bytes:
        """The beginning of a small file. raises: DeliveryReplaced when it is gone."""
        ...

    def fetch(self, key: str, *, etag: str, to: Path) -> str:
        """Copy a file. returns: hex SHA-256. raises: DeliveryIncomplete when it is not, or does not stay, what was listed."""
        ...


@dataclass(frozen=True, slots=True)
class SourceChange:
    """What to change of a source; None leaves a value as it is.

    location: as BillingSource has it. poll_minutes: 0 for on demand only. connection_id: of AWS; needed for another account's bucket.
    """

    name: str | None = None
    location: Mapping[str, str] | None = None
    connection_id: UUID | None = None
    format: str | None = None
    poll_minutes: int | None = None
    paused: bool | None = None


@dataclass(frozen=True, slots=True)
class HeldPeriod:
    """A billing period of a source as the ledger holds it. state: of the latest delivery for it, held or not."""

    billing_period: str
    import_id: UUID
    rows: int | None
    charged_until: datetime | None
    changed_at: datetime
    state: ImportState


@dataclass(frozen=True, slots=True)
class SourceView:
    """place: where it is, in words. message: how the last look failed, or empty. waiting: deliveries on their way in.

    next_poll_at: None for sources that are looked at on demand only, or not now.
    """

    id: UUID
    name: str
    kind: SourceKind
    location: Mapping[str, str]
    connection_id: UUID | None
    format: str
    currency: str
    poll_minutes: int | None
    paused_at: datetime | None
    polled_at: datetime | None
    next_poll_at: datetime | None
    message: str
    is_polling: bool
    waiting: int
    periods: tuple[HeldPeriod, ...]

    @property
    def place(self) -> str:
        return describe_place(self.kind, self.location)

    @property
    def charged_until(self) -> datetime | None:
        """How far the bill reaches; None before the first one."""
        return max((period.charged_until for period in self.periods if period.charged_until), default=None)

    @property
    def refused_periods(self) -> tuple[str, ...]:
        """Months whose latest delivery was refused; the ledger holds the one before."""
        return tuple(period.billing_period for period in self.periods if period.state is ImportState.REFUSED)

    @property
    def state(self) -> str:
        """One word for the card: failing, paused, polling, waiting, fresh or empty."""
        if self.paused_at is not None:
            return "paused"
        if self.message or self.refused_periods:
            return "failing"
        if self.is_polling or self.waiting:
            return "importing"
        return "fresh" if self.periods else "empty"


def describe_place(kind: SourceKind, location: Mapping[str, str]) -> str:
    if kind is SourceKind.FOLDER:
        return location.get("path", "") or "/"
    if kind is SourceKind.S3:
        return f"s3://{location.get('bucket', '')}/{location.get('prefix', '')}"
    return "uploads"


def check_location(kind: SourceKind, location: Mapping[str, str]) -> dict[str, str]:
    """What is kept of it. raises: Invalid naming the field."""
    if kind is SourceKind.UPLOAD:
        return {}
    if kind is SourceKind.FOLDER:
        return {"path": _check_path(location.get("path", ""), field="path")}
    bucket = location.get("bucket", "").strip()
    if not _BUCKET.fullmatch(bucket):
        raise Invalid(
            "bucket must be the name of an S3 bucket: 3 to 63 lower-case letters, digits, dots and hyphens.", field="bucket"
        )
    prefix = location.get("prefix", "").strip().strip("/")
    region = location.get("region", "").strip()
    if len(prefix) > 900 or not prefix.isprintable() or (region and not re.fullmatch(r"[a-z0-9-]{1,32}", region)):
        raise Invalid("prefix must be printable, and region one of AWS's, such as eu-central-1.", field="prefix")
    return {"bucket": bucket, "prefix": prefix, "region": region}


def check_poll_minutes(minutes: int) -> int | None:
    """None for on demand only. raises: Invalid."""
    if minutes == 0:
        return None
    if not LEAST_POLL_MINUTES <= minutes <= MOST_POLL_MINUTES:
        raise Invalid(f"poll_minutes must be between {LEAST_POLL_MINUTES} and {MOST_POLL_MINUTES}, or 0.", field="poll_minutes")
    return minutes


def _check_path(text: str, *, field: str) -> str:
    path = PurePosixPath(text.strip().strip("/"))
    if ".." in path.parts or len(str(path)) > 500 or not str(path).isprintable():
        raise Invalid("path must lie below the organization's folder of bills, without `..`.", field=field)
    return "" if str(path) == "." else str(path)
