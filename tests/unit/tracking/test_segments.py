"""Packing keeps every point; what is drawn of a curve keeps its extremes."""

import math

from hypothesis import given
from hypothesis import strategies as st

from assay.tracking.domain.curves import Curve
from assay.tracking.domain.segments import Segment, digest, pack, pack_point, unpack
from assay.tracking.domain.values import MetricPoint

int64 = st.integers(-(2**63), 2**63 - 1)
numbers = st.one_of(st.floats(width=64), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0]))
points = st.builds(
    MetricPoint,
    st.sampled_from(["a", "b/c", "ü"]),
    numbers,
    st.one_of(st.integers(-3, 3), int64),
    st.one_of(st.integers(0, 3), int64),
)


def _identity(point: MetricPoint) -> tuple[str, int, int, str]:
    return point.key, point.step, point.timestamp_ms, repr(point.value + 0.0)


@given(st.lists(points, min_size=1, max_size=60))
def test_a_packed_segment_holds_each_point_once_in_order(logged: list[MetricPoint]) -> None:
    segment = unpack(pack(Segment.of(logged)))
    read = [point for key, curve in segment.curves() for point in curve.points(key)]
    assert sorted(map(_identity, read)) == sorted(set(map(_identity, logged)))
    for key, curve in segment.curves():
        places = [(point.step, point.timestamp_ms) for point in curve.points(key)]
        assert places == sorted(places)
        same = segment.curve(key)
        assert same is not None
        assert list(map(repr, same.points(key))) == list(map(repr, curve.points(key)))


@given(st.lists(points, min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_same_points_in_any_order_have_the_same_digest(logged: list[MetricPoint], order: object) -> None:
    shuffled = [*logged, *logged[::2]]
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random that hypothesis controls
    assert digest(pack(Segment.of(shuffled))) == digest(pack(Segment.of(logged)))


@given(points)
def test_one_point_is_packed_as_a_segment_of_one(point: MetricPoint) -> None:
    assert pack_point(point) == pack(Segment.of([point]))


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=300), st.integers(1, 50))
def test_a_thinned_curve_keeps_the_least_and_the_greatest(heights: list[float], most: int) -> None:
    curve = Segment.of(MetricPoint("m", height, step, 0) for step, height in enumerate(heights)).all_points
    thinned = curve.thinned(most)
    assert len(thinned) <= max(most, 1)
    assert set(thinned.points("m")) <= set(curve.points("m"))
    assert max(heights) in thinned.values
    assert most == 1 or min(heights) in thinned.values


@given(
    st.lists(st.one_of(st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf])), min_size=1, max_size=200),
    st.integers(1, 30),
)
def test_an_envelope_covers_every_finite_point(heights: list[float], most: int) -> None:
    envelope = Segment.of(MetricPoint("m", height, step, 0) for step, height in enumerate(heights)).all_points.envelope(most)
    finite = [height for height in heights if math.isfinite(height)]
    assert sum(envelope.counts) == len(finite)
    assert len(envelope.counts) == min(most, len(finite))
    start = 0
    for count, least, greatest, mean in zip(envelope.counts, envelope.minima, envelope.maxima, envelope.means, strict=True):
        part = finite[start : start + count]
        assert (least, greatest) == (min(part), max(part))
        assert math.isclose(mean, sum(part) / count, rel_tol=1e-9, abs_tol=1e-6)
        start += count


def test_a_regular_metric_takes_less_than_eleven_bytes_a_point() -> None:
    curve = Segment.of(
        MetricPoint("loss", 1 / (step + 1), step, 1_700_000_000_000 + 137 * step + step % 7) for step in range(1_000)
    )
    assert len(pack(curve)) < 11_000


def test_no_curves_join_to_an_empty_one() -> None:
    assert len(Curve.joined([])) == 0
