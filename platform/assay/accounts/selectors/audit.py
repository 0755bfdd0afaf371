"""The audit log of the organization in scope."""

from uuid import UUID

from assay.accounts.domain.audit import AuditEntryView, AuditPage
from assay.accounts.models import AuditEntry

LARGEST_PAGE = 200


def list_entries(organization_id: UUID, *, limit: int = 50, before: UUID | None = None) -> AuditPage:
    """Newest first; ids are in order of time. before: exclusive."""
    rows = AuditEntry.objects.select_related("actor").order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    size = max(1, min(limit, LARGEST_PAGE))
    found = list(rows[: size + 1])
    entries = tuple(
        AuditEntryView(
            id=row.id,
            at=row.at,
            actor=row.actor.email if row.actor else "",
            action=row.action,
            subject=row.subject,
            details=row.details,
        )
        for row in found[:size]
    )
    return AuditPage(entries=entries, next_cursor=entries[-1].id if len(found) > size else None)
