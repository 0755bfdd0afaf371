"""Metric points as columns: how a segment of history is packed and read back.

A segment holds the points of one or more metrics. Within it, points stand by (key, step, timestamp, value) and none stands twice
(see domain.curves). Packed, steps and timestamps are differences in the smallest integer type that holds them (none at all where
every difference is the same), values are float64: about 10 bytes a point.
"""

import hashlib
import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import msgspec
import numpy as np

from assay.tracking.domain.curves import Curve, Floats, Int64s, distinct
from assay.tracking.domain.values import MetricPoint

SEGMENT_POINTS = 4_096
"""At most so many points of one metric in a merged segment."""

_WIDTHS: dict[int, np.dtype[Any]] = {1: np.dtype("<i1"), 2: np.dtype("<i2"), 4: np.dtype("<i4"), 8: np.dtype("<i8")}


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Curves of distinct keys in alphabetical order, as one set of columns. counts: points of each key."""

    keys: tuple[str, ...]
    counts: Int64s
    all_points: Curve

    @classmethod
    def of(cls, points: Iterable[MetricPoint]) -> Self:
        """Points as they came: sorts them and leaves repeated ones out. At least one point."""
        names, values, steps, timestamps_ms = zip(*points, strict=True)
        keys = sorted(set(names))
        place = {key: position for position, key in enumerate(keys)}
        codes = np.fromiter(map(place.__getitem__, names), np.int64, len(names))
        columns = np.array(steps, np.int64), np.array(timestamps_ms, np.int64), np.array(values, np.float64) + 0.0
        order = np.lexsort((columns[2], columns[1], columns[0], codes))
        codes = codes[order]
        ordered = Curve(columns[0][order], columns[1][order], columns[2][order])
        kept = distinct(codes, ordered.steps, ordered.timestamps_ms, ordered.values)
        return cls(tuple(keys), np.bincount(codes[kept], minlength=len(keys)), ordered.take(kept))

    @classmethod
    def of_curve(cls, key: str, curve: Curve) -> Self:
        return cls((key,), np.array([len(curve)]), curve)

    def curve(self, key: str) -> Curve | None:
        """None when the segment has no point of this key."""
        try:
            position = self.keys.index(key)
        except ValueError:
            return None
        if len(self.keys) == 1:
            return self.all_points
        start = int(self.counts[:position].sum())
        return self.all_points.take(slice(start, start + int(self.counts[position])))

    def curves(self) -> Iterable[tuple[str, Curve]]:
        ends = np.cumsum(self.counts).tolist()
        for key, start, end in zip(self.keys, [0, *ends], ends, strict=False):
            yield key, self.all_points.take(slice(start, end))

    def summary(self) -> "Summary":
        """What a writer lays over the latest values: columns, one row a key."""
        starts = np.cumsum(self.counts) - self.counts
        lasts = starts + self.counts - 1
        points = self.all_points
        least, greatest = np.fmin.reduceat(points.values, starts), np.fmax.reduceat(points.values, starts)
        return Summary(
            keys=list(self.keys),
            steps=points.steps[lasts].tolist(),
            timestamps_ms=points.timestamps_ms[lasts].tolist(),
            values=points.values[lasts].tolist(),
            minima=_numbers(least),
            maxima=_numbers(greatest),
            counts=self.counts.tolist(),
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """Per key: the point with the greatest (step, timestamp, value), the least and greatest number (None: all NaN), how many."""

    keys: list[str]
    steps: list[int]
    timestamps_ms: list[int]
    values: list[float]
    minima: list[float | None]
    maxima: list[float | None]
    counts: list[int]


class _Packed(msgspec.Struct, array_like=True):
    """version 1. strides: the one difference between neighbours where `*_steps` is empty."""

    version: int
    keys: list[str]
    counts: list[int]
    step: int
    step_stride: int
    step_differences: bytes
    timestamp: int
    timestamp_stride: int
    timestamp_differences: bytes
    values: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Packed)


def pack(segment: Segment) -> bytes:
    points = segment.all_points
    step, step_stride, step_differences = _pack_integers(points.steps)
    timestamp, timestamp_stride, timestamp_differences = _pack_integers(points.timestamps_ms)
    return _encoder.encode(
        _Packed(
            1, list(segment.keys), segment.counts.tolist(), step, step_stride, step_differences,
            timestamp, timestamp_stride, timestamp_differences, points.values.astype("<f8").tobytes(),
        )
    )  # fmt: skip


def pack_point(point: MetricPoint) -> bytes:
    """What pack gives for a segment of one point, without its arrays: most requests bring no more."""
    value = struct.pack("<d", point.value + 0.0)
    packed = _Packed(1, [point.key], [1], point.step, 0, b"", point.timestamp_ms, 0, b"", value)
    return _encoder.encode(packed)


def unpack(payload: bytes) -> Segment:
    packed = _decoder.decode(payload)
    values = np.frombuffer(packed.values, "<f8")
    steps = _unpack_integers(packed.step, packed.step_stride, packed.step_differences, len(values))
    timestamps_ms = _unpack_integers(packed.timestamp, packed.timestamp_stride, packed.timestamp_differences, len(values))
    return Segment(tuple(packed.keys), np.array(packed.counts), Curve(steps, timestamps_ms, values))


def digest(payload: bytes) -> UUID:
    """Names what a segment holds: the same points give the same digest."""
    return UUID(bytes=hashlib.blake2b(payload, digest_size=16).digest())


def _numbers(values: Floats) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


def _pack_integers(numbers: Int64s) -> tuple[int, int, bytes]:
    """Differences wrap around in 64 bits, and so does their sum: any two numbers have one."""
    first = int(numbers[0])
    if len(numbers) == 1:
        return first, 0, b""
    differences = np.diff(numbers)
    least, greatest = int(differences.min()), int(differences.max())
    if least == greatest:
        return first, least, b""
    width = next(size for size, kind in _WIDTHS.items() if np.iinfo(kind).min <= least and greatest <= np.iinfo(kind).max)
    return first, 0, differences.astype(_WIDTHS[width]).tobytes()


def _unpack_integers(first: int, stride: int, differences: bytes, count: int) -> Int64s:
    numbers = np.empty(count, np.int64)
    numbers[0] = first
    if count > 1:
        numbers[1:] = np.frombuffer(differences, _WIDTHS[len(differences) // (count - 1)]) if differences else stride
        np.cumsum(numbers, out=numbers)
    return numbers
