"""Utilization as charts: the greatest value of every hour, since means hide bursts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import numpy as np

from assay.clouds.domain.utilization import Metric, Series
from assay.clouds.selectors.inventory import find_resource
from assay.clouds.selectors.utilization import read_series
from assay.portal.domain.charts import AxisBody, ChartBody, ChartKind, describe_chart
from assay.portal.domain.charts import Series as Line
from assay.recommendations.domain.values import FindingView

HOUR = timedelta(hours=1)
USUAL_DAYS = 14
TITLES = {
    Metric.CPU: ("CPU", "%"),
    Metric.MEMORY: ("Memory", "%"),
    Metric.NETWORK_IN: ("Network in", "B/s"),
    Metric.NETWORK_OUT: ("Network out", "B/s"),
    Metric.GPU: ("GPU", "%"),
    Metric.GPU_MEMORY: ("GPU memory", "%"),
}


@dataclass(frozen=True, slots=True)
class EvidenceChart:
    name: str
    title: str
    chart: ChartBody


def draw_evidence(organization_id: UUID, finding: FindingView) -> list[EvidenceChart]:
    """A chart for every metric that the finding names as evidence, over the days before it was last seen."""
    named = {one.metric: one for one in finding.explanation.evidence if one.metric}
    known = find_resource(organization_id, finding.resource)
    if not named or known is None:
        return []
    days = max((one.days or USUAL_DAYS for one in named.values()), default=USUAL_DAYS)
    metrics = [Metric(name) for name in named]
    found = read_series(organization_id, [known.id], metrics, until=finding.last_seen_at.date(), days=days)
    return [_draw(metric, found[known.id, metric]) for metric in metrics if (known.id, metric) in found]


def _draw(metric: Metric, series: Series) -> EvidenceChart:
    title, unit = TITLES.get(metric, (metric.value.replace("_", " ").capitalize(), ""))
    lines = [Line("greatest of the hour", tuple(_hours(series)))]
    x = AxisBody(name="days", kind="number")
    chart = describe_chart(ChartKind.LINES, x=x, y=AxisBody(name=title, unit=unit, from_zero=True), series=lines)
    return EvidenceChart(metric.value, title, chart)


def _hours(series: Series) -> Iterable[tuple[object, ...]]:
    """(days from the beginning, greatest value); hours in which nothing was measured have no point."""
    steps = max(int(HOUR / series.step), 1)
    for start in range(0, len(series), steps):
        values = series.maximum[start : start + steps]
        known = values[~np.isnan(values)]
        if len(known):
            yield (round(start * series.step / timedelta(days=1), 4), f"{float(known.max()):.6g}")
