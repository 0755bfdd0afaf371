"""How far the delivered bills reach."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.intervals import Interval
from assay.costs.domain.billed_spans import (
    BilledPeriod,
    BilledSpan,
    BilledTime,
    first_day_from,
    list_spans,
    month,
    name_provider,
)

AWS = frozenset({"aws"})
ONE, OTHER = UUID(int=1), UUID(int=2)


def at(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_older_periods_are_whole_and_the_newest_reaches_as_far_as_its_usage() -> None:
    periods = [BilledPeriod(ONE, "2026-11", AWS, at(11, 20, 7)), BilledPeriod(ONE, "2026-10", AWS, at(10, 29))]
    assert list_spans(periods) == [
        BilledSpan(ONE, AWS, Interval(at(10, 1), at(11, 1))),
        BilledSpan(ONE, AWS, Interval(at(11, 1), at(11, 20, 7))),
    ]


def test_sources_do_not_close_each_others_periods() -> None:
    periods = [BilledPeriod(ONE, "2026-10", AWS, at(10, 5)), BilledPeriod(OTHER, "2026-11", AWS, at(11, 3))]
    assert [span.interval.end for span in list_spans(periods)] == [at(10, 5), at(11, 3)]


def test_usage_beyond_the_month_is_not_covered_by_it() -> None:
    assert list_spans([BilledPeriod(ONE, "2026-12", AWS, datetime(2027, 3, 1, tzinfo=UTC))])[0].interval == month("2026-12")


@pytest.mark.parametrize("until", [None, at(11, 1), at(10, 30)])
def test_a_newest_period_without_usage_covers_nothing(until: datetime | None) -> None:
    assert list_spans([BilledPeriod(ONE, "2026-11", AWS, until)]) == []


@pytest.mark.parametrize(
    ("billed_as", "tagged"),
    [("Amazon Web Services", "aws"), ("AWS", "aws"), ("Databricks", "databricks"), (" Hetzner ", "hetzner")],
)
def test_bills_and_tags_name_providers_differently(billed_as: str, tagged: str) -> None:
    assert name_provider(billed_as) == tagged


def test_a_day_belongs_to_the_interval_that_has_its_first_instant() -> None:
    assert first_day_from(at(11, 2)) == date(2026, 11, 2)
    assert first_day_from(at(11, 2, 1)) == date(2026, 11, 3)


def november(start: int, end: int) -> Interval:
    return Interval(at(11, 1 + start), at(11, 1 + end))


within_days = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted)


@given(within_days, st.lists(within_days, max_size=6))
def test_time_is_billed_when_each_of_its_days_is(interval: list[int], billed: list[list[int]]) -> None:
    start, end = interval
    each_day = all(any(first <= day < last for first, last in billed) for day in range(start, end))
    time = BilledTime(BilledSpan(ONE, AWS, november(first, last)) for first, last in billed)
    assert time.covers(november(start, end), provider="aws", source_ids=frozenset()) == (start < end and each_day)


def test_only_bills_that_speak_of_a_run_cover_it() -> None:
    time = BilledTime([BilledSpan(ONE, AWS, november(0, 5)), BilledSpan(OTHER, frozenset({"databricks"}), november(5, 9))])
    day, both = november(6, 7), november(4, 7)
    assert not time.covers(day, provider="aws", source_ids=frozenset())
    assert time.covers(day, provider="databricks", source_ids=frozenset())
    assert time.covers(both, provider="aws", source_ids=frozenset({OTHER}))
    assert not time.covers(both, provider="host", source_ids=frozenset({OTHER}))
