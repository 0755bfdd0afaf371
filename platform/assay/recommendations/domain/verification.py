"""Whether a saving came: what the resource cost a day before, and what it costs since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from assay.core.money import EXACT, Money
from assay.recommendations.domain.found import HOURS_OF_A_MONTH

DAYS_COMPARED = 14
LEAST_DAYS = 7
"""So many whole days before, and so many since, the bill must cover."""
HOURS_OF_A_DAY = Decimal(24)


@dataclass(frozen=True, slots=True)
class Measured:
    """before, after: effective cost a day. saving: per month of 730 hours, below zero when it became dearer."""

    before: Money
    after: Money
    saving: Money
    days_before: int
    days_after: int


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days (UTC), half-open."""

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def days(self) -> int:
        return max((self.end - self.start).days, 0)

    @property
    def is_enough(self) -> bool:
        return self.days >= LEAST_DAYS


def windows_around(applied_at: datetime, billed: Window) -> tuple[Window, Window]:
    """The whole days to compare: up to 14 on each side of the day on which it was applied, and only those that the bill covers.

    billed: the days that the bill covers completely.
    """
    day = applied_at.astimezone(UTC).date()
    first = day + timedelta(days=1)
    before = Window(max(day - timedelta(days=DAYS_COMPARED), billed.start), min(day, billed.end))
    return before, Window(max(first, billed.start), min(first + timedelta(days=DAYS_COMPARED), billed.end))


def measure_saving(costs: Mapping[date, Decimal], *, currency: str, before: Window, after: Window) -> Measured:
    """Compare the mean cost of a day in both windows.

    costs: day → effective cost of the resource; a day of a window that is missing cost nothing, since the bill covers it.
    raises: ValueError when either window has fewer than seven days.

    >>> days = {date(2026, 10, day): Decimal("2.40") for day in range(1, 15)} | {date(2026, 10, 16): Decimal("0.70")}
    >>> measure_saving(days, currency="USD", before=Window(date(2026, 10, 1), date(2026, 10, 15)),
    ...                after=Window(date(2026, 10, 16), date(2026, 10, 23))).saving
    Money(amount=Decimal('69.958333333333333'), currency='USD')
    """
    if not (before.is_enough and after.is_enough):
        raise ValueError(f"a saving is measured over at least {LEAST_DAYS} whole days before and after")
    earlier, later = (
        Money(_total(costs, window), currency).times(EXACT.divide(Decimal(1), Decimal(window.days)))
        for window in (before, after)
    )
    saving = (earlier - later).times(EXACT.divide(HOURS_OF_A_MONTH, HOURS_OF_A_DAY))
    return Measured(earlier, later, saving, before.days, after.days)


def _total(costs: Mapping[date, Decimal], window: Window) -> Decimal:
    total = Decimal(0)
    for day, cost in costs.items():
        if day in window:
            total = EXACT.add(total, cost)
    return total
