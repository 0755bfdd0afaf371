"""Rows of refreshes: asked for, leased by one process at a time, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from assay.accounts.services import audit
from assay.clouds.domain.connections import ConnectionView
from assay.clouds.domain.refreshes import CallState, RefreshState, RefreshSubject, RefreshView, Refusal, Trigger
from assay.clouds.models import AwsConnection, InventoryCall, InventoryRefresh
from assay.clouds.selectors.connections import view_connection
from assay.clouds.selectors.refreshes import get_refresh
from assay.core import tenancy
from assay.core.clock import now
from assay.core.deferral import defer
from assay.core.errors import Conflict, NotFound
from assay.core.ids import new_id

log = structlog.get_logger(__name__)

TASK = "clouds.run_refresh"
LEASE = timedelta(minutes=5)
"""Renewed with every answer; a process that is silent for longer is taken to be dead."""
SLICE = timedelta(minutes=5)
"""After this long a process lets others have its worker, and another task goes on."""
LASTS_AT_MOST = timedelta(days=1)
KEPT = timedelta(days=30)
PATIENCE = timedelta(days=1)
OPEN = (RefreshState.QUEUED, RefreshState.RUNNING)


class Paused(Exception):
    """This slice is over; what is stored stays."""


class LeaseLost(Exception):
    """Another process goes on with this refresh."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write what a refresh brings, for as long as no later attempt begins. done: (service, operation, account, region) of calls
    that an earlier attempt ended.
    """

    organization_id: UUID
    refresh_id: UUID
    subject: RefreshSubject
    attempt: int
    connection: ConnectionView
    done: frozenset[tuple[str, str, str, str]]


def request_refresh(
    organization_id: UUID, connection_id: UUID, *, subject: RefreshSubject, trigger: Trigger, actor_id: UUID | None = None
) -> RefreshView:
    """Start one, or return that which is under way; inside the scope. raises: NotFound; Conflict for a connection without a role."""
    connection = AwsConnection.objects.filter(organization_id=organization_id, id=connection_id).first()
    if connection is None:
        raise NotFound(f"There is no connection to AWS {connection_id}.", connection_id=str(connection_id))
    if not connection.role_arn:
        raise Conflict(f"The connection {connection.name} has no role yet: make it in AWS and give Assay its ARN.")
    row = InventoryRefresh(
        id=new_id(),
        organization_id=organization_id,
        connection=connection,
        subject=subject,
        trigger=trigger,
        requested_at=now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        row = InventoryRefresh.objects.get(connection_id=connection_id, subject=subject, state__in=OPEN)
    else:
        if actor_id is not None:
            audit.record(organization_id, actor_id=actor_id, action="inventory.refresh_requested", subject=connection.name)
    defer(TASK, organization_id=str(organization_id), refresh_id=str(row.id))
    return get_refresh(organization_id, row.id)


def request_refreshes(
    organization_id: UUID,
    connection_ids: Sequence[UUID] | None = None,
    *,
    subject: RefreshSubject,
    trigger: Trigger,
    actor_id: UUID | None = None,
) -> list[RefreshView]:
    """As request_refresh, of several. connection_ids: None for all that have a role. raises also: Conflict when there is none."""
    if connection_ids is None:
        connections = AwsConnection.objects.filter(organization_id=organization_id).exclude(role_arn="").order_by("name")
        connection_ids = list(connections.values_list("id", flat=True))
        if not connection_ids:
            raise Conflict("There is no connection to AWS that has a role: make one under Billing sources, Connect AWS.")
    return [
        request_refresh(organization_id, connection_id, subject=subject, trigger=trigger, actor_id=actor_id)
        for connection_id in connection_ids
    ]


def request_due(subject: RefreshSubject) -> None:
    """One of every connection that has a role; beat calls it. One that answered nothing is asked once a day: its role may be for bills alone."""
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            for connection_id in AwsConnection.objects.exclude(role_arn="").order_by("id").values_list("id", flat=True):
                if not _failed_lately(connection_id, subject):
                    request_refresh(organization_id, connection_id, subject=subject, trigger=Trigger.BEAT)


def request_first_measurement(lease: Lease) -> None:
    """Utilization of what was found, when it was never asked for: the schedule would come hours later. Outside a scope."""
    with tenancy.scope(lease.organization_id):
        asked = InventoryRefresh.objects.filter(connection_id=lease.connection.id, subject=RefreshSubject.UTILIZATION)
        if not asked.exists():
            request_refresh(
                lease.organization_id, lease.connection.id, subject=RefreshSubject.UTILIZATION, trigger=Trigger.BEAT
            )


def hint_refreshes() -> None:
    """Send the task again for refreshes whose message was lost or whose worker died."""
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            waiting = InventoryRefresh.objects.filter(_unleased(now()), state__in=OPEN).order_by("id")
            for refresh_id in waiting.values_list("id", flat=True):
                defer(TASK, organization_id=str(organization_id), refresh_id=str(refresh_id))


def take_lease(organization_id: UUID, refresh_id: UUID) -> Lease | None:
    """None when another process is at it, or nothing is left to do; outside a scope."""
    with tenancy.scope(organization_id):
        at = now()
        rows = InventoryRefresh.objects.filter(organization_id=organization_id, id=refresh_id, state__in=OPEN)
        row = rows.filter(_unleased(at)).select_for_update(of=("self",)).select_related("connection").first()
        if row is None:
            return None
        row.attempt, row.lease_until, row.state = row.attempt + 1, at + LEASE, RefreshState.RUNNING.value
        row.started_at = row.started_at or at
        if at - row.started_at > LASTS_AT_MOST:
            row.state, row.ended_at, row.lease_until = RefreshState.FAILED.value, at, None
            row.message = row.message or f"Gave up after a day and {row.attempt} attempts."
        row.save(update_fields=["attempt", "lease_until", "state", "started_at", "ended_at", "message"])
        if row.state != RefreshState.RUNNING:
            return None
        done = InventoryCall.objects.filter(refresh=row).values_list("service", "operation", "account_id", "region")
        return Lease(
            organization_id, row.id, RefreshSubject(row.subject), row.attempt, view_connection(row.connection), frozenset(done)
        )


def hold_lease(lease: Lease) -> InventoryRefresh:
    """Renew it, and lock its row until the transaction ends; inside the scope, before every write. raises: LeaseLost."""
    row = _held_by(lease).select_for_update().first()
    if row is None:
        raise LeaseLost(str(lease.refresh_id))
    row.lease_until = now() + LEASE
    row.save(update_fields=["lease_until"])
    return row


def end_of_slice() -> datetime:
    """For a slice that begins now."""
    return now() + SLICE


def check_slice(until: datetime) -> None:
    """Between two answers. raises: Paused when the slice is over."""
    if now() >= until:
        raise Paused


def renew_lease(lease: Lease) -> None:
    """While nothing is to be written. raises: LeaseLost."""
    with tenancy.scope(lease.organization_id):
        hold_lease(lease)


def record_call(
    lease: Lease, *, permission: str, account_id: str, region: str, items: int, seconds: float, refusal: Refusal | None = None
) -> None:
    """Once a call ended; inside the transaction that stores what it brought. permission: whose parts are service and operation."""
    service, _, operation = permission.partition(":")
    InventoryCall.objects.update_or_create(
        refresh_id=lease.refresh_id,
        service=service,
        operation=operation,
        account_id=account_id,
        region=region,
        defaults={
            "organization_id": lease.organization_id,
            "state": refusal.state if refusal else CallState.OK,
            "items": items,
            "seconds": round(seconds, 3),
            "permission": permission,
            "message": refusal.message if refusal else "",
            "ended_at": now(),
        },
    )


def end_refresh(lease: Lease, *, message: str = "") -> None:
    """complete, partial or failed by how its calls ended; outside a scope. message: why it could not go on at all."""
    with tenancy.scope(lease.organization_id):
        row = hold_lease(lease)
        states = list(InventoryCall.objects.filter(refresh=row).values_list("state", flat=True))
        row.state = _judge(states, message)
        row.ended_at, row.lease_until, row.message = now(), None, message
        row.save(update_fields=["state", "ended_at", "lease_until", "message"])
        _forget_old(row)
        log.info(
            "refresh_ended",
            organization_id=str(lease.organization_id),
            refresh_id=str(row.id),
            subject=row.subject,
            state=row.state,
            calls=len(states),
        )


def pause(lease: Lease) -> None:
    """Let another task go on with it, behind those that wait already; outside a scope."""
    with tenancy.scope(lease.organization_id):
        _held_by(lease).update(lease_until=None)
        defer(TASK, organization_id=str(lease.organization_id), refresh_id=str(lease.refresh_id))


def note_defect(lease: Lease, *, message: str) -> None:
    """Once the lease has ended, a hint goes on from here; outside a scope."""
    with tenancy.scope(lease.organization_id):
        _held_by(lease).update(message=message)


def _held_by(lease: Lease) -> QuerySet[InventoryRefresh]:
    return InventoryRefresh.objects.filter(id=lease.refresh_id, attempt=lease.attempt, state=RefreshState.RUNNING)


def _failed_lately(connection_id: UUID, subject: RefreshSubject) -> bool:
    last = InventoryRefresh.objects.filter(connection_id=connection_id, subject=subject).order_by("-id").first()
    return last is not None and last.state == RefreshState.FAILED and (last.ended_at or now()) > now() - PATIENCE


def _forget_old(row: InventoryRefresh) -> None:
    """What was found out stays in resources and their changes."""
    same = InventoryRefresh.objects.filter(connection_id=row.connection_id, subject=row.subject)
    same.filter(ended_at__lt=now() - KEPT).delete()


def _judge(states: list[str], message: str) -> RefreshState:
    if message or CallState.OK not in states:
        return RefreshState.FAILED
    return RefreshState.COMPLETE if set(states) == {CallState.OK.value} else RefreshState.PARTIAL


def _unleased(at: datetime) -> Q:
    return Q(lease_until=None) | Q(lease_until__lt=at)
