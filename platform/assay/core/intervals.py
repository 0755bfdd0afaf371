"""Half-open intervals of aware UTC time: [start, end)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Interval:
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("an interval needs aware instants")
        if self.end < self.start:
            raise ValueError("an interval cannot end before it starts")

    def contains(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def overlap(self, other: "Interval") -> "Interval | None":
        """The common part, or None when they only touch or lie apart."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def seconds(self) -> Decimal:
        """Length in seconds, exact to the microsecond."""
        span = self.length
        return Decimal(span.days * 86_400 + span.seconds) + Decimal(span.microseconds) / 1_000_000

    def months(self) -> Iterator["Interval"]:
        """The calendar months (UTC) that the interval touches, whole, in order."""
        first = self.start.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        while first < self.end:
            following = (first + timedelta(days=32)).replace(day=1)
            yield Interval(first, following)
            first = following


def join_touching(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as intervals that lie apart, in order; those that are empty only where all are. intervals: at least one."""
    first, *others = sorted(intervals, key=attrgetter("start", "end"))
    joined = [first]
    for each in others:
        if each.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, each.end))
        else:
            joined.append(each)
    return joined
