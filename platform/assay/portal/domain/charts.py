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
    """keys: what a category is called in addresses, where that is not its label. open_from: place from which on figures may grow."""

    name: str
    kind: str
    unit: str
    currency: str
    log: bool
    from_zero: bool
    keys: list[str]
    open_from: int


class SeriesBody(TypedDict, total=False):
    name: str
    points: Sequence[Point]
    style: str
    href: str


class ChartBody(TypedDict, total=False):
    kind: str
    x: AxisBody
    y: AxisBody
    series: list[SeriesBody]
    empty: str


@dataclass(frozen=True, slots=True)
class Series:
    """style: `rest` (all that has no colour of its own), `front`, `line`, or empty. href: where a point leads, with its x at the end."""

    name: str
    points: Sequence[Point]
    style: str = ""
    href: str = ""


def describe_chart(
    kind: ChartKind, *, x: AxisBody, y: AxisBody, series: Sequence[Series], empty: str = "No points yet."
) -> ChartBody:
    return ChartBody(
        kind=kind.value,
        x=x,
        y=y,
        series=[_describe(one) for one in series],
        empty=empty,
    )


def _describe(series: Series) -> SeriesBody:
    body = SeriesBody(name=series.name, points=series.points, style=series.style)
    return body | SeriesBody(href=series.href) if series.href else body
