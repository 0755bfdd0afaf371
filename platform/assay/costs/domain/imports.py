"""A delivery of a bill: its states, what was found in it, why it is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from assay.core.errors import Invalid


class ImportState(StrEnum):
    """received → importing → imported | unchanged | refused.

    SUPERSEDED: a newer delivery of each of its periods is held. INCOMPLETE: a file of the manifest is missing, and may yet come.
    """

    RECEIVED = "received"
    IMPORTING = "importing"
    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    INCOMPLETE = "incomplete"

    @property
    def is_final(self) -> bool:
        return self in {ImportState.IMPORTED, ImportState.UNCHANGED, ImportState.REFUSED, ImportState.SUPERSEDED}


class BillRefused(Invalid):
    """The file cannot enter the ledger; nothing of it did. faults: the first ones, when single rows are to blame."""

    code = "bill_refused"

    def __init__(self, message: str, *, faults: Sequence["Fault"] = (), **details: object) -> None:
        self.faults = tuple(str(fault) for fault in faults)
        super().__init__(message, faults=self.faults, **details)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value. place: `line 17`, or `row group 0, row 17`."""

    place: str
    column: str
    value: str | None
    reason: str

    def __str__(self) -> str:
        value = "the value" if self.value is None else repr(_shorten(self.value))
        return f"{self.place}, column {self.column}: {value} {self.reason}"


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule of FOCUS that was checked over the whole delivery."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class PeriodTotals:
    """What one billing period of a delivery holds. totals: per basis, exact. charged_until: latest end of a charge."""

    billing_period: str
    rows: int
    totals: Mapping[str, Decimal]
    charged_until: datetime


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """sha256: empty until it was read."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BillImportView:
    """totals: basis → sum over the delivery. totals_by_period: billing period → basis → sum. changes: billing period that the
    ledger took → basis → what it gained. timings: seconds per step. issued_at: its place in the order of the source.
    """

    id: UUID
    source_id: UUID
    source_name: str
    file_name: str
    size_bytes: int
    digest: str
    state: ImportState
    message: str
    currency: str
    billing_periods: tuple[str, ...]
    rows: int | None
    totals: Mapping[str, Decimal]
    totals_by_period: Mapping[str, Mapping[str, Decimal]]
    invariants: tuple[Invariant, ...]
    log: tuple[str, ...]
    received_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    issued_at: datetime
    manifest: str
    format: str
    format_version: str
    files: tuple[DeliveredFile, ...]
    changes: Mapping[str, Mapping[str, Decimal]]
    timings: Mapping[str, float]

    @property
    def may_retry(self) -> bool:
        return self.state in {ImportState.REFUSED, ImportState.INCOMPLETE}

    @property
    def duration(self) -> timedelta | None:
        """From the first byte converted to the ledger changed; None while it lasts."""
        if self.started_at is None or self.finished_at is None:
            return None
        return self.finished_at - self.started_at


def _shorten(value: str, *, length: int = 80) -> str:
    return value if len(value) <= length else f"{value[:length]}…"
