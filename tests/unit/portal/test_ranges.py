from datetime import UTC, date, datetime

import pytest

from assay.core.errors import Invalid
from assay.portal.domain.ranges import LABELS, TimeRange, read_range

AT = datetime(2025, 3, 10, 2, 30, tzinfo=UTC)


def read(key: str = "", first: str = "", last: str = "") -> TimeRange:
    return read_range(key=key, first=first, last=last, at=AT)


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("this-month", date(2025, 3, 1), date(2025, 3, 10)),
        ("last-month", date(2025, 2, 1), date(2025, 2, 28)),
        ("last-7-days", date(2025, 3, 4), date(2025, 3, 10)),
        ("last-12-months", date(2024, 3, 1), date(2025, 3, 10)),
        ("nonsense", date(2025, 2, 9), date(2025, 3, 10)),
    ],
)
def test_named_ranges_end_today(key: str, first: date, last: date) -> None:
    span = read(key)
    assert (span.first, span.last) == (first, last)


def test_both_named_days_are_included() -> None:
    span = read(first="2025-01-01", last="2025-01-31")
    assert span.days == 31
    assert span.interval.start == datetime(2025, 1, 1, tzinfo=UTC)
    assert span.interval.end == datetime(2025, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize("key", list(LABELS))
def test_the_days_before_touch_and_are_as_many_or_whole_months(key: str) -> None:
    span = read(key)
    assert span.previous.interval.end == span.interval.start
    assert span.previous.days == (31 if key == "last-month" else span.days)


@pytest.mark.parametrize(("first", "last"), [("2025-02-30", ""), ("yesterday", ""), ("2025-02-02", "2025-02-01")])
def test_days_that_make_no_sense_are_refused(first: str, last: str) -> None:
    with pytest.raises(Invalid):
        read(first=first, last=last)
