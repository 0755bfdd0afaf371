"""Connections to AWS in /api/v1."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, principal_of, require
from assay.clouds.domain.connections import ConnectionView
from assay.clouds.selectors.connections import get_connection, list_connections
from assay.clouds.services import connections
from assay.costs.services.access import try_access

router = Router(tags=["costs"])
MANAGE = Permission.COSTS_WRITE


class CheckOut(Schema):
    permission: str
    ok: bool
    detail: str
    at: datetime


class ConnectionOut(Schema):
    """external_id: the role in AWS must ask for it. state: empty, active or failing. member_role, regions: see docs/inventory.md."""

    id: UUID
    name: str
    role_arn: str
    external_id: str
    region: str
    member_role: str
    regions: list[str]
    state: str
    checks: list[CheckOut]

    @classmethod
    def of(cls, view: ConnectionView) -> Self:
        checks = [CheckOut(permission=one.permission, ok=one.ok, detail=one.detail, at=one.at) for one in view.checks]
        values = {
            name: getattr(view, name) for name in ("id", "name", "role_arn", "external_id", "region", "member_role", "state")
        }
        values["regions"] = list(view.regions)
        return cls(**values, checks=checks)


class ConnectionList(Schema):
    items: list[ConnectionOut]
    next_cursor: str | None = None


class ConnectionIn(Schema):
    """role_arn: empty until the role was made with the external id that is answered. member_role: name of the role that Assay assumes in every
    other account of the AWS organization; empty for this account alone. regions: the only ones to look at; empty for all.
    """

    name: str
    role_arn: str = ""
    region: str = ""
    member_role: str = ""
    regions: list[str] = []


class ConnectionPatch(Schema):
    """What is not given stays."""

    name: str | None = None
    role_arn: str | None = None
    region: str | None = None
    member_role: str | None = None
    regions: list[str] | None = None


class AccessIn(Schema):
    bucket: str
    prefix: str = ""
    region: str = ""


@router.get("costs/connections", response=ConnectionList)
@require(MANAGE)
def show_connections(request: MemberRequest) -> ConnectionList:
    return ConnectionList(items=[ConnectionOut.of(view) for view in list_connections(request.principal.organization_id)])


@router.post("costs/connections", response={201: ConnectionOut})
@require(MANAGE)
def add_connection(request: MemberRequest, body: ConnectionIn) -> Status[ConnectionOut]:
    """Make an external id; the role in AWS that trusts it is named then, or later by PATCH."""
    principal = request.principal
    made = connections.create_connection(principal.organization_id, **body.model_dump(), actor_id=principal.user_id)
    return Status(201, ConnectionOut.of(made))


@router.get("costs/connections/{uuid:connection_id}", response=ConnectionOut)
@require(MANAGE)
def show_connection(request: MemberRequest, connection_id: UUID) -> ConnectionOut:
    return ConnectionOut.of(get_connection(request.principal.organization_id, connection_id))


@router.patch("costs/connections/{uuid:connection_id}", response=ConnectionOut)
@require(MANAGE)
def change_connection(request: MemberRequest, connection_id: UUID, body: ConnectionPatch) -> ConnectionOut:
    principal = request.principal
    changed = connections.change_connection(
        principal.organization_id, connection_id, **body.model_dump(), actor_id=principal.user_id
    )
    return ConnectionOut.of(changed)


@router.delete("costs/connections/{uuid:connection_id}", response={204: None})
@require(MANAGE)
def remove_connection(request: MemberRequest, connection_id: UUID) -> Status[None]:
    """Only while no billing source is read with it."""
    connections.remove_connection(request.principal.organization_id, connection_id, actor_id=request.principal.user_id)
    return Status(204, None)


def test_connection(request: HttpRequest, connection_id: UUID, body: AccessIn) -> ConnectionOut:
    """Try each permission at a bucket now, and keep the answers."""
    principal = principal_of(request)
    principal.require(MANAGE)
    found = try_access(principal.organization_id, connection_id, bucket=body.bucket, prefix=body.prefix, region=body.region)
    return ConnectionOut.of(found)


test_connection.enters_scope_itself = True  # type: ignore[attr-defined]  # no transaction is open while AWS takes its time
router.post("costs/connections/{uuid:connection_id}/test", response=ConnectionOut)(test_connection)
