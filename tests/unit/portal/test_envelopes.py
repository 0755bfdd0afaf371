"""Curves as they are drawn: whole or from afar, all of the axis or a part of it."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.money import Money
from assay.portal.domain.curves import ChartAxis, Place
from assay.portal.domain.envelopes import Detail, Window, make_curve
from assay.tracking.domain.curves import Curve

START = datetime(2026, 3, 5, 10, tzinfo=UTC)
START_MS = int(START.timestamp() * 1000)
STEPS = Place(ChartAxis.STEP, START, None)
SECOND = 1000


def curve(*points: tuple[int, int, float]) -> Curve:
    """points: (step, timestamp_ms, value)."""
    steps, timestamps_ms, values = (np.array(column) for column in zip(*points, strict=True))
    return Curve(steps, timestamps_ms, values.astype(float))


def climb(count: int) -> Curve:
    """A point a second, of the value of its step."""
    return curve(*((step, START_MS + step * SECOND, float(step)) for step in range(count)))


def test_a_curve_goes_from_left_to_right_whatever_order_its_points_came_in() -> None:
    found = curve((1, START_MS + 5000, 2.0), (2, START_MS, 1.0))
    assert make_curve("loss", found, STEPS, Detail(9))["points"] == [(1, 2.0), (2, 1.0)]
    assert make_curve("loss", found, Place(ChartAxis.TIME, START, None), Detail(9))["points"] == [(0.0, 1.0), (5.0, 2.0)]


def test_a_short_curve_is_drawn_by_every_point() -> None:
    drawn = make_curve("loss", climb(8), STEPS, Detail(8))
    assert (len(drawn["points"]), drawn["total"], "low" in drawn) == (8, 8, False)


def test_a_long_curve_is_drawn_as_mean_and_range() -> None:
    drawn = make_curve("loss", climb(12), STEPS, Detail(4))
    assert drawn["points"] == [(0.0, 2.5), (6.0, 8.5)]
    assert (drawn["low"], drawn["high"], drawn["total"]) == ([0.0, 6.0], [5.0, 11.0], 12)


def test_without_bands_a_long_curve_keeps_its_extremes() -> None:
    drawn = make_curve("loss", climb(12), STEPS, Detail(4, banded=False))
    assert [y for _, y in drawn["points"]] == [0.0, 5.0, 6.0, 11.0]
    assert (drawn["total"], "low" in drawn) == (12, False)


@pytest.mark.parametrize(
    ("axis", "window"),
    [(ChartAxis.STEP, Window(3, 5)), (ChartAxis.TIME, Window(2.5, 5.5)), (ChartAxis.DOLLARS, Window(0.003, 0.005))],
)
def test_a_window_shows_its_points_and_one_on_either_side_over_every_axis(axis: ChartAxis, window: Window) -> None:
    place = Place(axis, START, Money(Decimal("3.6"), "USD"))
    drawn = make_curve("loss", climb(100), place, Detail(10, window))
    assert [y for _, y in drawn["points"]] == [2.0, 3.0, 4.0, 5.0, 6.0]


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 10**6), st.floats(-1e6, 1e6)), min_size=1, max_size=80),
    st.integers(2, 20),
    st.sampled_from(list(ChartAxis)),
)
def test_a_drawn_curve_stays_within_bounds_and_hides_nothing(
    points: list[tuple[int, int, float]], most: int, axis: ChartAxis
) -> None:
    found = curve(*((step, START_MS + offset, value) for step, offset, value in points))
    drawn = make_curve("loss", found, Place(axis, START, Money(Decimal(9), "USD")), Detail(most))
    xs, ys = zip(*drawn["points"], strict=True)
    assert len(xs) <= most
    assert all(first <= second for first, second in pairwise(xs))
    assert min(drawn.get("low", ys)) == min(value for *_, value in points)
    assert max(drawn.get("high", ys)) == max(value for *_, value in points)


@pytest.mark.parametrize(
    ("start", "end"), [("", ""), ("1", ""), ("a", "2"), ("2", "1"), ("1", "1"), ("nan", "2"), ("0", "inf")]
)
def test_what_is_no_stretch_of_an_axis_is_no_window(start: str, end: str) -> None:
    assert Window.read(start, end) is None


def test_a_window_is_read_from_an_address() -> None:
    assert Window.read("-1.5", "2e3") == Window(-1.5, 2000.0)


def test_a_window_beside_the_curve_shows_no_more_than_its_nearest_point() -> None:
    assert make_curve("loss", climb(5), STEPS, Detail(10, Window(50, 60)))["points"] == [(4.0, 4.0)]
    empty = Curve.joined([])
    assert make_curve("loss", empty, STEPS, Detail(10, Window(0, 1)))["points"] == []
