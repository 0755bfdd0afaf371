"""Billing sources, and what the ledger holds of each."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count

from assay.core.clock import now
from assay.core.errors import NotFound
from assay.costs.domain.imports import ImportState
from assay.costs.domain.sources import HeldPeriod, SourceKind, SourceView
from assay.costs.models import BillImport, BillingSource, BillPeriod
from assay.costs.selectors.imports import WAITING


def get_source(organization_id: UUID, source_id: UUID) -> SourceView:
    """raises: NotFound, also for another organization's."""
    row = BillingSource.objects.filter(organization_id=organization_id, id=source_id).first()
    if row is None:
        raise NotFound(f"There is no billing source {source_id}.", source_id=str(source_id))
    return _view_all(organization_id, [row])[0]


def list_sources(organization_id: UUID) -> list[SourceView]:
    """By name."""
    return _view_all(organization_id, list(BillingSource.objects.filter(organization_id=organization_id).order_by("name")))


def _view_all(organization_id: UUID, rows: Iterable[BillingSource]) -> list[SourceView]:
    rows = list(rows)
    ids = [row.id for row in rows]
    periods = _find_periods(organization_id, ids)
    waiting = dict(
        BillImport.objects.filter(organization_id=organization_id, source_id__in=ids, state__in=WAITING)
        .values_list("source_id")
        .annotate(count=Count("id"))
    )
    return [_view(row, waiting.get(row.id, 0), tuple(periods[row.id])) for row in rows]


def _find_periods(organization_id: UUID, source_ids: list[UUID]) -> dict[UUID, list[HeldPeriod]]:
    held = BillPeriod.objects.filter(organization_id=organization_id, source_id__in=source_ids).order_by("billing_period")
    troubled = _find_troubled(organization_id, source_ids)
    found: dict[UUID, list[HeldPeriod]] = defaultdict(list)
    for period in held:
        later = troubled.get((period.source_id, period.billing_period))
        newer = later is not None and later[0] > period.bill_import_id
        state = later[1] if later is not None and newer else ImportState.IMPORTED
        found[period.source_id].append(
            HeldPeriod(
                period.billing_period, period.bill_import_id, period.rows, period.charged_until, period.changed_at, state
            )
        )
    return found


def _find_troubled(organization_id: UUID, source_ids: list[UUID]) -> dict[tuple[UUID, str], tuple[UUID, ImportState]]:
    """(source, billing period) → its last delivery that was refused or is incomplete."""
    states = (ImportState.REFUSED, ImportState.INCOMPLETE)
    rows = BillImport.objects.filter(organization_id=organization_id, source_id__in=source_ids, state__in=states).order_by("id")
    found = {}
    for row in rows.only("id", "source_id", "billing_periods", "state"):
        for billing_period in row.billing_periods:
            found[row.source_id, billing_period] = (row.id, ImportState(row.state))
    return found


def _view(row: BillingSource, waiting: int, periods: tuple[HeldPeriod, ...]) -> SourceView:
    return SourceView(
        id=row.id,
        name=row.name,
        kind=SourceKind(row.kind),
        location=row.location,
        connection_id=row.connection_id,
        format=row.format,
        currency=row.currency,
        poll_minutes=row.poll_minutes,
        paused_at=row.paused_at,
        polled_at=row.polled_at,
        next_poll_at=None if row.paused_at else row.next_poll_at,
        message=row.poll_message,
        is_polling=row.poll_lease_until is not None and row.poll_lease_until > now(),
        waiting=waiting,
        periods=periods,
    )
