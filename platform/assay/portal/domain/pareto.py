"""Quality against dollars: the picture of a leaderboard, and the price of its last step."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assay.leaderboards.domain.values import LeaderboardView, RankedRun
from assay.portal.domain.charts import AxisBody, ChartBody, ChartKind, Point, Series, describe_chart
from assay.portal.domain.numbers import format_metric


@dataclass(frozen=True, slots=True)
class LastStep:
    """What the best run gains over the next cheaper one on the front, and what that costs more."""

    best: RankedRun
    cheaper: RankedRun
    extra: Decimal
    currency: str

    @property
    def gain(self) -> str:
        return format_metric(abs(self.best.value - self.cheaper.value))


def find_last_step(front: Sequence[RankedRun]) -> LastStep | None:
    """front: best first. None when a single run is best and cheapest."""
    distinct = [row for row in front if row.value != front[0].value]
    if not distinct or front[0].cost is None or distinct[0].cost is None:
        return None
    best, cheaper = front[0].cost, distinct[0].cost
    if best.amount is None or cheaper.amount is None or best.currency is None:
        return None
    return LastStep(front[0], distinct[0], best.amount - cheaper.amount, best.currency)


def describe_pareto(view: LeaderboardView, *, addresses: Sequence[str]) -> ChartBody:
    """Each run by its dollars and metric, and the front as a line. addresses: of the runs' pages, in the order of rows."""
    priced = [(row, href) for row, href in zip(view.rows, addresses, strict=True) if _amount(row) is not None]
    currency = next((row.cost.currency for row, _ in priced if row.cost and row.cost.currency), "USD")
    shown = [(row, href) for row, href in priced if row.cost and row.cost.currency == currency]
    others = [_point(row, href) for row, href in shown if not row.pareto]
    front = [_point(row, href) for row, href in shown if row.pareto]
    line: list[Point] = sorted({(_place(row), row.value) for row, _ in shown if row.pareto})
    return describe_chart(
        ChartKind.SCATTER,
        x=AxisBody(name="dollars", kind="number", currency=currency, from_zero=True),
        y=AxisBody(name=view.leaderboard.metric, kind="number"),
        series=[
            Series("runs", others),
            Series("Pareto-optimal", front, style="front"),
            Series("", line, style="line"),
        ],
        empty="No run has both the metric and dollars yet.",
    )


def _amount(row: RankedRun) -> Decimal | None:
    return row.cost.amount if row.cost is not None else None


def _place(row: RankedRun) -> float:
    """Where the dollars stand in the picture; the exact amount is in the table beside it."""
    return float(_amount(row) or 0)


def _point(row: RankedRun, href: str) -> Point:
    return (_place(row), row.value, row.run.name, href)
