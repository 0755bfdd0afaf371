"""What Assay knows of a cloud, as a refresh writes it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from assay.clouds.domain.details import dump_details
from assay.clouds.domain.inventory import Details, Resource, ResourceKind
from assay.clouds.domain.refreshes import CallState, RefreshState, RefreshSubject, Trigger
from assay.clouds.models import AwsConnection, CloudResource, InventoryCall, InventoryRefresh, ResourceChange, UtilizationDay
from assay.core.ids import new_id
from tests.factories.facts import ACCOUNT, REGION


def keep(organization_id: UUID, kind: ResourceKind, native_id: str, details: Details, **known: Any) -> CloudResource:
    """Inside the scope. known: more columns; first_seen_at and last_seen_at among them."""
    values = {"account_id": ACCOUNT, "region": REGION, "state": "running", **known}
    return CloudResource.objects.create(
        id=new_id(),
        organization_id=organization_id,
        provider="aws",
        kind=kind.value,
        native_id=native_id,
        details=dump_details(details),
        **values,
    )


def keep_resource(organization_id: UUID, resource: Resource) -> CloudResource:
    """The same as the value that checks read."""
    names = ("state", "name", "created_at", "state_since", "first_seen_at", "last_seen_at")
    known = {name: getattr(resource, name) for name in names}
    key = resource.key
    return keep(
        organization_id,
        key.kind,
        key.native_id,
        resource.details,
        account_id=key.account_id,
        region=key.region,
        tags=dict(resource.tags),
        **known,
    )


def change(row: CloudResource, *, at: datetime, **values: Any) -> None:
    """details: a dataclass; other columns as they are."""
    details = values.pop("details", None)
    row.details = dump_details(details) if details is not None else row.details
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    ResourceChange.objects.create(
        id=new_id(), organization_id=row.organization_id, resource=row, at=at, after={"changed": True}
    )


def use(row: CloudResource, at: datetime, *, days: int = 14, **metrics: float) -> None:
    """The same value in every hour of the whole days before `at`, in the place of what was known."""
    UtilizationDay.objects.filter(resource=row).delete()
    for metric, value in metrics.items():
        hours = np.full(24, value, dtype="<f4").tobytes()
        for back in range(1, days + 1):
            UtilizationDay.objects.create(
                id=new_id(),
                organization_id=row.organization_id,
                resource=row,
                metric=metric,
                day=at.date() - timedelta(days=back),
                period_seconds=3_600,
                average=hours,
                maximum=hours,
            )


def refuse(
    organization_id: UUID, permission: str, *, account_id: str = ACCOUNT, region: str = REGION, answered: bool = False
) -> None:
    """The last refresh was refused a permission in one place. answered: and granted in another."""
    connection = AwsConnection.objects.create(id=new_id(), organization_id=organization_id, name=new_id().hex)
    refresh = InventoryRefresh.objects.create(
        id=new_id(),
        organization_id=organization_id,
        connection=connection,
        subject=RefreshSubject.INVENTORY,
        state=RefreshState.PARTIAL,
        trigger=Trigger.BEAT,
    )
    asked = {
        "refresh": refresh,
        "organization_id": organization_id,
        "permission": permission,
        "service": "ec2",
        "operation": "list",
    }
    InventoryCall.objects.create(id=new_id(), **asked, account_id=account_id, region=region, state=CallState.DENIED)
    if answered:
        InventoryCall.objects.create(id=new_id(), **asked, account_id="999900001111", region=region, state=CallState.OK)
