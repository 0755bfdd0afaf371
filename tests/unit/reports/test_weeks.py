from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.reports.domain.weeks import SendTime, Week, Weekday, find_due_week, last_complete_week, week_of

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Kiritimati", "Africa/Cairo"]
zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001  made aware
send_times = st.builds(SendTime, st.sampled_from(Weekday), st.integers(0, 23))
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "monday"),
    [
        ("UTC", "2026-03-02T00:00", date(2026, 2, 23)),
        ("UTC", "2026-03-01T23:59", date(2026, 2, 16)),
        ("Europe/Berlin", "2026-03-30T08:00", date(2026, 3, 23)),
        ("America/New_York", "2026-03-09T12:00", date(2026, 3, 2)),
        ("Asia/Kolkata", "2026-03-01T18:30", date(2026, 2, 23)),
        ("Asia/Kolkata", "2026-03-01T18:29", date(2026, 2, 16)),
        ("Pacific/Kiritimati", "2026-03-01T10:00", date(2026, 2, 23)),
    ],
)
def test_the_last_complete_week_ends_by_the_calendar_of_the_zone(zone: str, at: str, monday: date) -> None:
    assert last_complete_week(utc(at), ZoneInfo(zone)).monday == monday


@given(zones, instants)
def test_weeks_are_seven_days_of_the_bill_and_touch(zone: ZoneInfo, at: datetime) -> None:
    """Wherever the organization is and whether its clocks change: the days of the bill are UTC's."""
    week = week_of(at.date(), zone)
    assert week.interval.contains(at)
    assert week.interval.length == timedelta(days=7)
    assert week.before.interval.end == week.interval.start == datetime.combine(week.days[0], time(), tzinfo=UTC)


@given(zones, instants, send_times)
def test_sending_times_follow_each_other_once_a_week(zone: ZoneInfo, at: datetime, send_time: SendTime) -> None:
    latest, following = send_time.latest(at, zone), send_time.following(at, zone)
    assert latest <= at < following
    assert (following.astimezone(zone).date() - latest.astimezone(zone).date()).days == 7
    assert latest.astimezone(zone).weekday() == send_time.weekday


@pytest.mark.parametrize(
    ("zone", "weekday", "hour", "due_at"),
    [
        ("UTC", Weekday.MONDAY, 8, "2026-03-30T08:00"),
        ("Europe/Berlin", Weekday.MONDAY, 8, "2026-03-30T06:00"),
        ("Europe/Berlin", Weekday.SUNDAY, 2, "2026-03-29T01:00"),
        ("Europe/Berlin", Weekday.SUNDAY, 23, "2026-03-29T21:00"),
        ("America/New_York", Weekday.MONDAY, 0, "2026-03-30T04:00"),
        ("Asia/Kolkata", Weekday.MONDAY, 6, "2026-03-30T00:30"),
    ],
)
def test_a_report_is_due_from_its_local_hour_on(zone: str, weekday: Weekday, hour: int, due_at: str) -> None:
    send_time, local, at = SendTime(weekday, hour), ZoneInfo(zone), utc(due_at)
    assert send_time.latest(at, local) == at
    assert send_time.latest(at - timedelta(seconds=1), local) < at
    just_before = find_due_week(at - timedelta(seconds=1), send_time=send_time, zone=local, effective_from=LONG_AGO)
    on_time = find_due_week(at, send_time=send_time, zone=local, effective_from=LONG_AGO)
    assert on_time == last_complete_week(at, local)
    assert just_before == on_time.before


def test_an_hour_that_comes_twice_counts_the_first_time() -> None:
    send_time, zone = SendTime(Weekday.SUNDAY, 2), ZoneInfo("Europe/Berlin")
    assert send_time.latest(utc("2026-10-25T12:00"), zone) == utc("2026-10-25T00:00")


def test_a_new_subscription_waits_for_its_next_sending_time() -> None:
    send_time, zone, tuesday = SendTime(Weekday.MONDAY, 8), ZoneInfo("UTC"), utc("2026-03-03T10:00")
    following = utc("2026-03-09T08:00")
    assert find_due_week(tuesday, send_time=send_time, zone=zone, effective_from=tuesday) is None
    found = find_due_week(following, send_time=send_time, zone=zone, effective_from=tuesday)
    assert found == Week(date(2026, 3, 2), zone)


def test_after_an_outage_only_the_newest_report_is_due() -> None:
    found = find_due_week(
        utc("2026-03-25T10:00"), send_time=SendTime(Weekday.FRIDAY, 8), zone=ZoneInfo("UTC"), effective_from=LONG_AGO
    )
    assert found == Week(date(2026, 3, 9), ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("monday", "label"),
    [
        (date(2026, 3, 2), "2 – 8 March 2026"),
        (date(2026, 3, 30), "30 March – 5 April 2026"),
        (date(2025, 12, 29), "29 December 2025 – 4 January 2026"),
    ],
)
def test_a_week_is_named_by_its_days(monday: date, label: str) -> None:
    assert Week(monday, ZoneInfo("UTC")).label == label
