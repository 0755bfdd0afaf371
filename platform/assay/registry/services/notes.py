"""Entries of the audit log about models."""

from uuid import UUID

from assay.accounts.services import audit
from assay.registry.domain.values import Actor


def note(organization_id: UUID, actor: Actor, action: str, name: str, **details: str | int) -> None:
    audit.record(organization_id, actor_id=actor.user_id, action=action, subject=name, details=details)
