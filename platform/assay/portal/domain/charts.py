"""Charts as the browser gets them: what to draw, not how. See frontend/static/js/charts/options.js."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict

Point = tuple[object, ...]
"""(x, y), then a note and an address where the point stands for one thing. Amounts are text with every digit."""


class ChartKind(StrEnum):
    LINES = "lines"
    STACKED = "stacked"
    SCATTER = "scatter"


class AxisBody(TypedDict, total=False):
    name: str
    kind: str
    unit: str
    currency: str
    log: bool
    from_zero: bool


class SeriesBody(TypedDict, total=False):
    name: str
    points: Sequence[Point]
    style: str


class ChartBody(TypedDict, total=False):
    kind: str
    x: AxisBody
    y: AxisBody
    series: list[SeriesBody]
    empty: str


@dataclass(frozen=True, slots=True)
class Series:
    """style: `rest` (all that has no colour of its own), `front`, `line`, or empty."""

    name: str
    points: Sequence[Point]
    style: str = ""


def describe_chart(
    kind: ChartKind, *, x: AxisBody, y: AxisBody, series: Sequence[Series], empty: str = "No points yet."
) -> ChartBody:
    return ChartBody(
        kind=kind.value,
        x=x,
        y=y,
        series=[SeriesBody(name=one.name, points=one.points, style=one.style) for one in series],
        empty=empty,
    )
