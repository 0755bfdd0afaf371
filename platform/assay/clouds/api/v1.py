"""What is held in clouds, in /api/v1: resources, their use and history, and how they are looked for."""

from uuid import UUID

from ninja import Query, Router, Schema, Status

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.clouds.api.schemas import (
    ChangeList,
    ChangeOut,
    GrantList,
    GrantOut,
    RefreshDetailOut,
    RefreshIn,
    RefreshList,
    RefreshOut,
    ResourceList,
    ResourceOut,
    SeriesList,
    SeriesOut,
)
from assay.clouds.domain.inventory import ResourceKind
from assay.clouds.domain.refreshes import RefreshSubject, Trigger
from assay.clouds.domain.utilization import Metric
from assay.clouds.selectors import inventory, refreshes
from assay.clouds.selectors.utilization import MOST_DAYS, read_last_days
from assay.clouds.services.refreshes import request_refreshes
from assay.core.errors import Invalid

router = Router(tags=["inventory"])


class ResourceParams(Schema):
    """text: part of the id or name. gone: also what exists no more."""

    kind: ResourceKind | None = None
    account_id: str = ""
    region: str = ""
    state: str = ""
    text: str = ""
    gone: bool = False


@router.get("inventory", response=ResourceList)
@require(Permission.COSTS_READ)
def list_resources(
    request: MemberRequest, params: Query[ResourceParams], cursor: UUID | None = None, limit: int = 100
) -> ResourceList:
    """Resources in the order in which they were first seen."""
    wanted = inventory.ResourceFilter(
        params.kind, params.account_id, params.region, params.state, params.text, with_gone=params.gone
    )
    found = inventory.list_resources(request.principal.organization_id, wanted, after=cursor, limit=limit)
    following = found[-1].id if len(found) == limit else None
    return ResourceList(items=[ResourceOut.of(view) for view in found], next_cursor=following)


@router.get("inventory/permissions", response=GrantList)
@require(Permission.COSTS_READ)
def list_permissions(request: MemberRequest) -> GrantList:
    """What the last refreshes were allowed, by IAM action, and where they were refused."""
    grants = refreshes.list_grants(request.principal.organization_id)
    return GrantList(items=[GrantOut.of(grant) for grant in grants.values()])


@router.get("inventory/refreshes", response=RefreshList)
@require(Permission.COSTS_READ)
def list_refreshes(
    request: MemberRequest, subject: RefreshSubject | None = None, cursor: UUID | None = None, limit: int = 50
) -> RefreshList:
    """Latest first."""
    found = refreshes.list_refreshes(request.principal.organization_id, subject=subject, before=cursor, limit=limit)
    following = found[-1].id if len(found) == limit else None
    return RefreshList(items=[RefreshOut.of(view) for view in found], next_cursor=following)


@router.post("inventory/refreshes", response={202: RefreshList})
@require(Permission.COSTS_WRITE)
def start_refresh(request: MemberRequest, body: RefreshIn) -> Status[RefreshList]:
    """Look now, through one connection or all; one that is under way is answered as it is. Ask for its state."""
    organization_id, actor_id = request.principal.organization_id, request.principal.user_id
    chosen = None if body.connection_id is None else [body.connection_id]
    started = request_refreshes(organization_id, chosen, subject=body.subject, trigger=Trigger.PERSON, actor_id=actor_id)
    return Status(202, RefreshList(items=[RefreshOut.of(view) for view in started]))


@router.get("inventory/refreshes/{uuid:refresh_id}", response=RefreshDetailOut)
@require(Permission.COSTS_READ)
def get_refresh(request: MemberRequest, refresh_id: UUID) -> RefreshDetailOut:
    organization_id = request.principal.organization_id
    found = refreshes.get_refresh(organization_id, refresh_id)
    return RefreshDetailOut.with_calls(found, refreshes.list_calls(organization_id, refresh_id))


@router.get("inventory/{uuid:resource_id}", response=ResourceOut)
@require(Permission.COSTS_READ)
def get_resource(request: MemberRequest, resource_id: UUID) -> ResourceOut:
    return ResourceOut.of(inventory.get_resource(request.principal.organization_id, resource_id))


@router.get("inventory/{uuid:resource_id}/changes", response=ChangeList)
@require(Permission.COSTS_READ)
def list_changes(request: MemberRequest, resource_id: UUID) -> ChangeList:
    """How it came to be as it is, the latest first."""
    found = inventory.list_changes(request.principal.organization_id, resource_id)
    return ChangeList(items=[ChangeOut.of(view) for view in found])


@router.get("inventory/{uuid:resource_id}/series", response=SeriesList)
@require(Permission.COSTS_READ)
def list_series(request: MemberRequest, resource_id: UUID, metric: Metric | None = None, days: int = 14) -> SeriesList:
    """Utilization of the last whole days (UTC). metric: null for all that were measured."""
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"days must be between 1 and {MOST_DAYS}.", field="days")
    view = inventory.get_resource(request.principal.organization_id, resource_id)
    found = read_last_days(request.principal.organization_id, view.id, [metric] if metric else list(Metric), days=days)
    return SeriesList(items=[SeriesOut.of(name, series) for name, series in found.items()])
