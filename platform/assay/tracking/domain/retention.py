"""How long what was deleted can be brought back."""

from datetime import datetime, timedelta

UNDO = timedelta(days=7)
"""After this long a deleted run or experiment is purged: removed for good."""


def purged_from(deleted_at: datetime) -> datetime:
    return deleted_at + UNDO


def can_be_restored(deleted_at: datetime | None, *, at: datetime) -> bool:
    """What may be half gone already cannot come back."""
    return deleted_at is None or at < purged_from(deleted_at)
