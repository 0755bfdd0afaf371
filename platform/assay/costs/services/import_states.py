"""The states of a delivery: who works on it, and how it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import structlog
from django.db.models import F, Q, QuerySet

from assay.core import tenancy
from assay.core.clock import now
from assay.core.signals import bill_imported, send_after_commit
from assay.costs.domain.deliveries import WAITS_AT_MOST
from assay.costs.domain.imports import BillRefused, ImportState, PeriodTotals
from assay.costs.models import BillImport, BillingSource, BillPeriod
from assay.costs.selectors.imports import WAITING
from assay.costs.selectors.lake import has_import
from assay.costs.services.fetching import Fetched
from assay.costs.services.staging import Staged

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)
"""After this long somebody else looks; the import lock tells whether the worker lives, however long its import takes."""
HINT_AFTER = timedelta(seconds=30)
KEEP_REFUSED = timedelta(days=7)
"""Uploads of refused deliveries can be tried again for so long."""
NEWER_HELD = "The ledger holds a newer delivery of each of its billing periods."
FACTS = ("currency", "format", "format_version", "billing_periods", "row_count", "totals", "periods", "invariants")
"""What a delivery holds."""


def claim_next(organization_id: UUID) -> BillImport | None:
    """The oldest waiting delivery, now marked as being imported; None when nothing waits.

    One that a process died of comes first. Of several for the same periods the newest is taken, which spares reading the others.
    Only the holder of the import lock calls this, so one that is being imported belongs to a process that died.
    """
    with tenancy.scope(organization_id):
        waiting = BillImport.objects.filter(state__in=WAITING).select_related("source")
        row = waiting.order_by("state", "id").first()
        if row is None:
            return None
        if row.state == ImportState.RECEIVED and row.identity:
            row = _newest_alike(waiting, row)
        claimed = BillImport.objects.filter(id=row.id, state=row.state, attempts=row.attempts).update(
            state=ImportState.IMPORTING, attempts=F("attempts") + 1, started_at=now(), lease_until=now() + LEASE
        )
        row.attempts += 1
        return row if claimed else None


def _newest_alike(waiting: QuerySet[BillImport], row: BillImport) -> BillImport:
    alike = waiting.filter(source_id=row.source_id, billing_periods=row.billing_periods).exclude(identity="")
    return alike.order_by("-issued_at", "-identity").first() or row


def reopen_overdue(organization_id: UUID) -> int:
    """Incomplete deliveries that waited long enough are looked at a last time. returns: how many."""
    overdue = BillImport.objects.filter(
        organization_id=organization_id, state=ImportState.INCOMPLETE, received_at__lt=now() - WAITS_AT_MOST
    )
    return overdue.update(state=ImportState.RECEIVED, attempts=0)


def has_overdue(organization_id: UUID) -> bool:
    """Whether a delivery waits for longer than a message takes, or its worker's lease ran out."""
    at = now()
    overdue = Q(state=ImportState.RECEIVED, received_at__lt=at - HINT_AFTER) | Q(
        state=ImportState.IMPORTING, lease_until__lt=at
    )
    return BillImport.objects.filter(overdue, organization_id=organization_id).exists()


def list_needed_uploads(organization_id: UUID) -> set[str]:
    """Of deliveries that wait, and of refused ones that may be tried again."""
    with tenancy.scope(organization_id):
        refused = Q(state=ImportState.REFUSED, finished_at__gt=now() - KEEP_REFUSED)
        return set(
            BillImport.objects.filter(Q(state__in=WAITING) | refused).exclude(upload="").values_list("upload", flat=True)
        )


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


def choose_periods(organization_id: UUID, row: BillImport, billing_periods: Sequence[str]) -> list[str]:
    """Those for which the ledger holds no newer delivery than this one."""
    with tenancy.scope(organization_id):
        held = BillPeriod.objects.filter(source_id=row.source_id, billing_period__in=billing_periods)
        newer = {
            period.billing_period for period in held if (period.issued_at, period.identity) > (row.issued_at, row.identity)
        }
    return [period for period in billing_periods if period not in newer]


def record_files(organization_id: UUID, row: BillImport, fetched: Fetched) -> None:
    """Note which files the delivery consists of."""
    facts: dict[str, object] = {"digest": fetched.digest}
    if not row.upload:  # of an upload all files are known, also those that are left aside
        facts |= {"files": list(fetched.described), "size_bytes": fetched.size_bytes}
    row.digest = fetched.digest
    with tenancy.scope(organization_id):
        BillImport.objects.filter(id=row.id).update(**facts)


def record(organization_id: UUID, row: BillImport, staged: Staged, *, notes: Sequence[str]) -> None:
    """Note what a delivery holds, before the ledger changes. notes: what came before the conversion."""
    described = BillImport(id=row.id)
    describe(described, staged, notes=notes)
    with tenancy.scope(organization_id):
        BillImport.objects.filter(id=row.id).update(**{name: getattr(described, name) for name in (*FACTS, "log")})


def describe(row: BillImport, staged: Staged, *, notes: Sequence[str]) -> None:
    """Fill a row with what its delivery holds, and save nothing."""
    row.currency, row.format, row.format_version = staged.currency, staged.format, staged.version
    row.billing_periods = [period.billing_period for period in staged.periods]
    row.row_count = sum(period.rows for period in staged.periods)
    row.totals = {period.billing_period: _as_text(period.totals) for period in staged.periods}
    row.periods = {period.billing_period: _describe(period) for period in staged.periods}
    row.invariants = [asdict(invariant) for invariant in staged.invariants]
    row.log = [*notes, *staged.notes]


def record_changes(organization_id: UUID, row: BillImport, billing_periods: Sequence[str]) -> None:
    """Note which periods the ledger is about to take from the delivery, and what it gains by each."""
    with tenancy.scope(organization_id):
        row.refresh_from_db()
    changes = find_changes(organization_id, row, billing_periods)
    left = [period for period in row.billing_periods if period not in changes]
    log = row.log + [f"{period}: not taken, since the ledger holds a newer delivery of it." for period in left]
    with tenancy.scope(organization_id):
        BillImport.objects.filter(id=row.id).update(changes=changes, log=log)


def find_changes(organization_id: UUID, row: BillImport, billing_periods: Sequence[str]) -> dict[str, dict[str, str]]:
    """Billing period → basis → what the ledger gains by taking it."""
    with tenancy.scope(organization_id):
        held = BillPeriod.objects.filter(source_id=row.source_id, billing_period__in=billing_periods).select_related(
            "bill_import"
        )
        before = {period.billing_period: period.bill_import.totals.get(period.billing_period, {}) for period in held}
    return {period: _subtract(row.totals[period], before.get(period, {})) for period in billing_periods}


def record_timings(organization_id: UUID, row: BillImport, seconds: Mapping[str, float]) -> None:
    with tenancy.scope(organization_id):
        BillImport.objects.filter(id=row.id).update(timings=dict(seconds))


def finish(organization_id: UUID, row: BillImport) -> None:
    """The ledger holds this delivery: say so, and tell the apps above."""
    with tenancy.scope(organization_id):
        row.refresh_from_db()
        BillImport.objects.filter(id=row.id).update(
            state=ImportState.IMPORTED, message="", finished_at=now(), lease_until=None, upload=""
        )
        for billing_period in row.changes or row.billing_periods:
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
    """The ledger holds this content already; the row shows what it holds. What is held is from now on as new as this delivery."""
    facts = {name: getattr(same, name) for name in FACTS}
    what = "this file already: it is that" if len(row.files) == 1 else "these files already: they are those"
    with tenancy.scope(organization_id):
        for held in BillPeriod.objects.filter(source_id=row.source_id, billing_period__in=same.billing_periods):
            if (held.issued_at, held.identity) < (row.issued_at, row.identity):
                BillPeriod.objects.filter(id=held.id).update(issued_at=row.issued_at, identity=row.identity)
        _end(row, ImportState.UNCHANGED, message=f"The ledger already holds {what} of import {same.id}.", **facts)


def supersede(organization_id: UUID, row: BillImport, message: str) -> None:
    """Something newer is held, or came before this was read; the ledger stays as it is."""
    with tenancy.scope(organization_id):
        _end(row, ImportState.SUPERSEDED, message=message)
    log.info("bill_superseded", organization_id=str(organization_id), import_id=str(row.id))


def wait_for_files(organization_id: UUID, row: BillImport, message: str) -> None:
    """A file is not there yet; refused when it did not come for too long."""
    if now() - row.received_at > WAITS_AT_MOST:
        hours = int(WAITS_AT_MOST.total_seconds() // 3600)
        refuse(
            organization_id,
            row,
            BillRefused(f"{row.file_name}: {message} It did not come for {hours} hours; deliver the bill again."),
        )
        return
    with tenancy.scope(organization_id):
        BillImport.objects.filter(id=row.id).update(state=ImportState.INCOMPLETE, message=message, lease_until=None)


def refuse(organization_id: UUID, row: BillImport, refusal: BillRefused) -> None:
    """The delivery cannot be imported; nothing of it is in the ledger. Its upload stays a while, to be tried again."""
    kept = {"billing_periods": row.billing_periods if row.identity else []}
    empty: dict[str, object] = {"row_count": None, "totals": {}, "periods": {}, "invariants": [], "changes": {}}
    with tenancy.scope(organization_id):
        _end(row, ImportState.REFUSED, message=refusal.message, log=list(refusal.faults), upload=row.upload, **kept, **empty)
    log.info("bill_refused", organization_id=str(organization_id), import_id=str(row.id), reason=refusal.message)


def note_failure(organization_id: UUID, row: BillImport, message: str) -> None:
    """An attempt failed for a reason that is not the file's; another one follows."""
    with tenancy.scope(organization_id):
        BillImport.objects.filter(id=row.id).update(message=message, lease_until=now())


def _end(row: BillImport, state: ImportState, **values: object) -> None:
    ended = {"state": state, "finished_at": now(), "lease_until": None, "upload": ""} | values
    BillImport.objects.filter(id=row.id).update(**ended)


def _subtract(amounts: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    return {basis: format(Decimal(amount) - Decimal(before.get(basis, 0)), "f") for basis, amount in amounts.items()}


def _describe(period: PeriodTotals) -> dict[str, object]:
    return {"rows": period.rows, "charged_until": period.charged_until.isoformat()}


def _as_text(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {basis: format(amount, "f") for basis, amount in amounts.items()}
