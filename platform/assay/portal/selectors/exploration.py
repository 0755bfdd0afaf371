"""Where the money went: groups, the days before, and the days as a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from assay.costs.domain.basis import Basis
from assay.costs.domain.dimensions import Dimension
from assay.costs.selectors.explorer import summarize
from assay.portal.domain.charts import ChartBody
from assay.portal.domain.exploration import DRAWN, Filter, Group, collect_values, describe_days
from assay.portal.domain.ranges import TimeRange


@dataclass(frozen=True, slots=True)
class Question:
    span: TimeRange
    basis: Basis
    dimension: Dimension
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Exploration:
    """groups: largest first; their amounts sum to total exactly."""

    currency: str
    total: Decimal
    before: Decimal
    groups: tuple[Group, ...]
    chart: ChartBody
    days: int

    @property
    def daily(self) -> Decimal:
        """Average of a day, to show."""
        return self.total / self.days


def explore(organization_id: UUID, question: Question) -> Exploration:
    """Three questions to the ledger: the groups, the groups before, and the days of the largest groups."""
    values = collect_values(question.filters)
    now = summarize(
        organization_id, group_by=[question.dimension], interval=question.span.interval, basis=question.basis, filters=values
    )
    earlier = summarize(
        organization_id,
        group_by=[question.dimension],
        interval=question.span.previous.interval,
        basis=question.basis,
        filters=values,
    )
    before = {row.key[0]: row.amount for row in earlier.rows}
    groups = sorted(
        (Group(row.key[0], row.amount, before.get(row.key[0], Decimal(0))) for row in now.rows),
        key=lambda group: (-group.amount, group.label),
    )
    chart = _draw(organization_id, question, groups, currency=now.currency)
    return Exploration(now.currency, now.total, earlier.total, tuple(groups), chart, question.span.days)


def _draw(organization_id: UUID, question: Question, groups: Sequence[Group], *, currency: str) -> ChartBody:
    """Days by the largest groups; only those are asked for, however many there are."""
    values = collect_values(question.filters)
    days = summarize(
        organization_id, group_by=[Dimension.DAY], interval=question.span.interval, basis=question.basis, filters=values
    )
    totals = {str(row.key[0]): row.amount for row in days.rows}
    if question.dimension in (Dimension.DAY, Dimension.MONTH):
        return describe_days(sorted(totals), [], {}, totals, currency=currency)
    top = groups[:DRAWN]
    parts = summarize(
        organization_id,
        group_by=[Dimension.DAY, question.dimension],
        interval=question.span.interval,
        basis=question.basis,
        filters={**values, question.dimension: [group.value for group in top]},
    )
    by_day = {(str(row.key[0]), row.key[1]): row.amount for row in parts.rows}
    return describe_days(sorted(totals), top, by_day, totals, currency=currency)
