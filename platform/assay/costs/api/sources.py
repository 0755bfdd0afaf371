"""Billing sources in /api/v1."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from ninja import Router, Schema, Status

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.costs.domain.imports import ImportState
from assay.costs.domain.sources import SourceChange, SourceKind, SourceView
from assay.costs.selectors.sources import get_source, list_sources
from assay.costs.services import polling, sources

router = Router(tags=["costs"])


class HeldPeriodOut(Schema):
    """state: imported, or refused or incomplete when a later delivery of the month is."""

    billing_period: str
    import_id: UUID
    rows: int | None
    charged_until: datetime | None
    changed_at: datetime
    state: ImportState


class BillingSourceOut(Schema):
    """state: fresh, importing, failing, paused or empty. message: why the last look failed. poll_minutes: null for on demand."""

    id: UUID
    name: str
    kind: SourceKind
    location: dict[str, str]
    connection_id: UUID | None
    format: str
    currency: str
    state: str
    message: str
    poll_minutes: int | None
    polled_at: datetime | None
    next_poll_at: datetime | None
    paused_at: datetime | None
    charged_until: datetime | None
    periods: list[HeldPeriodOut]

    @classmethod
    def of(cls, view: SourceView) -> Self:
        same = ("id", "name", "kind", "connection_id", "format", "currency", "state", "message", "poll_minutes")
        times = ("polled_at", "next_poll_at", "paused_at", "charged_until")
        values: dict[str, Any] = {name: getattr(view, name) for name in (*same, *times)}
        periods = [
            HeldPeriodOut(**{name: getattr(period, name) for name in HeldPeriodOut.model_fields}) for period in view.periods
        ]
        return cls(**values, location=dict(view.location), periods=periods)


class BillingSourceList(Schema):
    items: list[BillingSourceOut]
    next_cursor: str | None = None


class SourceIn(Schema):
    """location: `{"path"}` of a folder, `{"bucket", "prefix", "region"}` of S3. poll_minutes: 0 for on demand only."""

    name: str
    kind: SourceKind
    location: dict[str, str] = {}
    connection_id: UUID | None = None
    format: str = ""
    poll_minutes: int | None = None


class SourcePatch(Schema):
    """What is not given stays."""

    name: str | None = None
    location: dict[str, str] | None = None
    connection_id: UUID | None = None
    format: str | None = None
    poll_minutes: int | None = None
    paused: bool | None = None


@router.get("costs/sources", response=BillingSourceList)
@require(Permission.COSTS_READ)
def show_sources(request: MemberRequest) -> BillingSourceList:
    """Places that bills come from, each with the months that the ledger holds of it."""
    return BillingSourceList(items=[BillingSourceOut.of(view) for view in list_sources(request.principal.organization_id)])


@router.post("costs/sources", response={201: BillingSourceOut})
@require(Permission.COSTS_WRITE)
def add_source(request: MemberRequest, body: SourceIn) -> Status[BillingSourceOut]:
    """A folder below the organization's folder of bills, a bucket, or a name for uploads. It is looked at right away."""
    principal = request.principal
    change = SourceChange(
        name=body.name,
        location=body.location,
        connection_id=body.connection_id,
        format=body.format,
        poll_minutes=body.poll_minutes,
    )
    made = sources.create_source(principal.organization_id, body.kind, change, actor_id=principal.user_id)
    return Status(201, BillingSourceOut.of(made))


@router.get("costs/sources/{uuid:source_id}", response=BillingSourceOut)
@require(Permission.COSTS_READ)
def show_source(request: MemberRequest, source_id: UUID) -> BillingSourceOut:
    return BillingSourceOut.of(get_source(request.principal.organization_id, source_id))


@router.patch("costs/sources/{uuid:source_id}", response=BillingSourceOut)
@require(Permission.COSTS_WRITE)
def change_source(request: MemberRequest, source_id: UUID, body: SourcePatch) -> BillingSourceOut:
    principal, change = request.principal, SourceChange(**body.model_dump())
    changed = sources.change_source(principal.organization_id, source_id, change, actor_id=principal.user_id)
    return BillingSourceOut.of(changed)


@router.delete("costs/sources/{uuid:source_id}", response={204: None})
@require(Permission.COSTS_WRITE)
def remove_source(request: MemberRequest, source_id: UUID) -> Status[None]:
    """Only while the ledger holds nothing of it; pause it otherwise."""
    sources.remove_source(request.principal.organization_id, source_id, actor_id=request.principal.user_id)
    return Status(204, None)


@router.post("costs/sources/{uuid:source_id}/poll", response={202: BillingSourceOut})
@require(Permission.COSTS_WRITE)
def poll_source(request: MemberRequest, source_id: UUID) -> Status[BillingSourceOut]:
    """Look for deliveries now instead of at the next scheduled time."""
    organization_id = request.principal.organization_id
    polling.request_poll(organization_id, source_id)
    return Status(202, BillingSourceOut.of(get_source(organization_id, source_id)))
