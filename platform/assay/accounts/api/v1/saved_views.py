"""Saved views: addresses of pages under names, private or shared."""

from uuid import UUID

from ninja import Router, Status

from assay.accounts.api.schemas import SavedViewChange, SavedViewIn, SavedViewOut, SavedViews
from assay.accounts.domain.roles import Permission
from assay.accounts.selectors import saved_views as selectors
from assay.accounts.services import saved_views
from assay.accounts.services.access import MemberRequest, require
from assay.core.errors import Invalid

router = Router()


@router.get("views", response=SavedViews)
@require(Permission.TRACKING_READ)
def list_views(request: MemberRequest, path: str = "") -> SavedViews:
    """Your own views and those that others share, by name. path: of one page, e.g. `/experiments/3`."""
    principal = request.principal
    found = selectors.list_views(principal.organization_id, principal.user_id, path=path)
    return SavedViews(items=[SavedViewOut.from_orm(view) for view in found])


@router.post("views", response={201: SavedViewOut})
@require(Permission.TRACKING_READ)
def save_view(request: MemberRequest, payload: SavedViewIn) -> Status[SavedViewOut]:
    """Keep the address of a page under a name. Where somebody was reading (cursor, page) is left out."""
    made = saved_views.save_view(request.principal, name=payload.name, address=payload.address, is_shared=payload.is_shared)
    return Status(201, SavedViewOut.from_orm(made))


@router.patch("views/{view_id}", response=SavedViewOut)
@require(Permission.TRACKING_READ)
def change_view(request: MemberRequest, view_id: UUID, change: SavedViewChange) -> SavedViewOut:
    """Rename a view, share it, or let it lead elsewhere."""
    if not change.model_fields_set:
        raise Invalid("Send a name, an address or is_shared.", field="name")
    changed = saved_views.change_view(
        request.principal, view_id, name=change.name, address=change.address, is_shared=change.is_shared
    )
    return SavedViewOut.from_orm(changed)


@router.delete("views/{view_id}", response={204: None})
@require(Permission.TRACKING_READ)
def delete_view(request: MemberRequest, view_id: UUID) -> Status[None]:
    saved_views.delete_view(request.principal, view_id)
    return Status(204, None)
