"""Weeks of the bill, from Monday to Monday, and when the report on one is due in an organization's zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from assay.core.intervals import Interval


class Weekday(IntEnum):
    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days of the bill, which are UTC's, as the portal counts them too. zone: of the organization, for times beside them."""

    monday: date
    zone: ZoneInfo

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.monday + timedelta(days=number) for number in range(7))

    @property
    def last_day(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def interval(self) -> Interval:
        """[Monday 00:00, next Monday 00:00) in UTC; neighbouring weeks touch."""
        return Interval(_midnight(self.monday), _midnight(self.monday + timedelta(days=7)))

    @property
    def before(self) -> "Week":
        return Week(self.monday - timedelta(days=7), self.zone)

    @property
    def label(self) -> str:
        """First and last day as people write them; what both share is said once."""
        first, last = self.monday, self.last_day
        if first.year != last.year:
            return f"{first:%-d %B %Y} – {last:%-d %B %Y}"
        if first.month != last.month:
            return f"{first:%-d %B} – {last:%-d %B %Y}"
        return f"{first:%-d} – {last:%-d %B %Y}"


def week_of(day: date, zone: ZoneInfo) -> Week:
    return Week(day - timedelta(days=day.weekday()), zone)


def last_complete_week(at: datetime, zone: ZoneInfo) -> Week:
    """The newest week that has ended by the calendar of the zone; of its last day hours may be left by the bill's clock."""
    return week_of(at.astimezone(zone).date(), zone).before


@dataclass(frozen=True, slots=True)
class SendTime:
    """When a weekly report leaves, in the organization's zone.

    An hour that the clocks skip counts as the one after; of one that they repeat, the first counts.
    """

    weekday: Weekday
    hour: int

    def latest(self, at: datetime, zone: ZoneInfo) -> datetime:
        """The newest sending instant that is not after `at`, in UTC."""
        monday = week_of(at.astimezone(zone).date(), zone).monday
        this_week = self._instant(monday, zone)
        return this_week if this_week <= at else self._instant(monday - timedelta(days=7), zone)

    def following(self, at: datetime, zone: ZoneInfo) -> datetime:
        """The first sending instant after `at`, in UTC."""
        monday = week_of(at.astimezone(zone).date(), zone).monday
        this_week = self._instant(monday, zone)
        return this_week if this_week > at else self._instant(monday + timedelta(days=7), zone)

    def _instant(self, monday: date, zone: ZoneInfo) -> datetime:
        day = monday + timedelta(days=int(self.weekday))
        return datetime.combine(day, time(self.hour), zone).astimezone(UTC)


def find_due_week(at: datetime, *, send_time: SendTime, zone: ZoneInfo, effective_from: datetime) -> Week | None:
    """The week whose report should have left by `at`; None while the subscription has not met its first sending time.

    After an outage only the newest missed report is due: older ones would be news to nobody.
    """
    due_at = send_time.latest(at, zone)
    return last_complete_week(due_at, zone) if due_at >= effective_from else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
