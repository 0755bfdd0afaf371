"""What is held in clouds, for tests: put in as a connector would report it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np

from assay.clouds.domain.inventory import Details, Instance, ResourceKey, ResourceKind
from assay.clouds.domain.refreshes import RefreshSubject, Refusal, Reported, Trigger
from assay.clouds.domain.utilization import Metric
from assay.clouds.models import UtilizationDay
from assay.clouds.services.connections import create_connection
from assay.clouds.services.refreshes import end_refresh, record_call, request_refresh, take_lease
from assay.clouds.services.resources import store_list
from assay.core import tenancy

ACCOUNT, REGION = "123456789012", "eu-central-1"
AT = datetime(2026, 3, 1, tzinfo=UTC)
STEPS = 288


def report(kind: ResourceKind, native_id: str, details: Details, state: str = "running", name: str = "") -> Reported:
    return Reported(ResourceKey("aws", ACCOUNT, REGION, kind, native_id), details, state, name=name)


def hold(organization_id: UUID, reported: Sequence[Reported], *, at: datetime = AT, connection_id: UUID | None = None) -> None:
    """The whole list of the kind of the first; inside the scope."""
    kind = reported[0].key.kind
    store_list(organization_id, connection_id, reported, provider="aws", account_id=ACCOUNT, region=REGION, kind=kind, at=at)


def hold_instances(organization_id: UUID, *native_ids: str) -> None:
    instances = [report(ResourceKind.INSTANCE, one, Instance("m5.large"), name=f"name of {one}") for one in native_ids]
    hold(organization_id, instances)


def measure(organization_id: UUID, resource_id: UUID, metric: Metric, day: date, average: float, maximum: float) -> None:
    """A day of one value, of which the first step was not measured."""
    values = np.full((2, STEPS), [[average], [maximum]], dtype="<f4")
    values[:, 0] = np.nan
    UtilizationDay.objects.create(
        organization_id=organization_id,
        resource_id=resource_id,
        metric=metric,
        day=day,
        period_seconds=int(timedelta(days=1).total_seconds()) // STEPS,
        average=values[0].tobytes(),
        maximum=values[1].tobytes(),
    )


def refresh_with_refusal(organization_id: UUID, permission: str) -> UUID:
    """A refresh that ended, in which one call was denied and one answered. Called outside a scope."""
    with tenancy.scope(organization_id):
        made = create_connection(organization_id, name="main", role_arn=f"arn:aws:iam::{ACCOUNT}:role/assay", actor_id=None)
        asked = request_refresh(organization_id, made.id, subject=RefreshSubject.INVENTORY, trigger=Trigger.BEAT)
    lease = take_lease(organization_id, asked.id)
    assert lease is not None
    service, _, operation = permission.partition(":")
    with tenancy.scope(organization_id):
        refusal = Refusal(service, operation, f"AWS refused {permission}.", permission)
        where = {"account_id": ACCOUNT, "region": REGION}
        record_call(lease, permission=permission, **where, items=0, seconds=0.1, refusal=refusal)
        record_call(lease, permission="ec2:DescribeInstances", **where, items=3, seconds=0.2)
    end_refresh(lease)
    return asked.id
