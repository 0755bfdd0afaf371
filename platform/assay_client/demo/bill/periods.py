"""Billing periods and the charge periods inside them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property

Slot = tuple[str, str]  # start and exclusive end of a charge period, ISO 8601 UTC

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Cadence(StrEnum):
    """How often a thing is charged."""

    HOURLY = "hourly"
    OFFICE = "office hours"  # hourly, Monday to Friday, 08:00 to 20:00
    NIGHTLY = "nightly"  # hourly, 01:00 to 05:00
    DAILY = "daily"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class Month:
    """A calendar month, UTC, by its name YYYY-MM."""

    name: str

    @cached_property
    def start(self) -> datetime:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", self.name):
            raise ValueError(f"{self.name!r} is not a month; write YYYY-MM")
        return datetime.strptime(self.name, "%Y-%m").replace(tzinfo=UTC)

    @cached_property
    def end(self) -> datetime:
        return (self.start + 32 * DAY).replace(day=1)

    @cached_property
    def hours(self) -> int:
        return (self.end - self.start) // HOUR

    @cached_property
    def whole(self) -> Slot:
        return time_text(self.start), time_text(self.end)

    def slots(self, cadence: Cadence) -> list[Slot]:
        return self._slots[cadence]

    @cached_property
    def _slots(self) -> dict[Cadence, list[Slot]]:
        hours = [self.start + number * HOUR for number in range(self.hours)]
        hourly = {at: (time_text(at), time_text(at + HOUR)) for at in hours}
        return {
            Cadence.HOURLY: list(hourly.values()),
            Cadence.OFFICE: [slot for at, slot in hourly.items() if at.weekday() < 5 and 8 <= at.hour < 20],
            Cadence.NIGHTLY: [slot for at, slot in hourly.items() if 1 <= at.hour < 5],
            Cadence.DAILY: [(time_text(at), time_text(at + DAY)) for at in hours[::24]],
            Cadence.MONTHLY: [self.whole],
        }


def time_text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def last_complete_months(today: datetime, *, count: int = 2) -> tuple[str, ...]:
    """Names of the calendar months before today's, the oldest first."""
    names: list[str] = []
    first = today.replace(day=1)
    for _ in range(count):
        first = (first - DAY).replace(day=1)
        names.insert(0, f"{first:%Y-%m}")
    return tuple(names)
