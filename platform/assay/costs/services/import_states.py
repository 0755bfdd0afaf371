"""The states of a delivery: who works on it, and how it ended."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import structlog
from django.db.models import F, Q

from assay.core import tenancy
from assay.core.clock import now
from assay.core.signals import bill_imported, send_after_commit
from assay.costs.domain.imports import BillRefused, ImportState, PeriodTotals
from assay.costs.models import BillImport, BillingSource, BillPeriod
from assay.costs.selectors.imports import WAITING
from assay.costs.selectors.lake import has_import
from assay.costs.services.staging import Staged

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)
"""After this long somebody else looks; the import lock tells whether the worker lives, however long its import takes."""
HINT_AFTER = timedelta(seconds=30)
FACTS = ("currency", "format", "format_version", "billing_periods", "row_count", "totals", "periods", "invariants")
"""What a delivery holds."""


def claim_next(organization_id: UUID) -> BillImport | None:
    """The oldest waiting delivery, now marked as being imported; None when nothing waits.

    Only the holder of the import lock calls this, so one that is being imported belongs to a process that died.
    """
    with tenancy.scope(organization_id):
        row = BillImport.objects.filter(state__in=WAITING).select_related("source").order_by("id").first()
        if row is None:
            return None
        claimed = BillImport.objects.filter(id=row.id, state=row.state, attempts=row.attempts).update(
            state=ImportState.IMPORTING, attempts=F("attempts") + 1, started_at=now(), lease_until=now() + LEASE
        )
        row.attempts += 1
        return row if claimed else None


def has_overdue(organization_id: UUID) -> bool:
    """Whether a delivery waits for longer than a message takes, or its worker's lease ran out."""
    at = now()
    overdue = Q(state=ImportState.RECEIVED, received_at__lt=at - HINT_AFTER) | Q(
        state=ImportState.IMPORTING, lease_until__lt=at
    )
    return BillImport.objects.filter(overdue, organization_id=organization_id).exists()


def list_waiting_uploads(organization_id: UUID) -> set[str]:
    with tenancy.scope(organization_id):
        return set(BillImport.objects.filter(state__in=WAITING).values_list("upload", flat=True))


def find_same(organization_id: UUID, row: BillImport) -> BillImport | None:
    """The import of the same file whose periods the ledger still holds, all of them."""
    with tenancy.scope(organization_id):
        imported = BillImport.objects.filter(source_id=row.source_id, digest=row.digest, state=ImportState.IMPORTED)
        same = imported.order_by("-id").first()
        if same is None or not has_import(organization_id, same.id):
            return None
        held = BillPeriod.objects.filter(
            source_id=row.source_id, billing_period__in=same.billing_periods, bill_import__digest=row.digest
        )
        return same if held.count() == len(same.billing_periods) else None


def record(organization_id: UUID, row: BillImport, staged: Staged) -> None:
    """Note what a delivery holds, before the ledger changes."""
    with tenancy.scope(organization_id):
        BillImport.objects.filter(id=row.id).update(
            currency=staged.currency,
            format=staged.format,
            format_version=staged.version,
            billing_periods=[period.billing_period for period in staged.periods],
            row_count=sum(period.rows for period in staged.periods),
            totals={period.billing_period: _as_text(period.totals) for period in staged.periods},
            periods={period.billing_period: _describe(period) for period in staged.periods},
            invariants=[asdict(invariant) for invariant in staged.invariants],
            log=list(staged.notes),
        )


def finish(organization_id: UUID, row: BillImport) -> None:
    """The ledger holds this delivery: say so, and tell the apps above."""
    with tenancy.scope(organization_id):
        row.refresh_from_db()
        BillImport.objects.filter(id=row.id).update(
            state=ImportState.IMPORTED, message="", finished_at=now(), lease_until=None, upload=""
        )
        for billing_period in row.billing_periods:
            held = {"bill_import_id": row.id, "issued_at": row.issued_at, "identity": row.identity, "changed_at": now()}
            held |= row.periods.get(billing_period, {"rows": None, "charged_until": None})
            BillPeriod.objects.update_or_create(
                source_id=row.source_id,
                billing_period=billing_period,
                defaults=held,
                create_defaults={"organization_id": organization_id, **held},
            )
        BillingSource.objects.filter(id=row.source_id, currency="").update(currency=row.currency)
        send_after_commit(bill_imported, organization_id=organization_id, import_id=row.id)
    log.info("bill_imported", organization_id=str(organization_id), import_id=str(row.id), rows=row.row_count)


def mark_unchanged(organization_id: UUID, row: BillImport, same: BillImport) -> None:
    """The ledger holds this file already; the row shows what it holds."""
    facts = {name: getattr(same, name) for name in FACTS}
    message = f"The ledger already holds this file: it is that of import {same.id}."
    with tenancy.scope(organization_id):
        _end(row, ImportState.UNCHANGED, message=message, **facts)


def refuse(organization_id: UUID, row: BillImport, refusal: BillRefused) -> None:
    """The file cannot be imported; nothing of it is in the ledger."""
    empty: dict[str, object] = {"billing_periods": [], "row_count": None, "totals": {}, "periods": {}, "invariants": []}
    with tenancy.scope(organization_id):
        _end(row, ImportState.REFUSED, message=refusal.message, log=list(refusal.faults), **empty)
    log.info("bill_refused", organization_id=str(organization_id), import_id=str(row.id), reason=refusal.message)


def note_failure(organization_id: UUID, row: BillImport, message: str) -> None:
    """An attempt failed for a reason that is not the file's; another one follows."""
    with tenancy.scope(organization_id):
        BillImport.objects.filter(id=row.id).update(message=message, lease_until=now())


def _end(row: BillImport, state: ImportState, **values: object) -> None:
    BillImport.objects.filter(id=row.id).update(state=state, finished_at=now(), lease_until=None, upload="", **values)


def _describe(period: PeriodTotals) -> dict[str, object]:
    return {"rows": period.rows, "charged_until": period.charged_until.isoformat()}


def _as_text(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {basis: format(amount, "f") for basis, amount in amounts.items()}
