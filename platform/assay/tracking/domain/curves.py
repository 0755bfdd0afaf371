"""One metric's history as columns: joined, put in order and cut down for a chart.

Points stand by (step, timestamp, value) and none stands twice; NaN is the greatest value, and minus zero is zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from assay.tracking.domain.values import MetricPoint

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Place(NamedTuple):
    """Where a point stands in its metric's history, but for its value."""

    step: int
    timestamp_ms: int


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One metric's points: three arrays of the same length, by (step, timestamp, value)."""

    steps: Int64s
    timestamps_ms: Int64s
    values: Floats

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def first(self) -> Place:
        return Place(int(self.steps[0]), int(self.timestamps_ms[0]))

    @property
    def last(self) -> Place:
        return Place(int(self.steps[-1]), int(self.timestamps_ms[-1]))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """All points of the parts, in order, each once."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))
        steps = np.concatenate([part.steps for part in parts])
        timestamps_ms = np.concatenate([part.timestamps_ms for part in parts])
        values = np.concatenate([part.values for part in parts])
        if not _stand_in_order(steps, timestamps_ms):
            order = np.lexsort((values, timestamps_ms, steps))
            steps, timestamps_ms, values = steps[order], timestamps_ms[order], values[order]
            kept = distinct(steps, timestamps_ms, values)
            steps, timestamps_ms, values = steps[kept], timestamps_ms[kept], values[kept]
        return cls(steps, timestamps_ms, values)

    def take(self, chosen: Any) -> Self:
        """The points of a slice, a mask or positions."""
        return type(self)(self.steps[chosen], self.timestamps_ms[chosen], self.values[chosen])

    def within(self, steps: range) -> Self:
        """The points of these steps."""
        if not len(self) or (steps.start <= int(self.steps[0]) and int(self.steps[-1]) < steps.stop):
            return self
        return self.take((self.steps >= steps.start) & (self.steps <= steps.stop - 1))

    def finite(self) -> Self:
        mask = np.isfinite(self.values)
        return self if mask.all() else self.take(mask)

    def cut(self, size: int) -> list[Self]:
        return [self.take(slice(start, start + size)) for start in range(0, len(self), size)]

    def thinned(self, most: int) -> Self:
        """At most `most` points, of each stretch the least and the greatest, so that spikes stay."""
        if len(self) <= most:
            return self
        stretches = max(most // 2, 1)
        edges = np.linspace(0, len(self), stretches + 1).astype(np.int64)[:-1]
        if most == 1:
            return self.take([int(np.argmax(self.values))])
        stretch = np.repeat(np.arange(stretches), np.diff(np.append(edges, len(self))))
        by_value = np.lexsort((self.values, stretch))
        last_of_each = np.append(edges[1:], len(self)) - 1
        return self.take(np.unique(np.concatenate([by_value[edges], by_value[last_of_each]])))

    def envelope(self, most: int) -> "Envelope":
        """Finite points in at most `most` stretches of the same number of points; each with its least, greatest and mean value."""
        curve = self.finite()
        starts = np.linspace(0, len(curve), min(most, len(curve)) + 1).astype(np.int64)[:-1]
        if not len(starts):
            return Envelope([], [], [], [], [], [])
        counts = np.diff(np.append(starts, len(curve)))
        return Envelope(
            steps=curve.steps[starts].tolist(),
            timestamps_ms=curve.timestamps_ms[starts].tolist(),
            minima=np.minimum.reduceat(curve.values, starts).tolist(),
            maxima=np.maximum.reduceat(curve.values, starts).tolist(),
            means=(np.add.reduceat(curve.values / np.repeat(counts, counts), starts)).tolist(),
            counts=counts.tolist(),
        )

    def sampled(self, most: int) -> Self:
        """At most max(most, 2) points, evenly taken, the first and the last among them."""
        if len(self) <= most:
            return self
        return self.take(np.unique(np.linspace(0, len(self) - 1, max(most, 2)).astype(np.int64)))

    def points(self, key: str) -> tuple[MetricPoint, ...]:
        columns = (self.values.tolist(), self.steps.tolist(), self.timestamps_ms.tolist())
        return tuple(MetricPoint(key, *point) for point in zip(*columns, strict=True))


@dataclass(frozen=True, slots=True)
class Envelope:
    """Stretches of a curve in order: columns of the same length. steps, timestamps_ms: where each begins."""

    steps: list[int]
    timestamps_ms: list[int]
    minima: list[float]
    maxima: list[float]
    means: list[float]
    counts: list[int]


def _stand_in_order(steps: Int64s, timestamps_ms: Int64s) -> bool:
    """Strictly, by (step, timestamp), so that no two can be the same."""
    later = (steps[1:] > steps[:-1]) | ((steps[1:] == steps[:-1]) & (timestamps_ms[1:] > timestamps_ms[:-1]))
    return bool(later.all())


def distinct(*columns: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Of rows in order, which differ from the row before."""
    kept = np.zeros(len(columns[0]), np.bool_)
    kept[:1] = True
    for column in columns:
        changed = column[1:] != column[:-1]
        if column.dtype == np.float64:
            changed &= ~(np.isnan(column[1:]) & np.isnan(column[:-1]))
        kept[1:] |= changed
    return kept
