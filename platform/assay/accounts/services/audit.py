"""The append-only log of changes by people and tokens."""

from collections.abc import Mapping
from uuid import UUID

from assay.accounts.models import AuditEntry


def record(
    organization_id: UUID, *, actor_id: UUID | None, action: str, subject: str, details: Mapping[str, object] | None = None
) -> None:
    """Add one entry in the transaction of the change itself.

    actor_id: the user; None for the installation's own commands. action: `<subject>.<verb in the past>`, e.g. `token.issued`.
    subject: the changed object as people know it. details: plain JSON values, never secrets.
    """
    AuditEntry.objects.create(
        organization_id=organization_id, actor_id=actor_id, action=action, subject=subject[:200], details=dict(details or {})
    )
