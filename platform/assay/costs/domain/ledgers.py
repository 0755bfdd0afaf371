"""A machine's charges of a billing period, split between runs and idle time, day by day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from assay.core.intervals import Interval
from assay.core.money import apportion, from_quanta, to_quanta
from assay.costs.domain.allocation import Hold, Timeline, Weights


@dataclass(frozen=True, slots=True)
class ResourceCharge:
    """Effective cost of one resource over [start, end), any sign; charge_date: the UTC day under which the bill lists it."""

    resource_id: str
    interval: Interval
    charge_date: date
    currency: str
    effective: Decimal


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """One day of one resource in one currency: total = sum of runs + idle, exactly."""

    charge_date: date
    currency: str
    total: Decimal
    runs: Mapping[UUID, Decimal]
    idle: Decimal


@dataclass(slots=True)
class _Sums:
    total: int = 0
    idle: int = 0
    runs: dict[UUID, int] = field(default_factory=dict)

    def add(self, charge: ResourceCharge, weights: Weights) -> None:
        quanta = to_quanta(charge.effective)
        *shares, idle = apportion(quanta, (*weights.runs, weights.idle))
        self.total += quanta
        self.idle += idle
        for run_id, share in zip(weights.run_ids, shares, strict=True):
            self.runs[run_id] = self.runs.get(run_id, 0) + share


def allocate_resource(charges: Iterable[ResourceCharge], holds: Iterable[Hold]) -> list[LedgerDay]:
    """Split the charges of one resource by the rule of `allocation`, and sum them by day and currency.

    charges, holds: of the same resource, in any order.
    returns: one row per (day, currency) that has a charge, ordered so. A run appears where it held the resource within a charge
        of that day, even at an amount of zero.
    """
    timeline = Timeline(holds)
    sums: dict[tuple[date, str], _Sums] = {}
    for (start, end), together in groupby(sorted(charges, key=_borders), key=_borders):
        weights = timeline.weigh(Interval(start, end))
        for charge in together:
            sums.setdefault((charge.charge_date, charge.currency), _Sums()).add(charge, weights)
    return [_close(day, currency, sums[day, currency]) for day, currency in sorted(sums)]


_borders = attrgetter("interval.start", "interval.end")


def _close(day: date, currency: str, sums: _Sums) -> LedgerDay:
    runs = {run_id: from_quanta(quanta) for run_id, quanta in sums.runs.items()}
    return LedgerDay(day, currency, from_quanta(sums.total), runs, from_quanta(sums.idle))
