from datetime import timedelta

import pytest

from assay.portal.domain.numbers import format_ago, format_duration, format_metric, format_size, shorten_number


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.973124, "0.97312"),
        (1.2e-7, "1.2e-07"),
        (12345.0, "12,345"),
        (1234.567, "1,234.57"),
        (-0.5, "-0.5"),
        (float("nan"), "NaN"),
        (float("inf"), "∞"),
        (float("-inf"), "-∞"),
    ],
)
def test_metrics_show_five_significant_digits(value: float, shown: str) -> None:
    assert format_metric(value) == shown


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(milliseconds=480), "480 ms"),
        (timedelta(seconds=3.14), "3.1 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=3, seconds=4), "3 min 4 s"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, minutes=10), "2 h 10 min"),
        (timedelta(days=5, hours=3), "5 d 3 h"),
        (timedelta(seconds=-1), "–"),
    ],
)
def test_durations_have_two_units_at_most(length: timedelta, shown: str) -> None:
    assert format_duration(length) == shown


@pytest.mark.parametrize(("size", "shown"), [(0, "0 B"), (999, "999 B"), (1200, "1.2 kB"), (3_400_000, "3.4 MB")])
def test_sizes_choose_their_unit(size: int, shown: str) -> None:
    assert format_size(size) == shown


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(seconds=10), "just now"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(hours=5), "5 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=9), "9 days ago"),
        (timedelta(days=200), "7 months ago"),
        (timedelta(minutes=-3), "in 3 min"),
    ],
)
def test_times_are_relative(length: timedelta, shown: str) -> None:
    assert format_ago(length) == shown


def test_params_are_shortened_only_when_they_are_long_numbers() -> None:
    assert shorten_number("0.0006210674075943504") == "0.00062107"
    assert shorten_number("rbf") == "rbf"
    assert shorten_number("a-long-name-of-a-kernel") == "a-long-name-of-a-kernel"
