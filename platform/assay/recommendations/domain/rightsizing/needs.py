"""What the work on a machine needs in each dimension, from its series."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from assay.clouds.domain.machine_types import MachineType
from assay.clouds.domain.utilization import Metric, Series, Values
from assay.recommendations.domain.rightsizing.dimensions import Dimension, capacities

WEEK = timedelta(days=7)
LEAST_OF_A_WEEK = 1 / 14
WEEKS_AHEAD = 2
MOST_GROWTH_A_WEEK = 1.5
MEGABIT = 8 / 1_000_000

METRICS: Mapping[Dimension, tuple[Metric, ...]] = {
    Dimension.CPU: (Metric.CPU,),
    Dimension.MEMORY: (Metric.MEMORY,),
    Dimension.NETWORK: (Metric.NETWORK_IN, Metric.NETWORK_OUT),
    Dimension.EBS_BANDWIDTH: (Metric.DISK_READ, Metric.DISK_WRITE),
    Dimension.EBS_OPERATIONS: (Metric.DISK_READ_OPERATIONS, Metric.DISK_WRITE_OPERATIONS),
    Dimension.GPU: (Metric.GPU,),
    Dimension.GPU_MEMORY: (Metric.GPU_MEMORY,),
}
"""What must be measured for a dimension to be known: all of them."""

TOGETHER = {Dimension.EBS_BANDWIDTH, Dimension.EBS_OPERATIONS}
"""Reads and writes share one limit; what comes in and what goes out have one each."""


@dataclass(frozen=True, slots=True)
class Need:
    """In the unit of its dimension.

    usual: mean. amount: percentile of maxima in the highest week. peak: highest maximum. likely: what the amount may be within the
    two weeks to come, by what it grew and by how far weeks lay apart; never below amount.
    """

    usual: float
    amount: float
    peak: float
    likely: float


def measure(series: Mapping[Metric, Series], machine: MachineType, *, percentile: float) -> dict[Dimension, Need]:
    """A dimension of which something was not measured is left out: not known, which is not low."""
    held = capacities(machine)
    found = {}
    for dimension, metrics in METRICS.items():
        capacity = held[dimension]
        parts = [series[metric] for metric in metrics if metric in series and series[metric].measured]
        if len(parts) < len(metrics) or (dimension in {Dimension.GPU, Dimension.GPU_MEMORY} and not capacity):
            continue
        scale = _scale(dimension, capacity or 0.0)
        needs = [need_of(part, percentile=percentile) for part in _joined(parts, together=dimension in TOGETHER)]
        if dimension in TOGETHER and len(needs) > 1:
            found[dimension] = _sum(needs, scale)
        else:
            found[dimension] = _scaled(max(needs, key=lambda one: (one.likely, one.amount)), scale)
    return found


def _scale(dimension: Dimension, capacity: float) -> float:
    if dimension in {Dimension.NETWORK, Dimension.EBS_BANDWIDTH}:
        return MEGABIT
    return 1.0 if dimension is Dimension.EBS_OPERATIONS else capacity / 100


def _joined(parts: list[Series], *, together: bool) -> list[Series]:
    """Summed step by step where the steps are the same; else as they are."""
    first = parts[0]
    if not together or any((one.start, one.step, len(one)) != (first.start, first.step, len(first)) for one in parts):
        return parts
    return [
        Series(
            first.start,
            first.step,
            np.sum([one.average for one in parts], axis=0),
            np.sum([one.maximum for one in parts], axis=0),
        )
    ]


def need_of(series: Series, *, percentile: float) -> Need:
    """In the unit of the series. series: has at least one value."""
    weeks = _weeks(series.maximum, series.step)
    known = [week[~np.isnan(week)] for week in weeks]
    enough = [week for week in known if len(week) >= LEAST_OF_A_WEEK * (WEEK / series.step)] or [np.concatenate(known)]
    amounts = [float(np.percentile(week, percentile)) for week in enough]
    amount = max(amounts)
    grown = amounts[0] * growth(series) ** WEEKS_AHEAD
    apart = amount - min(amounts[:2])
    return Need(series.mean() or 0.0, amount, series.peak() or 0.0, max(amount + apart / 2, grown))


def _weeks(values: Values, step: timedelta) -> list[Values]:
    """From the latest back; the oldest may be short."""
    length = max(1, int(WEEK / step))
    return [values[max(0, end - length) : end] for end in range(len(values), 0, -length)]


def growth(series: Series) -> float:
    """How many times the mean of a day is that of the same day a week before: the median over the latest week, at least 1."""
    per_day = int(timedelta(days=1) / series.step)
    if per_day == 0 or len(series) < 14 * per_day:
        return 1.0
    days = series.average[-14 * per_day :].reshape(14, per_day)
    known = ~np.isnan(days)
    counts = known.sum(axis=1)
    means = np.where(known, days, 0).sum(axis=1, dtype=np.float64) / np.maximum(counts, 1)
    usable = (counts[:7] > 0) & (counts[7:] > 0) & (means[:7] > 0)
    if not usable.any():
        return 1.0
    ratio = float(np.median(means[7:][usable] / means[:7][usable]))
    return min(max(ratio, 1.0), MOST_GROWTH_A_WEEK)


def _scaled(need: Need, scale: float) -> Need:
    return Need(need.usual * scale, need.amount * scale, need.peak * scale, need.likely * scale)


def _sum(needs: list[Need], scale: float) -> Need:
    """An upper border: as if the highs fell together."""
    return _scaled(
        Need(
            sum(one.usual for one in needs),
            sum(one.amount for one in needs),
            sum(one.peak for one in needs),
            sum(one.likely for one in needs),
        ),
        scale,
    )


def at_least(need: Need, amount: float) -> Need:
    """For a need that was cut off by the machine itself."""
    return replace(need, amount=max(need.amount, amount), likely=max(need.likely, amount))
