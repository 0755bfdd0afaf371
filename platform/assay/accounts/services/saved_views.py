"""Saving, changing and removing views. A shared one is changed by who made it, and by those who manage the settings."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Permission
from assay.accounts.domain.saved_views import SavedViewView, read_address, read_name
from assay.accounts.models import SavedView
from assay.accounts.selectors.saved_views import view_of
from assay.core.clock import now
from assay.core.errors import Conflict, LimitReached, NotFound

MOST_VIEWS = 500


def save_view(principal: Principal, *, name: str, address: str, is_shared: bool = False) -> SavedViewView:
    """Keep an address under a name. raises: Invalid, Conflict when the page has a view of that name, LimitReached."""
    path, query = read_address(address)
    if SavedView.objects.filter(user_id=principal.user_id).count() >= MOST_VIEWS:
        raise LimitReached(f"You have {MOST_VIEWS} saved views: delete some first.")
    row = SavedView(
        organization_id=principal.organization_id,
        user_id=principal.user_id,
        name=read_name(name),
        path=path,
        query=query,
        is_shared=is_shared,
    )
    _save(row)
    return view_of(row, principal.user_id)


def change_view(
    principal: Principal, view_id: UUID, *, name: str | None = None, address: str | None = None, is_shared: bool | None = None
) -> SavedViewView:
    """Change what is given. raises: NotFound, also for what one may not change; Invalid; Conflict."""
    with transaction.atomic():
        row = _lock(principal, view_id)
        row.name = row.name if name is None else read_name(name)
        row.is_shared = row.is_shared if is_shared is None else is_shared
        if address is not None:
            row.path, row.query = read_address(address)
        row.updated_at = now()
        _save(row)
    return view_of(row, principal.user_id)


def delete_view(principal: Principal, view_id: UUID) -> str:
    """returns: the path of its page. raises: NotFound, also for what one may not change."""
    with transaction.atomic():
        row = _lock(principal, view_id)
        row.delete()
    return row.path


def _lock(principal: Principal, view_id: UUID) -> SavedView:
    mine = Q(user_id=principal.user_id)
    allowed = mine | Q(is_shared=True) if principal.may(Permission.SETTINGS_MANAGE) else mine
    rows = SavedView.objects.filter(allowed, organization_id=principal.organization_id, id=view_id)
    row = rows.select_related("user").select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound("There is no such view, or it is somebody else's.", view_id=str(view_id))
    return row


def _save(row: SavedView) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Conflict(f"This page has a view named {row.name!r} already: choose another name.", field="name") from error
