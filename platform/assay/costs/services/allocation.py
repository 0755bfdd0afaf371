"""Runs are charged: the delivered bills of their machines are split by the rule of docs/algorithms/run-costs.md."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q

from assay.core.clock import now
from assay.core.intervals import Interval
from assay.costs.domain.allocation import Hold
from assay.costs.models import AllocatedPeriod, BillPeriod, ComputeUse
from assay.costs.selectors.resource_charges import Reach, open_period
from assay.costs.selectors.run_costs import held_interval
from assay.costs.services.figures import refresh_figures
from assay.costs.services.ledgers import Delivered, drop_costs, write_costs


def allocate_import(organization_id: UUID, import_id: UUID) -> None:
    """Charge the runs of every billing period that the ledger holds from this delivery. Idempotent.

    A period that a later delivery replaced is left to that one.
    """
    for held in BillPeriod.objects.filter(organization_id=organization_id, bill_import_id=import_id):
        allocate_period(organization_id, source_id=held.source_id, billing_period=held.billing_period)


def allocate_period(organization_id: UUID, *, source_id: UUID, billing_period: str) -> None:
    """Replace the costs of all runs and machines in a billing period of a source by what the ledger says now."""
    with transaction.atomic():
        lock_costs(organization_id)
        _charge_period(organization_id, source_id=source_id, billing_period=billing_period)
        refresh_figures(organization_id)


def allocate_resources(organization_id: UUID, resource_ids: Collection[str], *, since: datetime) -> int:
    """Charge machines again in the allocated periods that charge for time after `since`, because a hold on them changed.

    returns: how many periods that were.
    """
    lock_costs(organization_id)
    periods = AllocatedPeriod.objects.filter(organization_id=organization_id, charged_until__gt=since)
    for allocated in periods.order_by("source_id", "billing_period"):
        _allocate_resources_in(allocated, resource_ids)
    return periods.count()


def lock_costs(organization_id: UUID) -> None:
    """Until the transaction ends, nobody else changes holds or charges runs of this organization.

    Whoever changes a hold takes it before reading the run, and whoever charges takes it before reading holds: so the last one to
    charge has seen every hold.
    """
    key = int.from_bytes(blake2b(b"costs" + organization_id.bytes, digest_size=8).digest(), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _charge_period(organization_id: UUID, *, source_id: UUID, billing_period: str) -> None:
    with open_period(organization_id, source_id=source_id, billing_period=billing_period) as charges:
        drop_costs(organization_id, source_id=source_id, billing_period=billing_period)
        if charges is None:
            AllocatedPeriod.objects.filter(source_id=source_id, billing_period=billing_period).delete()
            return
        reach = charges.read_reach()
        delivered = Delivered(organization_id, source_id, billing_period, reach.import_id)
        holds = _holds_within(organization_id, reach.interval)
        write_costs(delivered, charges.read_charges(holds), holds)
    _remember(delivered, reach)


def _allocate_resources_in(allocated: AllocatedPeriod, resource_ids: Collection[str]) -> None:
    organization_id, source_id, billing_period = allocated.organization_id, allocated.source_id, allocated.billing_period
    with open_period(organization_id, source_id=source_id, billing_period=billing_period) as charges:
        drop_costs(organization_id, source_id=source_id, billing_period=billing_period, resource_ids=resource_ids)
        if charges is None:
            return
        reach = charges.read_reach()
        holds = _holds_within(organization_id, reach.interval, resource_ids=resource_ids)
        delivered = Delivered(organization_id, source_id, billing_period, reach.import_id)
        write_costs(delivered, charges.read_charges(holds), holds)


def _holds_within(
    organization_id: UUID, interval: Interval, *, resource_ids: Collection[str] | None = None
) -> Mapping[str, Sequence[Hold]]:
    """Per resource that a run held within the interval, its holds there. Runs that have not ended hold until now."""
    instant = now()
    uses = ComputeUse.objects.filter(organization_id=organization_id, started_at__lt=interval.end).filter(
        Q(ended_at=None) | Q(ended_at__gt=interval.start)
    )
    lasting = uses.exclude(ended_at=F("started_at"))
    named = lasting.exclude(resource_id="") if resource_ids is None else lasting.filter(resource_id__in=resource_ids)
    holds: dict[str, list[Hold]] = {}
    for use in named:
        holds.setdefault(use.resource_id, []).append(Hold(use.run_id, held_interval(use, at=instant), use.share))
    return holds


def _remember(delivered: Delivered, reach: Reach) -> None:
    values = {
        "delivery_id": delivered.import_id,
        "providers": sorted(reach.providers),
        "billed_until": reach.billed_until,
        "charged_until": reach.interval.end,
        "allocated_at": now(),
    }
    AllocatedPeriod.objects.update_or_create(
        source_id=delivered.source_id,
        billing_period=delivered.billing_period,
        defaults=values,
        create_defaults={**values, "organization_id": delivered.organization_id},
    )
