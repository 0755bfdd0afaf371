"""Spend of days: the whole bill, and what of it was runs."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from assay.core.money import EXACT
from assay.costs.domain.basis import Basis
from assay.costs.domain.dimensions import Dimension
from assay.costs.selectors.resources import spend_of_runs_by_day
from assay.portal.domain.charts import AxisBody, ChartBody, ChartKind, Series, describe_chart
from assay.portal.domain.ranges import TimeRange
from assay.portal.selectors.ledger import summarize


@dataclass(frozen=True, slots=True)
class Spend:
    """days: total and runs' part of each day that has charges; runs: in the bill's currency, effective cost."""

    currency: str
    total: Decimal
    runs: Decimal
    before: Decimal
    days: tuple[tuple[date, Decimal, Decimal], ...]


def read_spend(organization_id: UUID, span: TimeRange, *, compared_with: TimeRange) -> Spend:
    """compared_with: earlier days whose total stands beside."""
    table = summarize(organization_id, group_by=[Dimension.DAY], interval=span.interval, basis=Basis.EFFECTIVE)
    earlier = summarize(organization_id, group_by=[], interval=compared_with.interval, basis=Basis.EFFECTIVE)
    by_runs = spend_of_runs_by_day(organization_id, span.interval)
    days = []
    for row in table.rows:
        day = date.fromisoformat(str(row.key[0]))
        runs = [money.amount for money in by_runs.get(day, ()) if money.currency == table.currency]
        days.append((day, row.amount, runs[0] if runs else Decimal(0)))
    days.sort()
    spent_on_runs = Decimal(0)
    for _, _, amount in days:
        spent_on_runs = EXACT.add(spent_on_runs, amount)
    return Spend(table.currency, table.total, spent_on_runs, earlier.total, tuple(days))


def describe_days(spend: Spend) -> ChartBody:
    """Runs and everything else, stacked by day."""
    rest = [(f"{day}", EXACT.subtract(total, runs)) for day, total, runs in spend.days]
    return describe_chart(
        ChartKind.STACKED,
        x=AxisBody(name="", kind="category"),
        y=AxisBody(name="", kind="number", currency=spend.currency),
        series=[
            Series("ML runs", [(f"{day}", runs) for day, _, runs in spend.days]),
            Series("everything else", rest, style="rest"),
        ],
        empty="No charges in these days.",
    )
