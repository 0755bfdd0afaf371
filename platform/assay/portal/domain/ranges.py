"""The time ranges of money pages, as they stand in a URL."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from assay.core.errors import Invalid
from assay.core.intervals import Interval
from assay.costs.domain.questions import previous_interval

LABELS = {
    "latest-30-days": "Latest 30 days of the bill",
    "this-month": "This month",
    "last-month": "Last month",
    "last-7-days": "Last 7 days",
    "last-30-days": "Last 30 days",
    "last-90-days": "Last 90 days",
    "last-12-months": "Last 12 months",
}
DEFAULT = "latest-30-days"
"""Bills come days or weeks late: the days that end with the last charged one show something always."""


@dataclass(frozen=True, slots=True)
class TimeRange:
    """key: a name in LABELS, or `custom`. first, last: days of the bill, which are UTC's, both included."""

    key: str
    first: date
    last: date

    @property
    def label(self) -> str:
        if self.key in LABELS:
            return LABELS[self.key]
        return f"{self.first:%-d %b %Y} to {self.last:%-d %b %Y}" if self.first != self.last else f"{self.first:%-d %b %Y}"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def interval(self) -> Interval:
        return Interval(_midnight(self.first), _midnight(self.last + timedelta(days=1)))

    @property
    def previous(self) -> "TimeRange":
        """The time just before: as many whole months where these are whole months, else as many days."""
        before = previous_interval(self.interval)
        return TimeRange("custom", before.start.date(), before.end.date() - timedelta(days=1))


def read_range(*, key: str, first: str, last: str, at: datetime, charged_until: datetime | None = None) -> TimeRange:
    """The range that a URL names; explicit days win over a name.

    charged_until: end of the latest charge, None while there is none; the latest days of the bill end there.
    raises: Invalid when a day is not a date or the first lies after the last.
    """
    today = at.astimezone(UTC).date()
    if first or last:
        return _read_days(first, last, today)
    chosen = key if key in LABELS else DEFAULT
    if chosen == DEFAULT:
        last_day = min(today, (charged_until - timedelta(microseconds=1)).astimezone(UTC).date()) if charged_until else today
        return TimeRange(chosen, last_day - timedelta(days=29), last_day)
    return TimeRange(chosen, *_days_of(chosen, today))


def _read_days(first: str, last: str, today: date) -> TimeRange:
    try:
        end = date.fromisoformat(last) if last else today
        start = date.fromisoformat(first) if first else end - timedelta(days=29)
    except ValueError as error:
        raise Invalid("The days of the time range must look like 2025-01-31.") from error
    if start > end:
        raise Invalid(f"The time range starts on {start} but ends on {end}: swap the days.")
    return TimeRange("custom", start, end)


def _days_of(key: str, today: date) -> tuple[date, date]:
    if key == "this-month":
        return today.replace(day=1), today
    if key == "last-month":
        last = today.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    if key == "last-12-months":
        return today.replace(year=today.year - 1, day=1), today
    return today - timedelta(days=int(key.split("-")[1]) - 1), today


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
