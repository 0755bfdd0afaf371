"""Looks at clouds, and what they were not allowed to see."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count

from assay.clouds.domain.refreshes import CallState, CallView, Grant, RefreshState, RefreshSubject, RefreshView, Trigger
from assay.clouds.models import InventoryCall, InventoryRefresh
from assay.core.errors import Invalid, NotFound

MOST = 500
ENDED = (RefreshState.COMPLETE, RefreshState.PARTIAL, RefreshState.FAILED)


def get_refresh(organization_id: UUID, refresh_id: UUID) -> RefreshView:
    """raises: NotFound, also for another organization's."""
    row = InventoryRefresh.objects.filter(organization_id=organization_id, id=refresh_id).select_related("connection").first()
    if row is None:
        raise NotFound(f"There is no refresh {refresh_id}.", refresh_id=str(refresh_id))
    return _view_all([row])[0]


def list_refreshes(
    organization_id: UUID,
    *,
    connection_id: UUID | None = None,
    subject: RefreshSubject | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[RefreshView]:
    """Latest first. before: the last one of the page before. raises: Invalid."""
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit must be between 1 and {MOST}.", limit=limit)
    rows = InventoryRefresh.objects.filter(organization_id=organization_id).select_related("connection").order_by("-id")
    if connection_id is not None:
        rows = rows.filter(connection_id=connection_id)
    if subject is not None:
        rows = rows.filter(subject=subject)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return _view_all(rows[:limit])


def list_calls(organization_id: UUID, refresh_id: UUID) -> list[CallView]:
    """What was refused first, then by account, region and service."""
    rows = InventoryCall.objects.filter(organization_id=organization_id, refresh_id=refresh_id)
    worst = {CallState.DENIED: 0, CallState.FAILED: 1, CallState.OK: 2}
    found = [
        CallView(
            row.service,
            row.operation,
            row.account_id,
            row.region,
            CallState(row.state),
            row.items,
            row.seconds,
            row.permission,
            row.message,
            row.ended_at,
        )
        for row in rows.order_by("account_id", "region", "service", "operation")
    ]
    return sorted(found, key=lambda call: worst[call.state])


def list_grants(organization_id: UUID) -> dict[str, Grant]:
    """IAM action → what the last ended refresh of each connection and subject says about it.

    An action that no refresh asked for is not there: nothing is known of it.
    """
    ended = InventoryRefresh.objects.filter(organization_id=organization_id, state__in=ENDED)
    newest = ended.order_by("connection_id", "subject", "-id").distinct("connection_id", "subject").values_list("id", flat=True)
    rows = InventoryCall.objects.filter(organization_id=organization_id, refresh_id__in=list(newest)).exclude(permission="")
    answered: dict[str, int] = {}
    places: dict[str, list[tuple[str, str]]] = {}
    for permission, state, account_id, region in rows.order_by("account_id", "region").values_list(
        "permission", "state", "account_id", "region"
    ):
        answered.setdefault(permission, 0)
        if state == CallState.OK:
            answered[permission] += 1
        elif state == CallState.DENIED:
            places.setdefault(permission, []).append((account_id, region))
    return {name: Grant(name, count, tuple(places.get(name, ()))) for name, count in sorted(answered.items())}


def _view_all(rows: Iterable[InventoryRefresh]) -> list[RefreshView]:
    found = list(rows)
    counts: dict[UUID, dict[CallState, int]] = {row.id: dict.fromkeys(CallState, 0) for row in found}
    counted = (
        InventoryCall.objects.filter(refresh_id__in=list(counts)).values_list("refresh_id", "state").annotate(n=Count("id"))
    )
    for refresh_id, state, number in counted.order_by():
        counts[refresh_id][CallState(state)] = number
    return [
        RefreshView(
            id=row.id,
            connection_id=row.connection_id,
            connection_name=row.connection.name,
            subject=RefreshSubject(row.subject),
            state=RefreshState(row.state),
            trigger=Trigger(row.trigger),
            requested_at=row.requested_at,
            started_at=row.started_at,
            ended_at=row.ended_at,
            attempt=row.attempt,
            message=row.message,
            calls=counts[row.id],
        )
        for row in found
    ]
