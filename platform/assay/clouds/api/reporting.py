"""Reports of accounts that Assay does not read itself, in /api/v1."""

from datetime import date, datetime
from typing import Any

import msgspec
from ninja import Router, Schema

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.clouds.domain.details import load_details
from assay.clouds.domain.inventory import ResourceKey, ResourceKind
from assay.clouds.domain.refreshes import Reported
from assay.clouds.domain.utilization import Metric
from assay.clouds.services.reporting import ReportedDay, report_list, report_utilization
from assay.core.errors import Invalid

router = Router(tags=["inventory"])


class ReportedResourceIn(Schema):
    """state: as the provider says, such as running or available. details: what the kind has, as `GET inventory` answers it."""

    native_id: str
    state: str
    name: str = ""
    tags: dict[str, str] = {}
    created_at: datetime | None = None
    state_since: datetime | None = None
    details: dict[str, Any]


class ReportedListIn(Schema):
    """Everything of one kind in one region of one account: what is not in it is gone."""

    provider: str
    account_id: str
    region: str
    kind: ResourceKind
    resources: list[ReportedResourceIn]


class ReportedListOut(Schema):
    held: int
    gone: int


class ReportedDayIn(Schema):
    """One metric of one resource on a whole day (UTC): a value for every period from midnight on, null where nothing was measured."""

    provider: str
    account_id: str
    region: str
    kind: ResourceKind
    native_id: str
    metric: Metric
    day: date
    period_seconds: int
    average: list[float | None]
    maximum: list[float | None]


class ReportedDaysIn(Schema):
    items: list[ReportedDayIn]


class ReportedDaysOut(Schema):
    taken: int


@router.put("inventory/lists", response=ReportedListOut)
@require(Permission.COSTS_WRITE)
def take_list(request: MemberRequest, body: ReportedListIn) -> ReportedListOut:
    """Say what a region of an account holds of one kind. The same list again changes nothing."""
    principal = request.principal
    for name in ("provider", "account_id", "region"):
        _check_name(getattr(body, name), name, 32)
    reported = [_read(body, one, f"resources.{number}") for number, one in enumerate(body.resources)]
    outcome = report_list(
        principal.organization_id,
        reported,
        provider=body.provider,
        account_id=body.account_id,
        region=body.region,
        kind=body.kind,
        actor_id=principal.user_id,
    )
    return ReportedListOut(held=outcome.held, gone=outcome.gone)


@router.put("inventory/utilization", response=ReportedDaysOut)
@require(Permission.COSTS_WRITE)
def take_utilization(request: MemberRequest, body: ReportedDaysIn) -> ReportedDaysOut:
    """Say how much of resources was used on whole days; a day that is known is replaced. All items are taken, or none."""
    days = [
        ReportedDay(
            ResourceKey(one.provider, one.account_id, one.region, one.kind, one.native_id),
            one.metric,
            one.day,
            one.period_seconds,
            one.average,
            one.maximum,
        )
        for one in body.items
    ]
    return ReportedDaysOut(taken=report_utilization(request.principal.organization_id, days))


def _read(body: ReportedListIn, one: ReportedResourceIn, field: str) -> Reported:
    _check_name(one.native_id, f"{field}.native_id", 512)
    _check_name(one.state or "-", f"{field}.state", 64)
    try:
        details = load_details(body.kind, one.details)
    except msgspec.ValidationError as error:
        raise Invalid(f"{field}.details: {error}", field=f"{field}.details") from error
    for name in ("created_at", "state_since"):
        at = getattr(one, name)
        if at is not None and at.tzinfo is None:
            raise Invalid(f"{field}.{name} needs a time zone, such as 2026-12-31T00:00:00Z.", field=f"{field}.{name}")
    key = ResourceKey(body.provider, body.account_id, body.region, body.kind, one.native_id)
    return Reported(key, details, one.state, one.name, one.tags, one.created_at, one.state_since)


def _check_name(text: str, field: str, length: int) -> None:
    if not text.strip() or len(text) > length or not text.isprintable():
        raise Invalid(f"{field} must have 1 to {length} printable characters.", field=field)
