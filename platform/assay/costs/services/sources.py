"""Making, changing and removing the places that bills come from."""

from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction

from assay.accounts.services import audit
from assay.clouds.selectors.connections import get_connection
from assay.core.clock import now
from assay.core.errors import Conflict, Invalid, NotFound
from assay.core.ids import new_id
from assay.costs.domain.sources import (
    USUAL_POLL_MINUTES,
    SourceChange,
    SourceKind,
    SourceView,
    check_location,
    check_poll_minutes,
    describe_place,
)
from assay.costs.models import BillImport, BillingSource, BillPeriod
from assay.costs.selectors.imports import WAITING
from assay.costs.selectors.sources import get_source
from assay.costs.services.polling import request_poll
from assay.costs.services.staging import FORMATS

NAME_LENGTH = 200


def create_source(organization_id: UUID, kind: SourceKind, change: SourceChange, *, actor_id: UUID | None) -> SourceView:
    """change: with a name, and a location where the kind has one. A place is looked at right away. raises: Invalid, Conflict."""
    if change.name is None:
        raise Invalid("A billing source needs a name.", field="name")
    row = BillingSource(id=new_id(), organization_id=organization_id, kind=kind.value)
    if kind.is_polled:
        row.poll_minutes, row.next_poll_at = USUAL_POLL_MINUTES, now()
    _apply(row, replace(change, location=change.location or {}))
    with transaction.atomic():
        _save(row, is_new=True)
        _note(row, actor_id, "created")
    if kind.is_polled:
        request_poll(organization_id, row.id)
    return get_source(organization_id, row.id)


def change_source(organization_id: UUID, source_id: UUID, change: SourceChange, *, actor_id: UUID | None) -> SourceView:
    """raises: NotFound, Invalid, Conflict when the name is taken."""
    with transaction.atomic():
        row = _lock(organization_id, source_id)
        _apply(row, change)
        _save(row)
        _note(row, actor_id, "changed")
    return get_source(organization_id, source_id)


def remove_source(organization_id: UUID, source_id: UUID, *, actor_id: UUID | None) -> None:
    """With its refused deliveries. raises: NotFound; Conflict while the ledger holds charges of it, or a delivery is on its way."""
    with transaction.atomic():
        row = _lock(organization_id, source_id)
        held = BillPeriod.objects.filter(source_id=source_id).count()
        if held:
            raise Conflict(f"The ledger holds {held} months of {row.name}, which would lose their source: pause it instead.")
        if BillImport.objects.filter(source_id=source_id, state__in=WAITING).exists():
            raise Conflict(f"A delivery of {row.name} is on its way: remove the source when it has ended.")
        BillImport.objects.filter(source_id=source_id).delete()
        _note(row, actor_id, "removed")
        row.delete()


def _apply(row: BillingSource, change: SourceChange) -> None:
    if change.name is not None:
        row.name = change.name.strip()
        if not row.name or len(row.name) > NAME_LENGTH or not row.name.isprintable():
            raise Invalid(f"name must have 1 to {NAME_LENGTH} printable characters.", field="name")
    if change.location is not None:
        row.location = check_location(SourceKind(row.kind), change.location)
    if change.format is not None:
        if change.format and change.format not in FORMATS:
            raise Invalid(f"format must be empty or one of {', '.join(FORMATS)}.", field="format")
        row.format = change.format
    if change.poll_minutes is not None and SourceKind(row.kind).is_polled:
        row.poll_minutes = check_poll_minutes(change.poll_minutes)
        row.next_poll_at = now() if row.poll_minutes else None
    if change.paused is not None:
        row.paused_at = (row.paused_at or now()) if change.paused else None
    if change.connection_id is not None:
        _check_connection(row.organization_id, change.connection_id)
        row.connection_id = change.connection_id


def _check_connection(organization_id: UUID, connection_id: UUID) -> None:
    try:
        get_connection(organization_id, connection_id)
    except NotFound as error:
        raise Invalid(f"{error.message} Make it first, or leave it out.", field="connection_id") from error


def _save(row: BillingSource, *, is_new: bool = False) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=is_new)
    except IntegrityError as error:
        raise Conflict(f"There is already a billing source {row.name}: choose another name.", field="name") from error


def _note(row: BillingSource, actor_id: UUID | None, verb: str) -> None:
    details = {"kind": row.kind, "place": describe_place(SourceKind(row.kind), row.location)}
    audit.record(row.organization_id, actor_id=actor_id, action=f"billing_source.{verb}", subject=row.name, details=details)


def _lock(organization_id: UUID, source_id: UUID) -> BillingSource:
    row = BillingSource.objects.select_for_update().filter(organization_id=organization_id, id=source_id).first()
    if row is None:
        raise NotFound(f"There is no billing source {source_id}.", source_id=str(source_id))
    return row
