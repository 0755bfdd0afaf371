"""Time-ordered identifiers."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7: unique, and sorted by the millisecond of its making."""
    return uuid7()
