"""Machines that runs held: totals, and the runs of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from assay.core.errors import NotFound
from assay.core.intervals import Interval
from assay.core.money import EXACT
from assay.costs.domain.run_costs import ResourceCostView
from assay.costs.selectors.resources import resource_costs
from assay.portal.selectors.run_tables import RunRow, with_costs
from assay.tracking.domain.queries import RunQuery
from assay.tracking.selectors.runs import list_runs

MOST_RUNS = 200


@dataclass(frozen=True, slots=True)
class MachineTotals:
    """Sums over machines in one currency; total = runs + idle, exactly."""

    currency: str
    total: Decimal
    runs: Decimal
    idle: Decimal


def add_up(machines: Sequence[ResourceCostView]) -> list[MachineTotals]:
    """One per currency, the largest first."""
    totals = []
    for currency in sorted({one.currency for one in machines}):
        mine = [one for one in machines if one.currency == currency]
        sums = (_sum([one.total for one in mine]), _sum([one.runs for one in mine]), _sum([one.idle for one in mine]))
        totals.append(MachineTotals(currency, *sums))
    return sorted(totals, key=lambda one: -one.total)


def find_machine(organization_id: UUID, resource_id: str, interval: Interval) -> ResourceCostView | None:
    return next((one for one in resource_costs(organization_id, interval) if one.resource_id == resource_id), None)


def read_runs_of_machine(organization_id: UUID, resource_id: str) -> tuple[RunRow, ...]:
    """The newest runs that held it, with their dollars. raises: NotFound for an id that no run can carry."""
    if not resource_id or ("'" in resource_id and '"' in resource_id):
        raise NotFound(f"No run held a resource {resource_id!r}.", resource_id=resource_id)
    quote = '"' if "'" in resource_id else "'"
    held = f"tags.`assay.compute.resource_id` = {quote}{resource_id}{quote}"
    return with_costs(organization_id, list_runs(organization_id, RunQuery(filter=held, limit=MOST_RUNS)).runs)


def _sum(amounts: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
