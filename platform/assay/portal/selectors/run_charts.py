"""Metric curves of a run over step, time or dollars."""

from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from assay.portal.domain.burn import spent_until
from assay.portal.domain.charts import AxisBody, ChartBody, ChartKind, Series, describe_chart
from assay.portal.selectors.run_pages import RunHead
from assay.tracking.domain.values import MetricPoint
from assay.tracking.selectors.metrics import series

MOST_CHARTS = 24
MOST_POINTS = 1_000


class ChartAxis(StrEnum):
    STEP = "step"
    TIME = "time"
    DOLLARS = "dollars"


def charted_keys(head: RunHead) -> list[str]:
    """The run's own metrics first, those of the machine after them; of an ended run only those with a curve."""
    keys = [key for key, metric in head.run.metrics.items() if head.is_live or metric.count > 1]
    return sorted(keys, key=lambda key: (key.startswith("system/"), key))[:MOST_CHARTS]


def read_charts(organization_id: UUID, head: RunHead, *, axis: ChartAxis) -> dict[str, ChartBody]:
    """One chart per metric; one query each, of an index range."""
    return {key: _describe(organization_id, head, key, axis) for key in charted_keys(head)}


def offered_axes(head: RunHead) -> list[ChartAxis]:
    return [axis for axis in ChartAxis if axis is not ChartAxis.DOLLARS or head.rate is not None]


def _describe(organization_id: UUID, head: RunHead, key: str, axis: ChartAxis) -> ChartBody:
    found = series(organization_id, [head.run.id], key, max_points=MOST_POINTS).get(head.run.id, ())
    points = sorted((_place(head, point, axis), point.value) for point in found)
    return describe_chart(
        ChartKind.LINES,
        x=_axis_body(head, axis),
        y=AxisBody(name="", kind="number"),
        series=[Series(key, points)],
        empty="No finite value yet.",
    )


def _place(head: RunHead, point: MetricPoint, axis: ChartAxis) -> float:
    """Where a point stands on the horizontal axis; a place in a picture, not an amount."""
    if axis is ChartAxis.STEP:
        return point.step
    at = datetime.fromtimestamp(point.timestamp_ms / 1000, tz=UTC)
    if axis is ChartAxis.DOLLARS and head.rate is not None:
        return float(spent_until(head.rate, started_at=head.run.started_at, at=at))
    return round((at - head.run.started_at).total_seconds(), 3)


def _axis_body(head: RunHead, axis: ChartAxis) -> AxisBody:
    if axis is ChartAxis.DOLLARS and head.rate is not None:
        return AxisBody(name="dollars", kind="number", currency=head.rate.currency)
    if axis is ChartAxis.TIME:
        return AxisBody(name="time since start", kind="seconds")
    return AxisBody(name="step", kind="number")
