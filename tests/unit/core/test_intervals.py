from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from assay.core.intervals import Interval, join_touching

NOON = datetime(2026, 10, 31, 12, tzinfo=UTC)


def test_neighbours_touch_and_never_overlap() -> None:
    first = Interval(NOON, NOON + timedelta(hours=1))
    second = Interval(first.end, first.end + timedelta(hours=1))
    assert first.overlap(second) is None
    assert not first.contains(first.end)
    assert second.contains(first.end)


def test_months_are_whole_and_cover_the_interval() -> None:
    months = list(Interval(NOON, NOON + timedelta(days=2)).months())
    assert [f"{month.start:%Y-%m}" for month in months] == ["2026-10", "2026-11"]
    assert months[0].end == months[1].start


def test_seconds_are_exact_to_the_microsecond() -> None:
    assert Interval(NOON, NOON + timedelta(microseconds=3)).seconds == Decimal("0.000003")


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Interval(NOON.replace(tzinfo=None), NOON)


def test_intervals_that_touch_or_overlap_are_one() -> None:
    hours = [
        Interval(NOON + timedelta(hours=at), NOON + timedelta(hours=at + length))
        for at, length in ((5, 1), (0, 1), (1, 2), (2, 1))
    ]
    assert join_touching(hours) == [Interval(NOON, NOON + timedelta(hours=3)), hours[0]]
