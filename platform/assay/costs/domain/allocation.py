"""Who held a machine while it cost money: charges split between runs and idle time."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import NamedTuple
from uuid import UUID

from assay.core.intervals import Interval
from assay.core.money import Money, apportion, from_quanta, to_quanta

SHARE_PLACES = 9
"""Decimals that a share may have."""

WHOLE = 10**SHARE_PLACES
"""A share of 1, in the integer unit in which shares are summed."""

PRECISION = 10**51
"""Rate of a machine that is not oversubscribed. Oversubscribed ones are rounded at 1e-48 of it, below any stored amount."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Hold:
    """A run's hold on a resource over [start, end). share: in (0, 1], at most nine decimals."""

    run_id: UUID
    interval: Interval
    share: Decimal

    def __post_init__(self) -> None:
        units = self.share * WHOLE
        if not 0 < units <= WHOLE or units != int(units):
            raise ValueError(f"a share lies in (0, 1] and has at most {SHARE_PLACES} decimals, not {self.share}")


@dataclass(frozen=True, slots=True)
class Allocation:
    """One charge, split. The amounts of runs and idle sum to the charge exactly."""

    runs: Mapping[UUID, Money]
    idle: Money


class Weights(NamedTuple):
    """Proportions of one interval: integers of one common unit. run_ids: (R,); runs: (R,), none zero."""

    run_ids: tuple[UUID, ...]
    runs: tuple[int, ...]
    idle: int


class _Span(NamedTuple):
    start: int
    end: int
    run_id: UUID
    units: int


class Timeline:
    """The holds of one resource, ready to weigh any number of charge intervals.

    At each instant the shares S of the holds are in force. A hold earns share / max(1, S) per unit of time, so its weight over
    a charge is its share times the difference of one running integral; idle earns what is left of 1. Both integrals are
    kept at the borders of holds: a charge costs two look-ups plus one step per hold that overlaps it.
    """

    def __init__(self, holds: Iterable[Hold]) -> None:
        spans = (_span(hold) for hold in holds)
        self._spans = sorted(span for span in spans if span.start < span.end)
        self._starts = [span.start for span in self._spans]
        self._latest_ends = list(accumulate((span.end for span in self._spans), max))
        self._borders, self._earned, self._unheld, self._rates = _integrate(self._spans)

    def weigh(self, interval: Interval) -> Weights:
        """Weights of the runs that held the resource within interval, and of the time and shares nobody held."""
        start, end = _micros(interval.start), _micros(interval.end)
        if start >= end:
            return Weights((), (), 1)
        earned_at_start, unheld_at_start = self._integrals(start)
        earned_at_end, unheld_at_end = self._integrals(end)
        runs: dict[UUID, int] = {}
        for span in self._overlapping(start, end):
            begun = earned_at_start if span.start <= start else self._integrals(span.start)[0]
            done = earned_at_end if span.end >= end else self._integrals(span.end)[0]
            runs[span.run_id] = runs.get(span.run_id, 0) + span.units * (done - begun)
        return Weights(tuple(runs), tuple(runs.values()), unheld_at_end - unheld_at_start)

    def _overlapping(self, start: int, end: int) -> Iterable[_Span]:
        first = bisect_right(self._latest_ends, start)
        last = bisect_left(self._starts, end)
        return (span for span in self._spans[first:last] if span.end > start)

    def _integrals(self, at: int) -> tuple[int, int]:
        """(earned per unit of share, unheld) from the first border until the instant."""
        i = bisect_right(self._borders, at) - 1
        if i < 0:
            origin = self._borders[0] if self._borders else 0
            return 0, (at - origin) * WHOLE * PRECISION
        passed = at - self._borders[i]
        rate = self._rates[i]
        return self._earned[i] + passed * rate.earned, self._unheld[i] + passed * rate.unheld


class _Rate(NamedTuple):
    earned: int
    unheld: int


def _rate(units: int) -> _Rate:
    if units > WHOLE:
        return _Rate(PRECISION * WHOLE // units, 0)
    return _Rate(PRECISION, (WHOLE - units) * PRECISION)


def _integrate(spans: Sequence[_Span]) -> tuple[list[int], list[int], list[int], list[_Rate]]:
    """Borders, the two integrals at each border, and the rates from each border to the next."""
    changes: dict[int, int] = {}
    for span in spans:
        changes[span.start] = changes.get(span.start, 0) + span.units
        changes[span.end] = changes.get(span.end, 0) - span.units
    borders = sorted(changes)
    rates = [_rate(units) for units in accumulate(changes[border] for border in borders)]
    lengths = [after - before for before, after in pairwise(borders)]
    steps = list(zip(lengths, rates, strict=False))
    earned = list(accumulate((length * rate.earned for length, rate in steps), initial=0))
    unheld = list(accumulate((length * rate.unheld for length, rate in steps), initial=0))
    return borders, earned, unheld, rates


def _span(hold: Hold) -> _Span:
    return _Span(_micros(hold.interval.start), _micros(hold.interval.end), hold.run_id, int(hold.share * WHOLE))


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def allocate(charge: Money, interval: Interval, holds: Iterable[Hold]) -> Allocation:
    """Split one charge between the runs that held its resource, and idle.

    charge: cost of the resource over interval, any sign, at most 15 decimals.
    interval: the charge period [start, end); of an empty one everything is idle.
    holds: of this resource; any order and overlap; shares that sum above 1 at an instant are normalised.
    returns: one amount per run that held the resource within interval, and the rest. They sum to the charge exactly; each is
        within one quantum (1e-15) of its proportion, whatever the order of holds.
    """
    weights = Timeline(holds).weigh(interval)
    *runs, idle = apportion(to_quanta(charge.amount), (*weights.runs, weights.idle))
    shares = {run_id: Money(from_quanta(quanta), charge.currency) for run_id, quanta in zip(weights.run_ids, runs, strict=True)}
    return Allocation(shares, Money(from_quanta(idle), charge.currency))
