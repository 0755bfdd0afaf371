"""Work that a lost message left undone: bills whose runs are not charged, and runs whose holds are out of date."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from assay.core.clock import now
from assay.core.deferral import defer
from assay.costs.models import AllocatedPeriod, BillPeriod, ComputeUse
from assay.costs.services.figures import refresh_missing_figures
from assay.costs.services.uses import find_use, is_current
from assay.tracking.domain.queries import RunQuery
from assay.tracking.domain.states import Visibility
from assay.tracking.domain.values import RunView
from assay.tracking.selectors import runs

RECENT = timedelta(days=2)
PAGE_RUNS = 500


def resume_costs(organization_id: UUID) -> None:
    """Start what was left undone: each delivery that runs are not charged from, each run whose hold is not as it says.

    Runs charged before figures were kept get theirs here.

    Compared are the runs that started in the last two days, and all whose hold has not ended.
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
    for page in _list_pages(organization_id, since=now() - RECENT):
        holds = {use.run_id: use for use in ComputeUse.objects.filter(run_id__in=[run.id for run in page])}
        stale += [run.id for run in page if not is_current(holds.get(run.id), find_use(run))]
    return stale


def _list_pages(organization_id: UUID, *, since: datetime) -> Iterator[tuple[RunView, ...]]:
    recent = f"attributes.start_time >= {int(since.timestamp() * 1000)}"
    token: str | None = ""
    while token is not None:
        query = RunQuery(filter=recent, limit=PAGE_RUNS, page_token=token, view=Visibility.ALL)
        page = runs.list_runs(organization_id, query)
        token = page.next_page_token
        yield page.runs
    unfinished = ComputeUse.objects.filter(organization_id=organization_id, ended_at=None, started_at__lt=since)
    ids = list(unfinished.values_list("run_id", flat=True))
    for first in range(0, len(ids), PAGE_RUNS):
        yield tuple(runs.get_runs(organization_id, ids[first : first + PAGE_RUNS]).values())
