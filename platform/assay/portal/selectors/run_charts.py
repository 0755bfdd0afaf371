"""Metric curves of a run over step, time or dollars."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from assay.portal.domain.charts import AxisBody
from assay.portal.domain.curves import (
    ChartAxis,
    CurvesBody,
    Place,
    charted_keys,
    describe_axis,
    describe_curves,
    make_curve,
    sort_keys,
)
from assay.portal.domain.numbers import format_metric
from assay.portal.domain.system_metrics import SystemChart, group_system_metrics
from assay.portal.selectors.run_pages import RunHead
from assay.tracking.selectors.metrics import series

MOST_AT_ONCE = 16
MOST_POINTS = 1_000


def offered_axes(head: RunHead) -> list[ChartAxis]:
    return [axis for axis in ChartAxis if axis is not ChartAxis.DOLLARS or head.rate is not None]


def list_curve_keys(head: RunHead) -> list[str]:
    return sort_keys(charted_keys(head.run.metrics, is_live=head.is_live))


def read_charts(organization_id: UUID, head: RunHead, names: Sequence[str], *, axis: ChartAxis) -> dict[str, CurvesBody]:
    """Charts of these metrics and of these quantities of the machine; names that the run does not have are left out.

    names: of no more than MOST_AT_ONCE charts.
    """
    machine = {chart.name: chart for group in group_system_metrics(head.run.metrics) for chart in group.charts}
    wanted = list(dict.fromkeys(names))[:MOST_AT_ONCE]
    found = {name: _describe_metric(organization_id, head, name, axis) for name in wanted if name in head.run.metrics}
    return found | {name: _describe_quantity(organization_id, head, machine[name], axis) for name in wanted if name in machine}


def _describe_metric(organization_id: UUID, head: RunHead, key: str, axis: ChartAxis) -> CurvesBody:
    body = _describe(organization_id, head, {key: key}, axis, AxisBody(name="", kind="number"))
    body["last"] = format_metric(head.run.metrics[key].value)
    return body


def _describe_quantity(organization_id: UUID, head: RunHead, chart: SystemChart, axis: ChartAxis) -> CurvesBody:
    y = AxisBody(name="", kind="number", unit=chart.unit, from_zero=True)
    return _describe(organization_id, head, dict(zip(chart.keys, chart.lines, strict=True)), axis, y)


def _describe(organization_id: UUID, head: RunHead, lines: Mapping[str, str], axis: ChartAxis, y: AxisBody) -> CurvesBody:
    """lines: key of a metric → name of its line."""
    place = Place(axis, head.run.started_at, head.rate)
    run_id = head.run.id
    curves = [
        make_curve(name, series(organization_id, [run_id], key, max_points=MOST_POINTS).get(run_id, ()), place)
        for key, name in lines.items()
    ]
    return describe_curves(describe_axis(axis, head.rate.currency if head.rate else None), y, curves)
