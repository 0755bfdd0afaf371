"""Metric curves: over which axis, in which groups, and as the browser gets them. See frontend/static/js/curves/."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypedDict

import numpy as np

from assay.core.money import Money
from assay.portal.domain.charts import AxisBody
from assay.tracking.domain.curves import Floats, Int64s
from assay.tracking.domain.values import MetricValue

SYSTEM = "system/"
OTHER = "Metrics"
PINNED = "Pinned"
EPOCH, MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
DIGITS = re.compile(r"(\d+)")


class ChartAxis(StrEnum):
    STEP = "step"
    TIME = "time"
    DOLLARS = "dollars"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run's points stand on an axis. rate: its dollars an hour; None where they are not known."""

    axis: ChartAxis
    started_at: datetime
    rate: Money | None

    def of(self, *, step: float, timestamp_ms: float) -> float:
        """A place in a picture, not an amount: steps, seconds since the run's start, or dollars spent since."""
        if self.axis is ChartAxis.STEP:
            return step
        since_ms = timestamp_ms - (self.started_at - EPOCH) / MILLISECOND
        if self.axis is ChartAxis.DOLLARS and self.rate is not None:
            return round(max(since_ms, 0) * float(self.rate.amount) / 3_600_000, 6)
        return round(since_ms / 1000, 3)

    def of_all(self, steps: Int64s, timestamps_ms: Int64s) -> Floats:
        """As `of`, for the points of one curve: two arrays of the same length, and one of it."""
        if self.axis is ChartAxis.STEP:
            return steps.astype(np.float64)
        since_ms = timestamps_ms - (self.started_at - EPOCH) / MILLISECOND
        if self.axis is ChartAxis.DOLLARS and self.rate is not None:
            dollars: Floats = np.round(np.maximum(since_ms, 0) * (float(self.rate.amount) / 3_600_000), 6)
            return dollars
        seconds: Floats = np.round(since_ms / 1000, 3)
        return seconds


class CurveBody(TypedDict, total=False):
    """points: (x, y) by x. low, high: the least and greatest of what a point stands for, which is then their mean; absent where it
    is one value. total: of how many points the curve is drawn.
    """

    name: str
    run: str
    colour: str
    total: int
    points: list[tuple[float, float]]
    low: list[float]
    high: list[float]


class MarkBody(TypedDict, total=False):
    """A band from `at` to `until`, or a line at `at`; on the chart's horizontal axis."""

    name: str
    at: float
    until: float


class CurvesBody(TypedDict, total=False):
    """One chart. last: the latest value as people read it, where the chart shows one metric of one run."""

    kind: str
    x: AxisBody
    y: AxisBody
    series: list[CurveBody]
    marks: list[MarkBody]
    empty: str
    last: str


def describe_curves(x: AxisBody, y: AxisBody, series: list[CurveBody], *, empty: str = "No finite value yet.") -> CurvesBody:
    return CurvesBody(kind="curves", x=x, y=y, series=series, marks=[], empty=empty)


def describe_axis(axis: ChartAxis, currency: str | None) -> AxisBody:
    if axis is ChartAxis.DOLLARS and currency is not None:
        return AxisBody(name="dollars", kind="number", currency=currency)
    if axis is ChartAxis.TIME:
        return AxisBody(name="time since start", kind="seconds")
    return AxisBody(name="step", kind="number")


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys with the same first part of a path; the prefix is empty for keys without one."""

    label: str
    keys: tuple[str, ...]


def group_keys(keys: Iterable[str], *, pinned: Sequence[str] = ()) -> list[KeyGroup]:
    """Pinned keys first, in the order they were pinned; then keys without a prefix; then by prefix."""
    known = list(dict.fromkeys(keys))
    top = tuple(key for key in dict.fromkeys(pinned) if key in known)
    groups: dict[str, list[str]] = {}
    for key in known:
        if key not in top:
            prefix, slash, _ = key.partition("/")
            groups.setdefault(prefix if slash else "", []).append(key)
    found = [KeyGroup(PINNED, top)] if top else []
    return found + [KeyGroup(prefix or OTHER, tuple(sort_keys(groups[prefix]))) for prefix in sort_keys(groups)]


def sort_keys(keys: Iterable[str]) -> list[str]:
    """As people count: layer.2 before layer.10."""
    return sorted(keys, key=lambda key: ([part.zfill(12) if part.isdigit() else part for part in DIGITS.split(key)], key))


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group on a page of many. keys: those whose charts are laid out at once; the rest follow from `after` on, on demand."""

    label: str
    total: int
    keys: tuple[str, ...]
    after: int | None

    @property
    def is_open(self) -> bool:
        return bool(self.keys)


def lay_out(groups: Iterable[KeyGroup], *, at_once: int, in_all: int) -> list[ShownGroup]:
    """at_once: charts of one group; in_all: charts of the page. Groups beyond are closed."""
    shown, left = [], in_all
    for group in groups:
        keys = group.keys[: min(at_once, left)]
        left -= len(keys)
        shown.append(ShownGroup(group.label, len(group.keys), keys, len(keys) if len(keys) < len(group.keys) else None))
    return shown


def match_keys(keys: Iterable[str], words: str) -> list[str]:
    """Keys that contain every word, in any case of letters."""
    wanted = words.casefold().split()
    return [key for key in keys if all(word in key.casefold() for word in wanted)]


def charted_keys(metrics: Mapping[str, MetricValue], *, is_live: bool) -> list[str]:
    """A run's own metrics that have a curve, or may get one while it runs; those of the machine are not among them."""
    return [key for key, metric in metrics.items() if not key.startswith(SYSTEM) and (is_live or metric.count > 1)]
