"""Where the money went: groups, the days before, and the days as a chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from assay.core.money import EXACT
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import CostRow, CostTable
from assay.costs.domain.dimensions import Dimension
from assay.costs.selectors.imports import list_imports
from assay.portal.domain.charts import ChartBody
from assay.portal.domain.exploration import DRAWN, TIMES, WIDE, Filter, Group, collect_values, describe_days, merge_groups
from assay.portal.domain.ranges import TimeRange
from assay.portal.selectors.ledger import find_labels, summarize


@dataclass(frozen=True, slots=True)
class Question:
    span: TimeRange
    basis: Basis
    dimension: Dimension
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Exploration:
    """groups: largest first; their amounts sum to total exactly, and what they were before to before.

    other_currencies: charged in too, and not shown.
    """

    currency: str
    total: Decimal
    before: Decimal
    groups: tuple[Group, ...]
    chart: ChartBody
    other_currencies: tuple[str, ...]


def explore(organization_id: UUID, question: Question) -> Exploration:
    """Two questions to the ledger; four where a dimension has so many values that only the largest are asked for by day."""
    if question.dimension in WIDE:
        now, by_day = _ask(organization_id, question, [question.dimension]), None
    else:
        by_day = _ask(organization_id, question, [question.dimension, Dimension.DAY])
        now = _without_days(by_day)
    earlier = _ask_before(organization_id, question, currency=now.currency)
    labels = _labels(organization_id, question)
    before = {} if question.dimension in TIMES else {row.key[0]: row.amount for row in earlier.rows}
    groups = merge_groups({row.key[0]: row.amount for row in now.rows}, before, labels)
    return Exploration(
        currency=now.currency,
        total=now.total,
        before=earlier.total,
        groups=groups,
        chart=_draw(organization_id, question, groups, by_day, currency=now.currency),
        other_currencies=now.other_currencies,
    )


def _ask(
    organization_id: UUID,
    question: Question,
    group_by: Sequence[Dimension],
    *,
    only: Sequence[str | None] | None = None,
) -> CostTable:
    """only: values of the question's dimension that count."""
    values = dict(collect_values(question.filters))
    if only is not None:
        values[question.dimension] = only
    interval = question.span.interval
    return summarize(organization_id, group_by=group_by, interval=interval, basis=question.basis, filters=values)


def _ask_before(organization_id: UUID, question: Question, *, currency: str) -> CostTable:
    """As many days, just before; nothing where those were billed in another currency."""
    found = summarize(
        organization_id,
        group_by=[question.dimension],
        interval=question.span.previous.interval,
        basis=question.basis,
        filters=collect_values(question.filters),
    )
    return found if found.currency == currency else CostTable((), Decimal(0), currency)


def _without_days(by_day: CostTable) -> CostTable:
    """The same charges by the first dimension alone."""
    sums: dict[str | None, Decimal] = {}
    for row in by_day.rows:
        sums[row.key[0]] = EXACT.add(sums.get(row.key[0], Decimal(0)), row.amount)
    rows = tuple(CostRow((value,), amount) for value, amount in sums.items())
    return CostTable(rows, by_day.total, by_day.currency, by_day.other_currencies)


def _draw(
    organization_id: UUID, question: Question, groups: Sequence[Group], by_day: CostTable | None, *, currency: str
) -> ChartBody:
    """by_day: the groups of each day; None where only the largest are asked for."""
    top = [] if question.dimension in TIMES else [group for group in groups if group.amount][:DRAWN]
    totals: dict[str, Decimal] = {}
    days = by_day.rows if by_day else _ask(organization_id, question, [Dimension.DAY]).rows
    for row in days:
        day = str(row.key[-1])
        totals[day] = EXACT.add(totals.get(day, Decimal(0)), row.amount)
    if by_day is None:
        both = [question.dimension, Dimension.DAY]
        by_day = _ask(organization_id, question, both, only=[group.value for group in top])
    parts = {(str(row.key[1]), row.key[0]): row.amount for row in by_day.rows}
    return describe_days(top, parts, totals, currency=currency)


def _labels(organization_id: UUID, question: Question) -> Mapping[str | None, str]:
    """Names for people, where the values are ids."""
    if question.dimension is Dimension.SOURCE:
        return {str(one.source_id): one.source_name for one in list_imports(organization_id, limit=500)}
    return find_labels(organization_id, question.dimension, interval=question.span.interval)
