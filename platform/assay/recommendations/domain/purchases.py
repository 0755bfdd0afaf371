"""What buying an hourly commitment would cost and save, and the commitment that costs least: exact, by its breakpoints.

The cost of a window is convex and piecewise linear in the commitment; its corners are the sums of hourly spend at the plan's rates, dearest
saving first. Amounts are whole billionths of the currency, so that corners and slopes compare without rounding.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from assay.core.money import EXACT

Whole = npt.NDArray[np.int64]

NANO = Decimal("1E-9")
PER_UNIT = 10**9
STEP = Decimal("0.001")
"""Savings Plans are sold in thousandths an hour."""
MOST = Decimal(4_000_000_000)
"""Sum of a demand at most, so that whole billionths fit 64 bits."""
DAY_HOURS = 24


def to_nanos(amount: Decimal) -> int:
    return int(EXACT.divide(amount, NANO).to_integral_value(ROUND_HALF_EVEN))


def from_nanos(nanos: int) -> Decimal:
    return EXACT.multiply(Decimal(nanos), NANO)


def _to_decimal(value: Fraction) -> Decimal:
    """Rounded to billionths."""
    return from_nanos(round(value * PER_UNIT))


@dataclass(frozen=True, eq=False, slots=True)
class Demand:
    """On-demand spend per hour and SKU that could be covered. spend: (hours, SKUs), billionths, none negative. start: of the first hour."""

    start: datetime
    skus: tuple[str, ...]
    spend: Whole

    def __post_init__(self) -> None:
        if self.spend.ndim != 2 or self.spend.shape[1] != len(self.skus):
            raise ValueError("spend must be hours by SKUs")
        if self.spend.size and (self.spend.min() < 0 or float(self.spend.sum(dtype=np.float64)) > float(MOST) * PER_UNIT):
            raise ValueError(f"spend must not be negative, nor above {MOST} in all")

    @classmethod
    def of(cls, start: datetime, spend: Mapping[str, Sequence[Decimal]]) -> "Demand":
        """spend: SKU → amount per hour, all equally long."""
        columns = [[to_nanos(amount) for amount in hours] for hours in spend.values()]
        return cls(start, tuple(spend), np.array(columns, dtype=np.int64).T if columns else np.zeros((0, 0), dtype=np.int64))

    @property
    def hours(self) -> int:
        return len(self.spend)

    @property
    def total(self) -> Decimal:
        return from_nanos(int(self.spend.sum()))

    def between(self, first: int, end: int) -> "Demand":
        """Hours [first, end), counted from the start; negative ones from the end."""
        span = range(self.hours)[first:end]
        return Demand(self.start + timedelta(hours=span.start), self.skus, self.spend[span.start : span.stop])

    def last_days(self, days: int) -> "Demand":
        return self.between(max(0, self.hours - days * DAY_HOURS), self.hours)

    def only(self, skus: Iterable[str]) -> "Demand":
        wanted = set(skus)
        kept = [place for place, sku in enumerate(self.skus) if sku in wanted]
        return Demand(self.start, tuple(self.skus[place] for place in kept), self.spend[:, kept])

    def scaled(self, factor: Decimal) -> "Demand":
        """Each hour's spend times the factor."""
        return replace(self, spend=np.rint(self.spend * float(factor)).astype(np.int64))

    def plus(self, other: "Demand") -> "Demand":
        """Of the same hours; SKUs of either."""
        self._same_hours(other)
        places = {sku: place for place, sku in enumerate(dict.fromkeys((*self.skus, *other.skus)))}
        spend = np.zeros((self.hours, len(places)), dtype=np.int64)
        for demand in (self, other):
            spend[:, [places[sku] for sku in demand.skus]] += demand.spend
        return Demand(self.start, tuple(places), spend)

    def less(self, other: "Demand") -> "Demand":
        """Without what is going to be saved otherwise, such as by rightsizing; an hour never falls below nothing."""
        self._same_hours(other)
        places = {sku: place for place, sku in enumerate(self.skus)}
        spend = self.spend.copy()
        known = [place for place, sku in enumerate(other.skus) if sku in places]
        spend[:, [places[other.skus[place]] for place in known]] -= other.spend[:, known]
        return replace(self, spend=np.maximum(spend, 0))

    def _same_hours(self, other: "Demand") -> None:
        if (self.start, self.hours) != (other.start, other.hours):
            raise ValueError("demands of different hours cannot be added")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a window with a commitment. commitment: an hour. used: of it, at plan rates. covered: at on-demand rates. on_demand: without it."""

    commitment: Decimal
    hours: int
    used: Decimal
    covered: Decimal
    on_demand: Decimal

    @property
    def committed(self) -> Decimal:
        return EXACT.multiply(self.commitment, Decimal(self.hours))

    @property
    def unused(self) -> Decimal:
        return EXACT.subtract(self.committed, self.used)

    @property
    def saving(self) -> Decimal:
        """What is covered less what is committed; below zero where the commitment does not pay."""
        return EXACT.subtract(self.covered, self.committed)

    @property
    def cost(self) -> Decimal:
        return EXACT.subtract(self.on_demand, self.saving)


class Curve:
    """Cost and saving of a demand by commitment, at the rates of one offer.

    ratios: SKU → plan rate / on-demand rate, above 0; SKUs without one are left out, for they cannot be covered. Those at 1 or above are left
    out too: an hour's commitment is spent on the best saving first, but what costs more than on demand is none.
    """

    def __init__(self, demand: Demand, ratios: Mapping[str, Decimal]) -> None:
        known = [sku for sku in demand.skus if 0 < ratios.get(sku, Decimal(1)) < 1]
        ordered = sorted(known, key=lambda sku: ratios[sku])
        places = {sku: place for place, sku in enumerate(demand.skus)}
        self.demand = demand
        self.skus = tuple(ordered)
        self.ratios = [Fraction(ratios[sku]) for sku in ordered]
        rates = np.array([float(ratio) for ratio in self.ratios])
        self._spend = demand.spend[:, [places[sku] for sku in ordered]]
        self._planned: Whole = np.rint(self._spend * rates).astype(np.int64)

    @classmethod
    def _made(cls, demand: Demand, skus: tuple[str, ...], ratios: list[Fraction], spend: Whole, planned: Whole) -> "Curve":
        made = cls.__new__(cls)
        made.demand, made.skus, made.ratios, made._spend, made._planned = demand, skus, ratios, spend, planned
        return made

    @property
    def hours(self) -> int:
        return self.demand.hours

    @cached_property
    def _edges(self) -> Whole:
        """(hours, SKUs): commitment at which an hour's first SKUs are covered whole."""
        return np.cumsum(self._planned, axis=1)

    @cached_property
    def on_demand(self) -> Fraction:
        """Of the whole window, in billionths."""
        return self._at_on_demand(self._planned.sum(axis=0))

    @cached_property
    def hourly(self) -> Whole:
        """(hours,) spend at plan rates."""
        summed: Whole = self._planned.sum(axis=1)
        return summed

    def between(self, first: int, end: int) -> "Curve":
        demand = self.demand.between(first, end)
        return self._made(demand, self.skus, self.ratios, self._spend[first:end], self._planned[first:end])

    def scaled(self, factor: Decimal) -> "Curve":
        """Of the same demand, so much larger or smaller."""
        planned = np.rint(self._planned * float(factor)).astype(np.int64)
        return self._made(self.demand, self.skus, self.ratios, np.rint(self._spend * float(factor)).astype(np.int64), planned)

    def at(self, commitment: Decimal) -> Outcome:
        """commitment: an hour, in whole billionths."""
        nanos = to_nanos(commitment)
        used = self._used(nanos)
        return Outcome(
            from_nanos(nanos),
            self.hours,
            from_nanos(int(used.sum())),
            _to_decimal(self._at_on_demand(used) / PER_UNIT),
            _to_decimal(self.on_demand / PER_UNIT),
        )

    def utilizations(self, commitment: Decimal) -> npt.NDArray[np.float64]:
        """(hours,) share of each hour's commitment that is used."""
        nanos = to_nanos(commitment)
        return np.minimum(self.hourly, nanos) / nanos if nanos else np.ones(self.hours)

    def remaining(self, commitment: Decimal) -> Demand:
        """What the commitment leaves uncovered, hour by hour."""
        return self.remaining_of(np.full(self.hours, to_nanos(commitment), dtype=np.int64))

    def remaining_of(self, commitments: Whole) -> Demand:
        """The same where each hour has its own: (hours,) in billionths."""
        used = self._used_cells(commitments[:, np.newaxis])
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(self._planned > 0, used / self._planned, 0)
        covered = np.rint(self._spend * part).astype(np.int64)
        return self.demand.less(Demand(self.demand.start, self.skus, covered))

    def optimum(self, *, step: Decimal = STEP, most: Decimal | None = None) -> Decimal:
        """The commitment that costs least among multiples of step; of equals the least. most: never above."""
        unit, corner = to_nanos(step), self.corner()
        below = corner // unit * unit
        best = min((below, below + unit), key=lambda nanos: (self._cost(nanos), nanos)) if corner % unit else below
        capped = best if most is None else min(best, to_nanos(most) // unit * unit)
        return from_nanos(capped)

    def corner(self) -> int:
        """The least of the commitments (billionths, any) that cost least: a breakpoint, or nothing.

        Slopes are summed in floating point to come near; from there exact slopes decide, so that rounding cannot move the answer.
        """
        if not self._edges.size:
            return 0
        edges = self._edges.ravel()
        order = np.argsort(edges, kind="stable")
        gains = 1 / np.array([float(ratio) for ratio in self.ratios])
        steps = np.tile(gains - np.append(gains[1:], 0), self.hours)
        slopes = self.hours - self.hours * gains[0] + np.cumsum(steps[order])
        ordered = edges[order]
        place = min(int(np.searchsorted(slopes, 0)), len(ordered) - 1)
        found = int(ordered[place])
        while self._slope_after(found) < 0:
            found = int(ordered[np.searchsorted(ordered, found, side="right")])
        while found > 0 and self._slope_before(found) >= 0:
            place = int(np.searchsorted(ordered, found, side="left"))
            found = int(ordered[place - 1]) if place else 0
        return found

    def breakpoints(self) -> Whole:
        """Every commitment at which the cost may bend, in order; nothing among them."""
        return np.unique(np.append(self._edges.ravel(), 0))

    def _slope_after(self, nanos: int) -> Fraction:
        return self._slope((self._edges <= nanos).sum(axis=1))

    def _slope_before(self, nanos: int) -> Fraction:
        return self._slope((self._edges < nanos).sum(axis=1))

    def _slope(self, covered: npt.NDArray[np.intp]) -> Fraction:
        """Of the cost where in each hour so many SKUs are covered whole: what is paid less what the marginal SKU costs on demand."""
        counts = np.bincount(covered, minlength=len(self.ratios) + 1)
        gained = sum((int(count) / ratio for count, ratio in zip(counts, self.ratios, strict=False) if count), Fraction(0))
        return self.hours - gained

    def _cost(self, nanos: int) -> Fraction:
        return self.on_demand + self.hours * nanos - self._at_on_demand(self._used(nanos))

    def _used(self, nanos: int) -> Whole:
        """(SKUs,) of the commitment, over all hours."""
        used: Whole = self._used_cells(nanos).sum(axis=0)
        return used

    def _used_cells(self, nanos: int | Whole) -> Whole:
        used: Whole = np.clip(nanos - (self._edges - self._planned), 0, self._planned)
        return used

    def _at_on_demand(self, used: Whole) -> Fraction:
        """used: (SKUs,) at plan rates."""
        return sum((int(amount) / ratio for amount, ratio in zip(used, self.ratios, strict=True) if amount), Fraction(0))
