"""Utilization of one resource as charts: of every hour the mean of what was measured and the greatest value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from assay.clouds.domain.utilization import Metric, Series
from assay.clouds.selectors.utilization import read_last_days
from assay.portal.domain.charts import AxisBody, ChartBody, ChartKind, describe_chart
from assay.portal.domain.charts import Series as Line

HOUR = timedelta(hours=1)
TITLES = {
    Metric.CPU: ("CPU", "%"),
    Metric.MEMORY: ("Memory", "%"),
    Metric.GPU: ("GPU", "%"),
    Metric.GPU_MEMORY: ("GPU memory", "%"),
    Metric.NETWORK_IN: ("Network in", "MB/s"),
    Metric.NETWORK_OUT: ("Network out", "MB/s"),
    Metric.DISK_READ: ("Disk read", "MB/s"),
    Metric.DISK_WRITE: ("Disk write", "MB/s"),
    Metric.DISK_READ_OPERATIONS: ("Disk reads", "1/s"),
    Metric.DISK_WRITE_OPERATIONS: ("Disk writes", "1/s"),
    Metric.CPU_CREDIT_BALANCE: ("CPU credits", ""),
    Metric.CPU_SURPLUS_CREDITS_CHARGED: ("Surplus credits charged", ""),
    Metric.CONNECTIONS: ("Connections", ""),
}
SCALES = {"MB/s": 1e-6}
"""What figures are multiplied with to be in their unit."""


@dataclass(frozen=True, slots=True)
class UtilizationChart:
    """start: what day 0 of the chart is. measured: share of the time, in percent."""

    name: str
    title: str
    start: datetime
    measured: float
    chart: ChartBody


def draw_utilization(organization_id: UUID, resource_id: UUID, *, days: int) -> list[UtilizationChart]:
    """One of each metric that was measured on the last whole days; none of those without any point."""
    found = read_last_days(organization_id, resource_id, TITLES, days=days)
    return [draw_series(metric, found[metric]) for metric in TITLES if metric in found and found[metric].measured]


def draw_series(metric: Metric, series: Series, *, levels: Mapping[str, float] | None = None) -> UtilizationChart:
    """levels: name → value, in the metric's own unit: lines to compare with."""
    title, unit = TITLES[metric]
    scale = SCALES.get(unit, 1.0)
    hours = [(day, average * scale, maximum * scale) for day, average, maximum in _list_hours(series)]
    lines = [
        Line("greatest of the hour", tuple((day, f"{maximum:.6g}") for day, _, maximum in hours)),
        Line("mean of the hour", tuple((day, f"{average:.6g}") for day, average, _ in hours)),
        *(Line(name, ((0.0, f"{value:.6g}"), (_days(series), f"{value:.6g}"))) for name, value in (levels or {}).items()),
    ]
    y = AxisBody(name=title, kind="number", unit=unit, from_zero=True)
    chart = describe_chart(ChartKind.LINES, x=AxisBody(name="day", kind="number"), y=y, series=lines)
    return UtilizationChart(metric.value, title, series.start, 100 * series.measured / len(series), chart)


def _days(series: Series) -> float:
    return len(series) * series.step / timedelta(days=1)


def _list_hours(series: Series) -> Iterator[tuple[float, float, float]]:
    """(days since the start, mean, greatest) of the hours in which something was measured."""
    steps = max(int(HOUR / series.step), 1)
    for at in range(0, len(series), steps):
        average, maximum = series.average[at : at + steps], series.maximum[at : at + steps]
        if not np.isnan(maximum).all():
            day = round(at * series.step / timedelta(days=1), 4)
            yield day, float(np.nanmean(average)), float(np.nanmax(maximum))
