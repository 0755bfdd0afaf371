"""Metric curves of a run over step, time or dollars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from assay.portal.domain.charts import AxisBody
from assay.portal.domain.curves import (
    ChartAxis,
    CurvesBody,
    Place,
    charted_keys,
    describe_axis,
    describe_curves,
    sort_keys,
)
from assay.portal.domain.envelopes import Detail, Window, make_curve
from assay.portal.domain.numbers import format_metric
from assay.portal.domain.system_metrics import SystemChart, group_system_metrics
from assay.portal.selectors.run_marks import Marks, read_marks
from assay.portal.selectors.run_pages import RunHead
from assay.tracking.domain.curves import Curve
from assay.tracking.selectors.metrics import curves

MOST_AT_ONCE = 16
MOST_POINTS = 1_000
"""A line of more is drawn as half as many means with their ranges."""

NOTHING = Curve.joined([])


def offered_axes(head: RunHead) -> list[ChartAxis]:
    return [axis for axis in ChartAxis if axis is not ChartAxis.DOLLARS or head.rate is not None]


def list_curve_keys(head: RunHead) -> list[str]:
    return sort_keys(charted_keys(head.run.metrics, is_live=head.is_live))


def read_charts(
    organization_id: UUID, head: RunHead, names: Sequence[str], *, axis: ChartAxis, window: Window | None = None
) -> dict[str, CurvesBody]:
    """Charts of these metrics and of these quantities of the machine; names that the run does not have are left out.

    names: the first MOST_AT_ONCE are read, in one statement. window: of the axis; None for all of it.
    """
    machine = {chart.name: chart for group in group_system_metrics(head.run.metrics) for chart in group.charts}
    wanted = [name for name in dict.fromkeys(names) if name in head.run.metrics or name in machine][:MOST_AT_ONCE]
    if not wanted:
        return {}
    keys = {key for name in wanted for key in (machine[name].keys if name in machine else (name,))}
    drawing = _Drawing(
        head,
        Place(axis, head.run.started_at, head.rate),
        Detail(MOST_POINTS, window),
        _read_curves(organization_id, head.run.id, sorted(keys)),
        read_marks(organization_id, head.run.id, run_ended_at=head.run.ended_at),
    )
    return {name: drawing.of_quantity(machine[name]) if name in machine else drawing.of_metric(name) for name in wanted}


@dataclass(frozen=True, slots=True)
class _Drawing:
    head: RunHead
    place: Place
    detail: Detail
    found: Mapping[str, Curve]
    marks: Marks

    def of_metric(self, key: str) -> CurvesBody:
        body = self._describe({key: key}, AxisBody(name="", kind="number"))
        body["last"] = format_metric(self.head.run.metrics[key].value)
        return body

    def of_quantity(self, chart: SystemChart) -> CurvesBody:
        y = AxisBody(name="", kind="number", unit=chart.unit, from_zero=True)
        return self._describe(dict(zip(chart.keys, chart.lines, strict=True)), y)

    def _describe(self, lines: Mapping[str, str], y: AxisBody) -> CurvesBody:
        """lines: key of a metric → name of its line."""
        x = describe_axis(self.place.axis, self.place.rate.currency if self.place.rate else None)
        found = [(name, self.found.get(key, NOTHING)) for key, name in lines.items()]
        body = describe_curves(x, y, [make_curve(name, curve, self.place, self.detail) for name, curve in found])
        longest = max((curve for _, curve in found), key=len)
        if len(longest):
            body["marks"] = self.marks.on(self.place, longest.sampled(MOST_POINTS), until=self.head.at)
        return body


def _read_curves(organization_id: UUID, run_id: UUID, keys: Sequence[str]) -> dict[str, Curve]:
    """Finite points by key."""
    return {key: curve.finite() for (_, key), curve in curves(organization_id, [run_id], keys).items()}
