"""What others tell of a cloud: lists and utilization of accounts that Assay does not read itself."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from django.db import transaction

from assay.accounts.services import audit
from assay.clouds.domain.inventory import ResourceKey, ResourceKind
from assay.clouds.domain.refreshes import Reported
from assay.clouds.domain.utilization import Metric
from assay.clouds.models import CloudResource, UtilizationDay
from assay.clouds.services.resources import store_list
from assay.core.clock import now
from assay.core.errors import Invalid
from assay.core.ids import new_id

DAY_SECONDS = 86_400
LEAST_PERIOD_SECONDS = 60
MOST_RESOURCES = 10_000
MOST_DAYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ReportedDay:
    """One metric of one resource on one whole UTC day, in equal periods from midnight on; None where nothing was measured."""

    resource: ResourceKey
    metric: Metric
    day: date
    period_seconds: int
    average: Sequence[float | None]
    maximum: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class ListOutcome:
    """held: how many the list has. gone: how many were known before that it lacks."""

    held: int
    gone: int


def report_list(
    organization_id: UUID,
    reported: Sequence[Reported],
    *,
    provider: str,
    account_id: str,
    region: str,
    kind: ResourceKind,
    actor_id: UUID | None,
) -> ListOutcome:
    """Take a whole list: everything of the kind that the region of the account holds; what it lacks is gone. The same list again changes nothing.

    raises: Invalid for a list that is too long or names a resource twice.
    """
    if len(reported) > MOST_RESOURCES:
        raise Invalid(f"A list has at most {MOST_RESOURCES} resources.", field="resources")
    names = [one.key.native_id for one in reported]
    for name, count in Counter(names).items():
        if count > 1:
            raise Invalid(f"{name} is in the list twice: keep one.", field="resources")
    existing = CloudResource.objects.filter(
        organization_id=organization_id, provider=provider, account_id=account_id, gone_at=None
    )
    with transaction.atomic():
        gone = existing.filter(region=region, kind=kind).exclude(native_id__in=names).count()
        store_list(
            organization_id, None, reported, provider=provider, account_id=account_id, region=region, kind=kind, at=now()
        )
        subject = f"{kind.value} of {account_id} {region}"
        audit.record(
            organization_id, actor_id=actor_id, action="inventory.reported", subject=subject, details={"held": len(names)}
        )
    return ListOutcome(len(names), gone)


def report_utilization(organization_id: UUID, days: Sequence[ReportedDay]) -> int:
    """Days that are known are replaced. returns: how many were taken. raises: Invalid naming the first that cannot be, and then none is."""
    if len(days) > MOST_DAYS_AT_ONCE:
        raise Invalid(f"Send at most {MOST_DAYS_AT_ONCE} days at once.", field="items")
    for number, one in enumerate(days):
        _check(one, number)
    ids = _find_resources(organization_id, {one.resource for one in days})
    rows = [_row(organization_id, ids, one, number) for number, one in enumerate(days)]
    UtilizationDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["resource", "metric", "day"],
        update_fields=["period_seconds", "average", "maximum"],
    )
    return len(rows)


def _check(one: ReportedDay, number: int) -> None:
    field = f"items.{number}"
    if not LEAST_PERIOD_SECONDS <= one.period_seconds <= DAY_SECONDS or DAY_SECONDS % one.period_seconds:
        raise Invalid(
            f"{field}: period_seconds must divide a day and be at least {LEAST_PERIOD_SECONDS}.",
            field=f"{field}.period_seconds",
        )
    count = DAY_SECONDS // one.period_seconds
    for name in ("average", "maximum"):
        if len(getattr(one, name)) != count:
            raise Invalid(
                f"{field}: {name} must have {count} values, one for every period of the day.", field=f"{field}.{name}"
            )


def _find_resources(organization_id: UUID, keys: set[ResourceKey]) -> dict[ResourceKey, UUID]:
    rows = CloudResource.objects.filter(organization_id=organization_id, native_id__in={key.native_id for key in keys})
    return {
        ResourceKey(row.provider, row.account_id, row.region, ResourceKind(row.kind), row.native_id): row.id
        for row in rows.only("id", "provider", "account_id", "region", "kind", "native_id")
    }


def _row(organization_id: UUID, ids: dict[ResourceKey, UUID], one: ReportedDay, number: int) -> UtilizationDay:
    if one.resource not in ids:
        raise Invalid(
            f"items.{number}: no {one.resource.kind.value} {one.resource.native_id} is known there: report its list first.",
            field=f"items.{number}.native_id",
        )
    return UtilizationDay(
        id=new_id(),
        organization_id=organization_id,
        resource_id=ids[one.resource],
        metric=one.metric,
        day=one.day,
        period_seconds=one.period_seconds,
        average=_pack(one.average),
        maximum=_pack(one.maximum),
    )


def _pack(values: Sequence[float | None]) -> bytes:
    return np.array([np.nan if value is None else value for value in values], dtype="<f4").tobytes()
