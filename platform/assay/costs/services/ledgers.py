"""What machines and runs cost in a delivered billing period, as rows."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from assay.costs.domain.allocation import Hold
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import add_up
from assay.costs.domain.ledgers import LedgerDay, ResourceCharge, allocate_resource
from assay.costs.domain.run_costs import RunCostKind
from assay.costs.models import ResourceCost, RunCost

BATCH_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Delivered:
    """A billing period of a source, and the delivery of it that the ledger holds."""

    organization_id: UUID
    source_id: UUID
    billing_period: str
    import_id: UUID


def drop_costs(
    organization_id: UUID, *, source_id: UUID, billing_period: str, resource_ids: Collection[str] | None = None
) -> None:
    """Forget what a billing period cost: all of it, or that of some machines."""
    for table in (RunCost, ResourceCost):
        rows = table.objects.filter(organization_id=organization_id, source_id=source_id, billing_period=billing_period)
        (rows if resource_ids is None else rows.filter(resource_id__in=resource_ids)).delete()


def write_costs(
    delivered: Delivered, charges: Iterable[tuple[str, list[ResourceCharge]]], holds: Mapping[str, Sequence[Hold]]
) -> None:
    """Split the charges of each machine between its runs and idle, and store every day. charges: each machine once."""
    days = _list_days(charges, holds)
    while some := list(islice(days, BATCH_ROWS)):
        ResourceCost.objects.bulk_create([_resource_cost(delivered, *one) for one in some])
        RunCost.objects.bulk_create([row for one in some for row in _run_costs(delivered, *one)], batch_size=BATCH_ROWS)


def _list_days(
    charges: Iterable[tuple[str, list[ResourceCharge]]], holds: Mapping[str, Sequence[Hold]]
) -> Iterator[tuple[str, LedgerDay]]:
    for resource_id, of_resource in charges:
        for day in allocate_resource(of_resource, holds[resource_id]):
            yield resource_id, day


def _resource_cost(delivered: Delivered, resource_id: str, day: LedgerDay) -> ResourceCost:
    return ResourceCost(
        organization_id=delivered.organization_id,
        resource_id=resource_id,
        source_id=delivered.source_id,
        billing_period=delivered.billing_period,
        charge_date=day.charge_date,
        currency=day.currency,
        total=day.total,
        runs=add_up(list(day.runs.values())),
        idle=day.idle,
        delivery_id=delivered.import_id,
    )


def _run_costs(delivered: Delivered, resource_id: str, day: LedgerDay) -> Iterator[RunCost]:
    for run_id, amount in day.runs.items():
        yield RunCost(
            organization_id=delivered.organization_id,
            run_id=run_id,
            kind=RunCostKind.ACTUAL,
            basis=Basis.EFFECTIVE,
            amount=amount,
            currency=day.currency,
            resource_id=resource_id,
            source_id=delivered.source_id,
            billing_period=delivered.billing_period,
            charge_date=day.charge_date,
            delivery_id=delivered.import_id,
        )
