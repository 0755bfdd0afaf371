"""The audit log."""

from typing import Annotated
from uuid import UUID

from ninja import Query, Router

from assay.accounts.api.schemas import AuditEntries, AuditEntryOut
from assay.accounts.domain.roles import Permission
from assay.accounts.selectors import audit
from assay.accounts.services.access import MemberRequest, require

router = Router()


@router.get("audit", response=AuditEntries)
@require(Permission.SETTINGS_MANAGE)
def list_entries(
    request: MemberRequest, limit: Annotated[int, Query(ge=1, le=audit.LARGEST_PAGE)] = 50, cursor: UUID | None = None
) -> AuditEntries:
    """Every change by a person or a token, newest first."""
    page = audit.list_entries(request.principal.organization_id, limit=limit, before=cursor)
    return AuditEntries(items=[AuditEntryOut.from_orm(entry) for entry in page.entries], next_cursor=page.next_cursor)
