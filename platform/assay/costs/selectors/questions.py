"""Questions to the ledger in Ibis's words, answered by the lake's engine over one version of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, time
from typing import Any
from uuid import UUID

import ibis
import pyarrow as pa
from ibis.expr.types import BooleanValue, DecimalValue, Table, Value

from assay.core.intervals import Interval, join_touching
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import Credits
from assay.costs.domain.columns import Kind
from assay.costs.domain.dimensions import COLUMNS, LABELS, Dimension, Extra, FocusColumn, Group, Tag
from assay.costs.domain.filters import All, Condition, OneOf, list_groups
from assay.costs.domain.questions import Granularity, Question
from assay.costs.selectors.conditions import holds
from assay.costs.selectors.engines import Session, open_session
from assay.costs.selectors.lake import find_snapshot
from assay.costs.selectors.rollups import Needs, charges_table, choose_rollup

Filters = Mapping[Dimension, Sequence[str | None]]
"""Per dimension the values that count; None stands for charges without a value."""

CREDIT = "Credit"
SINGLE_CHARGES = "charge_period_start"
"""A column that only the charges themselves have."""
AT_LIST = frozenset({Basis.CONTRACTED, Basis.LIST})
"""Bases on which use that a commitment covers has its own cost, so that buying the commitment must not count beside it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which charges count: those whose period starts in one of the intervals, half-open, and for which the condition holds."""

    intervals: tuple[Interval, ...]
    condition: Condition | None = None
    credit: Credits = Credits.INCLUDED


class Ledger:
    """One version of the ledger, open for questions. whole: the charges for what needs less, in fewer rows where there are such sums."""

    def __init__(self, session: Session, version: int, charges: Table, whole: Table | None = None) -> None:
        self._session = session
        self.version = version
        self.charges = charges
        self.whole = charges if whole is None else whole

    def choose(self, choice: Choice) -> Table:
        """The charges that count."""
        return choose(self.charges, choice)

    def ask(self, question: Question, expression: Table, **given: Table) -> list[dict[str, Any]]:
        """Rows as dictionaries; amounts are Decimal, times aware. given: expressions by the names under which this one reads them."""
        rows: list[dict[str, Any]] = self._session.ask(question, expression, given=given).to_pylist()
        return rows

    def stream(self, question: Question, expression: Table, *, batch_rows: int) -> Iterator[pa.RecordBatch]:
        return self._session.stream(question, expression, batch_rows=batch_rows)


def choose(charges: Table, choice: Choice) -> Table:
    """The charges that count."""
    conditions = _spans(charges, choice.intervals)
    if choice.credit is Credits.EXCLUDED:
        conditions.append(charges.charge_category != CREDIT)
    if choice.condition is not None:
        conditions.append(holds(charges, choice.condition))
    return charges.filter(conditions)


@contextmanager
def open_ledger(organization_id: UUID, needs: Needs | None = None, *, whole: Needs | None = None) -> Iterator[Ledger | None]:
    """The ledger as it is now; None while it holds nothing.

    needs: what is going to be asked, so that sums kept beside the charges, or only some of the files, can answer it.
    whole: what a part of it needs, no more than needs.
    """
    snapshot = find_snapshot(organization_id)
    if snapshot is None or not snapshot.files:
        yield None
        return
    rollup = None if needs is None else choose_rollup(organization_id, snapshot, needs)
    files = snapshot.files if needs is None else snapshot.files_within(needs.intervals) or snapshot.files[:1]
    tables = {"charges": files if rollup is None else rollup.files}
    smaller = None if whole is None else choose_rollup(organization_id, snapshot, whole)
    if smaller is None or smaller == rollup:
        with open_session(tables) as session:
            yield Ledger(session, snapshot.version, charges_table(rollup, needs))
    else:
        with open_session(tables | {"whole": smaller.files}) as session:
            yield Ledger(session, snapshot.version, charges_table(rollup, needs), charges_table(smaller, whole, name="whole"))


def needs_of(
    choice: Choice, *, groups: Sequence[Group] = (), granularity: Granularity | None = None, columns: Sequence[str] = ()
) -> Needs:
    """What a question about these charges reads. columns: beside what the groups, their names and the condition take."""
    compared = list_groups(choice.condition)
    named = {name for group in groups if isinstance(group, Dimension) for name in LABELS.get(group, ())}
    read = {name for group in (*groups, *compared) for name in _columns_of(group)}
    if choice.credit is Credits.EXCLUDED:
        read.add("charge_category")
    if granularity is Granularity.HOUR:
        read.add(SINGLE_CHARGES)
    if granularity in (Granularity.DAY, Granularity.WEEK):
        read.add("charge_date")
    tags = frozenset(group.key for group in (*groups, *compared) if isinstance(group, Tag))
    return Needs(choice.intervals, frozenset(read | named | set(columns)), tags)


def _columns_of(group: Group) -> tuple[str, ...]:
    """Amounts and times of single charges are in no sum."""
    if isinstance(group, Tag) or group is Dimension.MONTH:
        return ()
    if isinstance(group, Extra):
        return (SINGLE_CHARGES,)
    if isinstance(group, FocusColumn):
        return (group.name if group.kind is Kind.TEXT else SINGLE_CHARGES,)
    return ("charge_date",) if group is Dimension.DAY else COLUMNS[group]


def condition_of(filters: Filters) -> Condition | None:
    """Of every dimension one of its values."""
    parts = tuple(OneOf(dimension, tuple(values)) for dimension, values in filters.items())
    return All(parts) if parts else None


def amount_of(charges: Table, basis: Basis) -> DecimalValue:
    """What each charge counts for. At contracted and list prices the purchase of what covers other charges counts for nothing."""
    cost: DecimalValue = charges[basis.column]
    if basis not in AT_LIST:
        return cost
    counted: DecimalValue = ibis.ifelse(charges.covers_others, ibis.literal(0, type="decimal(33, 15)"), cost)
    return counted


def starts_within(charges: Table, interval: Interval) -> BooleanValue:
    """Between midnights the dates alone say it, which is much cheaper; else they let whole files and row groups be passed over."""
    start, end = (border.astimezone(UTC) for border in (interval.start, interval.end))
    within: BooleanValue = charges.charge_date >= start.date()
    if start.time() == end.time() == time():
        return within & (charges.charge_date < end.date())
    return (
        (charges.charge_period_start >= ibis.literal(interval.start, type="timestamp('UTC')"))
        & (charges.charge_period_start < ibis.literal(interval.end, type="timestamp('UTC')"))
        & within
        & (charges.charge_date <= end.date())
    )


def step_of(charges: Table, granularity: Granularity) -> Value:
    """The step in which each charge starts: an instant, or its first day."""
    if granularity is Granularity.HOUR:
        return charges.charge_period_start.truncate("h")
    if granularity is Granularity.DAY:
        return charges.charge_date
    return charges.charge_date.truncate("W" if granularity is Granularity.WEEK else "M")


def _spans(charges: Table, intervals: Sequence[Interval]) -> list[BooleanValue]:
    """The whole reach of the dates stands beside several spans: it is what lets files be passed over."""
    spans = join_touching(intervals)
    inside = starts_within(charges, spans[0])
    if len(spans) == 1:
        return [inside]
    for span in spans[1:]:
        inside = inside | starts_within(charges, span)
    first, last = spans[0].start.astimezone(UTC).date(), spans[-1].end.astimezone(UTC).date()
    return [charges.charge_date >= first, charges.charge_date <= last, inside]
