"""What checks may ask for. Nothing here does I/O by itself: a selector stands behind it, or a plain value in tests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from assay.clouds.domain.inventory import Resource, ResourceKind
from assay.clouds.domain.machine_types import MachineType
from assay.clouds.domain.utilization import Metric, Series
from assay.core.money import Money
from assay.recommendations.domain.found import PriceSource


@dataclass(frozen=True, slots=True)
class Quote:
    """What an hour costs without any commitment. as_of: the day for which the source says so."""

    per_hour: Money
    source: PriceSource
    as_of: date


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a quote is asked for; a price is that of all of these together and of no type alone.

    For a class of databases platform is the engine, with its licence where one is paid for or brought ("postgres", "oracle-ee
    bring-your-own-license"), and tenancy is single-az or multi-az.
    """

    provider: str
    region: str
    name: str
    platform: str = "linux"
    tenancy: str = "shared"
    lifecycle: str = "on-demand"


@dataclass(frozen=True, slots=True)
class ResourceBill:
    """What the ledger charged for a resource over whole billed days.

    days: how many had a charge. effective: what was paid, commitments amortised. on_demand: what the same use costs without commitments.
    covered: share of on_demand in [0, 1] that commitments covered. per_day: effective cost of the days that had a charge.
    """

    days: int
    effective: Money
    on_demand: Money
    covered: Decimal
    last_day: date

    @property
    def per_day(self) -> Money:
        return self.effective.times(Decimal(1) / self.days)


class Facts(Protocol):
    """at: the instant for which is asked; a check never looks at a clock. currency: of the organization's bills."""

    @property
    def at(self) -> datetime: ...

    @property
    def currency(self) -> str: ...

    def resources(self, kind: ResourceKind) -> Iterator[Resource]:
        """All that exist, in batches behind the scenes: to be walked, not collected."""

    def find(self, kind: ResourceKind, account_id: str, region: str, native_id: str) -> Resource | None:
        """One that exists, or None."""

    def series(self, resource: Resource, metric: Metric, *, days: int) -> Series | None:
        """The whole days before `at`, or None where this metric was never measured for it."""

    def resized_at(self, resource: Resource) -> datetime | None:
        """When the inventory saw its type become another, the last time within 93 days; None where it did not.

        What was measured in percent before is of the other type.
        """

    def bill(self, resource: Resource, *, days: int) -> ResourceBill | None:
        """The latest whole days that the bill covers, at most so many; None where it does not name the resource in `currency`."""

    def quote(self, wanted: Wanted) -> Quote | None:
        """None where no source has the price: never a guess."""

    def machine_types(self, provider: str, region: str) -> Sequence[MachineType]:
        """All that the region offers, where that is known; else those of the shipped table."""
