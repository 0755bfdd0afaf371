"""What is asked of the ledger, and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from assay.core.errors import Invalid
from assay.core.intervals import Interval
from assay.core.money import EXACT
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import Credits, Key
from assay.costs.domain.dimensions import Group
from assay.costs.domain.filters import Condition

MOST_GROUPS = 2
MOST_HOURS = timedelta(days=31)
MOST_ROWS = 100_000


class Question(StrEnum):
    """Every kind of question that the product asks, so that each engine can be tried with each of them."""

    SUMS = "sums"
    CHARGES = "charges"
    FRESHNESS = "freshness"
    REACH = "reach"
    RESOURCE_CHARGES = "resource_charges"
    RESOURCE_SUMS = "resource_sums"
    RESOURCE_DAYS = "resource_days"
    TOTALS = "totals"
    GROUPS = "groups"
    SERIES = "series"
    CHANGES = "changes"
    CHECKED_CHARGES = "checked_charges"
    FAILING_CHARGES = "failing_charges"
    CHECKED_SUMS = "checked_sums"
    FAILING_SUMS = "failing_sums"
    CHARGED_DAYS = "charged_days"
    EXPORTED_CHARGES = "exported_charges"
    EXPORTED_COLUMNS = "exported_columns"
    EXPORTED_KEYS = "exported_keys"
    COMMITMENTS = "commitments"
    COMMITMENT_HOURS = "commitment_hours"
    COVERABLE_SUMS = "coverable_sums"
    COVERABLE_HOURS = "coverable_hours"
    CLAIMED_HOURS = "claimed_hours"


class Granularity(StrEnum):
    """Steps of a series, in UTC as the bill counts: weeks begin on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class RowOrder(StrEnum):
    """Which groups come first, and so which are named when not all are."""

    AMOUNT = "amount"
    BEFORE = "before"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class CostQuestion:
    """interval: half-open, of the starts of the charges. group_by: at most two. before: an earlier interval to compare with.

    top: how many groups are named; all others are one row. drawn: how many of those have a series; None for each. raises: Invalid for what cannot be answered.
    """

    interval: Interval
    basis: Basis = Basis.EFFECTIVE
    credits: Credits = Credits.INCLUDED
    group_by: tuple[Group, ...] = ()
    granularity: Granularity | None = None
    filter: Condition | None = None
    top: int = 50
    drawn: int | None = None
    before: Interval | None = None
    order: RowOrder = RowOrder.AMOUNT
    ascending: bool = False

    def __post_init__(self) -> None:
        if len(self.group_by) > MOST_GROUPS or len(set(self.group_by)) != len(self.group_by):
            raise Invalid("Costs are grouped by at most two different dimensions: leave one out.", field="group_by")
        if not 1 <= self.top <= MOST_ROWS:
            raise Invalid(f"top must lie between 1 and {MOST_ROWS}.", field="top")
        if self.granularity is Granularity.HOUR and self.interval.length > MOST_HOURS:
            raise Invalid("Hours are shown of at most 31 days: choose fewer days, or granularity=day.", field="granularity")


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """key: one value per dimension, None where there is none. labels: names for people beside them, or empty.

    before: the same group in the interval compared with. series: amount per step of the answer.
    """

    key: Key
    amount: Decimal
    before: Decimal = Decimal(0)
    labels: tuple[str, ...] = ()
    series: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """charged_until: latest end of a charge. complete_until: what begins from here on may still grow; both None without a bill."""

    charged_until: datetime | None = None
    complete_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CostAnswer:
    """rows and rest sum to total and total_before exactly, and series to step_totals. rest: all groups that are not named, if any;
    its series is of all that are not drawn. Groups that are days or months say nothing of before.

    groups: how many there are, those only before included. steps: their first days `2026-01-31`, months `2026-01`, hours as
    instants `2026-01-31T05:00:00Z`; every step of the interval. other_currencies: charged in too, and in no sum.
    """

    rows: tuple[AnswerRow, ...]
    rest: AnswerRow | None
    groups: int
    total: Decimal
    total_before: Decimal
    steps: tuple[str, ...]
    step_totals: tuple[Decimal, ...]
    currency: str
    other_currencies: tuple[str, ...]
    version: int
    reach: Reach = field(default_factory=Reach)

    @property
    def shown(self) -> tuple[AnswerRow, ...]:
        return self.rows if self.rest is None else (*self.rows, self.rest)

    @property
    def undrawn(self) -> tuple[Decimal, ...]:
        """Per step what no row's series has."""
        left = self.step_totals
        for row in self.rows:
            if row.series:
                left = tuple(EXACT.subtract(total, part) for total, part in zip(left, row.series, strict=True))
        return left


def previous_interval(interval: Interval) -> Interval:
    """The time just before: whole months (UTC) are compared with as many whole months, other intervals with one of the same length."""
    start, end = interval.start.astimezone(UTC), interval.end.astimezone(UTC)
    if not (_starts_month(start) and _starts_month(end) and start < end):
        return Interval(start - interval.length, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    first = start.year * 12 + start.month - 1 - months
    return Interval(start.replace(year=first // 12, month=first % 12 + 1), start)


def _starts_month(at: datetime) -> bool:
    return at == at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def list_steps(interval: Interval, granularity: Granularity) -> tuple[str, ...]:
    """Every step that the interval touches, in order, as CostAnswer names them."""
    start, end = interval.start.astimezone(UTC), interval.end.astimezone(UTC)
    steps, at = [], _floor(start, granularity)
    while at < end:
        steps.append(name_step(at, granularity))
        at = _after(at, granularity)
    return tuple(steps)


def name_step(at: datetime, granularity: Granularity) -> str:
    """at: the first instant of the step, in UTC."""
    if granularity is Granularity.HOUR:
        return f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return f"{at:%Y-%m}" if granularity is Granularity.MONTH else f"{at:%Y-%m-%d}"


def read_step(step: str, granularity: Granularity) -> Interval:
    """The time of a step. raises: ValueError for what names none."""
    if granularity is Granularity.HOUR:
        start = datetime.fromisoformat(step).astimezone(UTC)
    else:
        day = date.fromisoformat(f"{step}-01" if granularity is Granularity.MONTH else step)
        start = datetime.combine(day, time.min, tzinfo=UTC)
    return Interval(start, _after(start, granularity))


def find_open_step(steps: Sequence[str], granularity: Granularity, complete_until: datetime | None) -> int | None:
    """The place of the first step that may still grow; None when none does."""
    if complete_until is None:
        return None
    return next((i for i, step in enumerate(steps) if read_step(step, granularity).end > complete_until), None)


def _floor(at: datetime, granularity: Granularity) -> datetime:
    if granularity is Granularity.HOUR:
        return at.replace(minute=0, second=0, microsecond=0)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if granularity is Granularity.MONTH:
        return midnight.replace(day=1)
    return midnight - timedelta(days=midnight.weekday()) if granularity is Granularity.WEEK else midnight


def _after(at: datetime, granularity: Granularity) -> datetime:
    if granularity is Granularity.MONTH:
        return (at + timedelta(days=32)).replace(day=1)
    lengths = {Granularity.HOUR: timedelta(hours=1), Granularity.DAY: timedelta(days=1), Granularity.WEEK: timedelta(days=7)}
    return at + lengths[granularity]
