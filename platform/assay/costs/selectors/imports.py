"""Deliveries of bills and what became of them."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from assay.core.errors import Invalid, NotFound
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import add_up
from assay.costs.domain.imports import BillImportView, DeliveredFile, ImportState, Invariant
from assay.costs.models import BillImport

WAITING = (ImportState.RECEIVED, ImportState.IMPORTING)


def get_import(organization_id: UUID, import_id: UUID) -> BillImportView:
    """raises: NotFound, also for another organization's."""
    row = BillImport.objects.filter(organization_id=organization_id, id=import_id).select_related("source").first()
    if row is None:
        raise NotFound(f"There is no import {import_id}.", import_id=str(import_id))
    return view_import(row)


def list_imports(
    organization_id: UUID, *, source_name: str | None = None, before: UUID | None = None, limit: int = 50
) -> list[BillImportView]:
    """Latest first. before: the last one of the page before; ids are in the order of receipt."""
    if not 1 <= limit <= 500:
        raise Invalid("limit must be between 1 and 500.", limit=limit)
    rows = BillImport.objects.filter(organization_id=organization_id).select_related("source").order_by("-id")
    if source_name is not None:
        rows = rows.filter(source__name=source_name)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [view_import(row) for row in rows[:limit]]


def has_waiting(organization_id: UUID) -> bool:
    """Whether a delivery waits to enter the ledger, or is entering it."""
    return BillImport.objects.filter(organization_id=organization_id, state__in=WAITING).exists()


def view_import(row: BillImport) -> BillImportView:
    by_period = {period: _read_amounts(amounts) for period, amounts in row.totals.items()}
    totals = {basis.value: add_up([amounts[basis] for amounts in by_period.values()]) for basis in Basis} if by_period else {}
    return BillImportView(
        id=row.id,
        source_id=row.source_id,
        source_name=row.source.name,
        file_name=row.file_name,
        size_bytes=row.size_bytes,
        digest=row.digest,
        state=ImportState(row.state),
        message=row.message,
        currency=row.currency,
        billing_periods=tuple(row.billing_periods),
        rows=row.row_count,
        totals=totals,
        totals_by_period=by_period,
        invariants=tuple(Invariant(**found) for found in row.invariants),
        log=tuple(row.log),
        received_at=row.received_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        issued_at=row.issued_at,
        manifest=row.manifest,
        format=row.format,
        format_version=row.format_version,
        files=tuple(DeliveredFile(file["name"], file["size_bytes"], file["sha256"]) for file in row.files),
        changes={period: _read_amounts(amounts) for period, amounts in row.changes.items()},
        timings=row.timings,
    )


def _read_amounts(amounts: Mapping[str, str]) -> Mapping[str, Decimal]:
    return {basis: Decimal(amount) for basis, amount in amounts.items()}
