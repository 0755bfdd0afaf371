"""A curve as it is drawn: every point, or from afar the mean and the range of its stretches; whole, or within a window."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from assay.portal.domain.curves import CurveBody, Place
from assay.tracking.domain.curves import Curve

POINTS_OF_A_STRETCH = 2
"""A stretch is drawn by its range and its mean: where there are this many points for each, they are drawn as they are."""


@dataclass(frozen=True, slots=True)
class Window:
    """[start, end] of a horizontal axis, in the axis's own unit; both ends are seen."""

    start: float
    end: float

    @classmethod
    def read(cls, start: str, end: str) -> Self | None:
        """From an address; None for what is no stretch of an axis."""
        try:
            window = cls(float(start), float(end))
        except ValueError:
            return None
        return window if math.isfinite(window.start) and math.isfinite(window.end) and window.start < window.end else None


@dataclass(frozen=True, slots=True)
class Detail:
    """How closely a curve is drawn. most: points a curve. banded: beyond that as mean and range, else as its least and greatest."""

    most: int
    window: Window | None = None
    banded: bool = True


def make_curve(name: str, curve: Curve, place: Place, detail: Detail) -> CurveBody:
    """Points from left to right, whatever order they came in. curve: of finite values.

    With a window, the points in it and the nearest on either side, so that the line reaches its edges.
    """
    seen = _cut(curve, place, detail.window)
    body = CurveBody(name=name, total=len(seen))
    if len(seen) > detail.most and detail.banded:
        return _draw_range(body, seen, place, stretches=detail.most // POINTS_OF_A_STRETCH)
    thinned = seen.thinned(detail.most)
    xs = place.of_all(thinned.steps, thinned.timestamps_ms)
    body["points"] = list(zip(xs.tolist(), thinned.values.tolist(), strict=True))
    return body


def _cut(curve: Curve, place: Place, window: Window | None) -> Curve:
    """From left to right on the axis."""
    xs = place.of_all(curve.steps, curve.timestamps_ms)
    if not (xs[1:] >= xs[:-1]).all():
        order = np.argsort(xs, kind="stable")
        xs, curve = xs[order], curve.take(order)
    if window is None or not len(curve):
        return curve
    first = max(int(np.searchsorted(xs, window.start, side="left")) - 1, 0)
    return curve.take(slice(first, int(np.searchsorted(xs, window.end, side="right")) + 1))


def _draw_range(body: CurveBody, curve: Curve, place: Place, *, stretches: int) -> CurveBody:
    """A stretch stands where it begins."""
    envelope = curve.envelope(stretches)
    xs = place.of_all(np.array(envelope.steps), np.array(envelope.timestamps_ms))
    body["points"] = list(zip(xs.tolist(), envelope.means, strict=True))
    body["low"], body["high"] = envelope.minima, envelope.maxima
    return body
