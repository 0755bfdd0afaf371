"""The figures of a weekly cost report; every sum is exact."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import CostRow, add_up
from assay.reports.domain.weeks import Week

OTHER = "Other"
UNNAMED = "Not named in the bill"
ZERO = Decimal(0)

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a breakdown. key: its value in the bill, None for what the bill does not name and for the rest."""

    label: str
    key: str | None
    amount: Decimal
    before: Decimal


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The largest first, the rest as one line; the lines sum to the total of the week, and of the week before."""

    lines: tuple[Line, ...]

    @property
    def largest(self) -> Decimal:
        return max((abs(line.amount) for line in self.lines), default=Decimal(0))


@dataclass(frozen=True, slots=True)
class DailyCosts:
    """series: (services) → amounts: (days)."""

    days: tuple[date, ...]
    series: Mapping[str, tuple[Decimal, ...]]


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run and its whole cost. estimated: by price list, because the bill does not cover it yet."""

    run_id: UUID
    name: str
    experiment: str
    amount: Decimal
    estimated: bool


@dataclass(frozen=True, slots=True)
class BestRun:
    """A run on a leaderboard's Pareto front."""

    run_id: UUID
    name: str
    metric: str
    value: float
    rank: int
    amount: Decimal
    estimated: bool


@dataclass(frozen=True, slots=True)
class LeaderboardFront:
    leaderboard_id: UUID
    name: str
    runs: tuple[BestRun, ...]


@dataclass(frozen=True, slots=True)
class TrainingFigures:
    """What training cost: runs + idle = the machines that runs held in the week, exactly.

    started: runs that began in the week; dearest and unpriced are among them.
    """

    runs: Decimal
    idle: Decimal
    started: int
    unpriced: int
    dearest: tuple[RunLine, ...]
    fronts: tuple[LeaderboardFront, ...]


@dataclass(frozen=True, slots=True)
class Freshness:
    """complete_until: charges are known up to here; None without any bill. imported_at: when the newest bill came."""

    complete_until: datetime | None
    imported_at: datetime | None


@dataclass(frozen=True, slots=True)
class WeeklyFigures:
    """other_currencies: charged in too, and in none of the figures."""

    organization_name: str
    week: Week
    currency: str
    other_currencies: tuple[str, ...]
    basis: Basis
    total: Decimal
    before: Decimal
    services: Breakdown
    accounts: Breakdown
    daily: DailyCosts
    training: TrainingFigures
    freshness: Freshness

    @property
    def empty(self) -> bool:
        """No charge in the week: either nothing was used, or its bill has not come."""
        return not self.services.lines

    @property
    def incomplete(self) -> bool:
        until = self.freshness.complete_until
        return until is None or until < self.week.interval.end


def break_down(
    amounts: Mapping[str | None, Decimal],
    before: Mapping[str | None, Decimal],
    labels: Mapping[str, str],
    *,
    keep: int,
) -> Breakdown:
    """The largest by amount, and the rest as one line.

    amounts, before: key → sum of the week, and of the week before. labels: key → name for people.
    keep: how many lines stand alone. returns: lines whose amounts, and befores, sum to those given, exactly.
    """
    named = {key for key in (*amounts, *before) if amounts.get(key) or before.get(key)}
    keys = sorted(named, key=lambda key: (-abs(amounts.get(key, ZERO)), key is None, key or ""))
    alone, rest = (keys, []) if len(keys) <= keep + 1 else (keys[:keep], keys[keep:])
    lines = [Line(label_of(key, labels), key, amounts.get(key, ZERO), before.get(key, ZERO)) for key in alone]
    if rest:
        lines.append(Line(OTHER, None, total_of(amounts, rest), total_of(before, rest)))
    return Breakdown(tuple(lines))


def sum_by_key(rows: Iterable[CostRow]) -> dict[str | None, Decimal]:
    """Sums by the first dimension of the grouping."""
    amounts: dict[str | None, list[Decimal]] = {}
    for row in rows:
        amounts.setdefault(row.key[0], []).append(row.amount)
    return {key: add_up(parts) for key, parts in amounts.items()}


def stack_days(days: Sequence[date], amounts: Mapping[tuple[date, str], Decimal], *, keep: Sequence[str]) -> DailyCosts:
    """Amounts per day of the kept series in their order, and of all others together."""
    series = {name: tuple(amounts.get((day, name), ZERO) for day in days) for name in keep}
    others = {key: amount for key, amount in amounts.items() if key[1] not in series}
    if others:
        series[OTHER] = tuple(total_of(others, [key for key in others if key[0] == day]) for day in days)
    return DailyCosts(tuple(days), series)


def label_of(key: str | None, labels: Mapping[str, str]) -> str:
    return UNNAMED if key is None else labels.get(key) or key


def total_of(amounts: Mapping[K, Decimal], keys: Iterable[K]) -> Decimal:
    return add_up([amounts.get(key, ZERO) for key in keys])
