"""Work that a lost message left undone: bills whose runs are not charged, and runs whose holds are out of date."""

from datetime import datetime, timedelta
from uuid import UUID

from assay.core.clock import now
from assay.core.deferral import defer
from assay.costs.domain.uses import NAMING_TAGS, TAGS
from assay.costs.models import AllocatedPeriod, BillPeriod, ComputeUse
from assay.costs.services.figures import refresh_missing_figures
from assay.costs.services.uses import find_use, is_current
from assay.tracking.selectors.run_cells import Cells, get_runs_with
from assay.tracking.selectors.tagged_runs import list_tagged_runs

RECENT = timedelta(days=2)
PAGE_RUNS = 500


def resume_costs(organization_id: UUID) -> None:
    """Start what was left undone: each delivery that runs are not charged from, each run whose hold is not as it says.

    Runs charged before figures were kept get theirs here.

    Compared are the runs that name a machine and started in the last two days, and all whose hold has not ended.
    """
    for import_id in list_waiting_imports(organization_id):
        defer("costs.allocate_import", organization_id=str(organization_id), import_id=str(import_id))
    for run_id in list_stale_runs(organization_id):
        defer("costs.refresh_run", organization_id=str(organization_id), run_id=str(run_id))
    refresh_missing_figures(organization_id)


def list_waiting_imports(organization_id: UUID) -> list[UUID]:
    """Deliveries that the ledger holds and that runs are not charged from."""
    allocated = AllocatedPeriod.objects.filter(organization_id=organization_id)
    charged = set(allocated.values_list("source_id", "billing_period", "delivery_id"))
    held = BillPeriod.objects.filter(organization_id=organization_id)
    rows = held.values_list("source_id", "billing_period", "bill_import_id")
    return sorted({row[2] for row in rows if row not in charged})


def list_stale_runs(organization_id: UUID) -> list[UUID]:
    """Runs whose stored hold differs from what they say now."""
    stale: list[UUID] = []
    found = _list_runs(organization_id, since=now() - RECENT)
    for first in range(0, len(found), PAGE_RUNS):
        page = found[first : first + PAGE_RUNS]
        holds = {use.run_id: use for use in ComputeUse.objects.filter(run_id__in=page)}
        told = get_runs_with(organization_id, page, Cells(tags=TAGS))
        stale += [run_id for run_id in page if not is_current(holds.get(run_id), find_use(told.get(run_id)))]
    return stale


def _list_runs(organization_id: UUID, *, since: datetime) -> list[UUID]:
    """Those that started since then and name a machine or are held to do so, and all whose hold has not ended, each once."""
    uses = ComputeUse.objects.filter(organization_id=organization_id)
    recent = uses.filter(run__organization_id=organization_id, run__started_at__gte=since).values_list("run_id", flat=True)
    unfinished = uses.filter(ended_at=None).values_list("run_id", flat=True)
    naming = list_tagged_runs(organization_id, NAMING_TAGS, since=since)
    return list(dict.fromkeys([*naming, *recent, *unfinished]))
