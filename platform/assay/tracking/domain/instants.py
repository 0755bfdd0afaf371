"""Milliseconds since 1970, in which metric points and searches count."""

from datetime import UTC, datetime, timedelta

from assay.core.errors import Invalid

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MS = 253_402_300_799_999
MILLISECOND = timedelta(milliseconds=1)


def instant_of(milliseconds: int, *, field: str) -> datetime:
    """raises: Invalid outside the years 1970 to 9999."""
    if not 0 <= milliseconds <= LAST_MS:
        raise Invalid(f"{field} must be milliseconds since 1970, from 0 to {LAST_MS}, not {milliseconds}.", field=field)
    return EPOCH + milliseconds * MILLISECOND


def milliseconds_of(instant: datetime) -> int:
    return (instant - EPOCH) // MILLISECOND


def floor_to_millisecond(instant: datetime) -> datetime:
    """As precise as every protocol speaks, so that what is searched for is what is shown."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
