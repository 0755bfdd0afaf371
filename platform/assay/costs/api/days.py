"""Days of a query (UTC) as an interval."""

from datetime import UTC, date, datetime, time

from assay.core.errors import Invalid
from assay.core.intervals import Interval

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(9999, 1, 1)


def read_days(start: date, end: date) -> Interval:
    """From the start of one day until before another. raises: Invalid when they are the wrong way round."""
    if end > LAST_DAY:
        raise Invalid(f"`to` ({end}) lies after {LAST_DAY}: give an earlier day.", end=str(end))
    if end < start:
        raise Invalid(f"`to` ({end}) lies before `from` ({start}): turn them round.", start=str(start), end=str(end))
    return Interval(_midnight(start), _midnight(end))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
