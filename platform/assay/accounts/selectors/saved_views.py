"""Saved views as a member sees them: their own, and those that others share."""

from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from assay.accounts.domain.saved_views import SavedViewView
from assay.accounts.models import SavedView


def list_views(organization_id: UUID, user_id: UUID, *, path: str = "") -> list[SavedViewView]:
    """By name. path: only those of this page."""
    rows = SavedView.objects.filter(Q(user_id=user_id) | Q(is_shared=True), organization_id=organization_id)
    if path:
        rows = rows.filter(path=path)
    return [view_of(row, user_id) for row in rows.select_related("user").order_by(Lower("name"), "id")]


def view_of(row: SavedView, user_id: UUID) -> SavedViewView:
    return SavedViewView(
        id=row.id,
        name=row.name,
        path=row.path,
        query=row.query,
        is_shared=row.is_shared,
        is_own=row.user_id == user_id,
        owner=row.user.email,
        updated_at=row.updated_at,
    )
