"""Entries of the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AuditEntryView:
    """actor: e-mail of the person; empty for the installation itself and for accounts that are gone."""

    id: UUID
    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Newest first. next_cursor: `before` of the following page, None at the end."""

    entries: tuple[AuditEntryView, ...]
    next_cursor: UUID | None
