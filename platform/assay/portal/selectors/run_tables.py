"""Runs beside their dollars, as tables show them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from assay.costs.domain.run_costs import UNPRICED, RunCostView
from assay.costs.selectors.figures import order_by_cost, page_by_cost
from assay.costs.selectors.run_costs import costs_of_runs
from assay.portal.domain.run_columns import COST, order_clause
from assay.portal.domain.tables import Sort
from assay.tracking.domain.values import RunView
from assay.tracking.selectors.runs import RunQuery, get_runs, list_runs, match_runs, order_runs
from assay.tracking.selectors.statements import read_ids

READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class RunRow:
    run: RunView
    cost: RunCostView

    @property
    def machine(self) -> str:
        return self.run.tags.get("assay.compute.instance_type") or self.run.tags.get("assay.compute.host", "")


@dataclass(frozen=True, slots=True)
class RunTablePage:
    """next_cursor: of the following page, None at the end."""

    rows: tuple[RunRow, ...]
    next_cursor: str | None


def read_runs(organization_id: UUID, query: RunQuery, *, sort: Sort | None) -> RunTablePage:
    """One page of runs with their costs; a few queries, whatever the page holds. raises: Invalid for filter or cursor."""
    if sort is None or sort.key != COST:
        page = list_runs(organization_id, replace(query, order_by=order_clause(sort)) if sort else query)
        return RunTablePage(with_costs(organization_id, page.runs), page.next_page_token)
    by_cost = page_by_cost(
        organization_id,
        match_runs(organization_id, query),
        descending=sort.descending,
        limit=query.limit,
        page_token=query.page_token,
    )
    runs = get_runs(organization_id, by_cost.run_ids)
    found = [runs[run_id] for run_id in by_cost.run_ids if run_id in runs]
    return RunTablePage(with_costs(organization_id, found), by_cost.next_page_token)


def stream_runs(organization_id: UUID, query: RunQuery, *, sort: Sort | None) -> Iterator[RunRow]:
    """Every matching run in the order of the table, for exports: what is held at once is READ_AT_ONCE runs."""
    if sort is not None and sort.key == COST:
        matching = match_runs(organization_id, query)
        ordered = order_by_cost(organization_id, matching, descending=sort.descending)
    else:
        ordered = order_runs(organization_id, replace(query, order_by=order_clause(sort)) if sort else query)
    for run_ids in read_ids(ordered, at_once=READ_AT_ONCE):
        runs = get_runs(organization_id, run_ids)
        yield from with_costs(organization_id, [runs[run_id] for run_id in run_ids if run_id in runs])


def with_costs(organization_id: UUID, runs: Sequence[RunView]) -> tuple[RunRow, ...]:
    costs = costs_of_runs(organization_id, [run.id for run in runs])
    return tuple(RunRow(run, costs.get(run.id, UNPRICED)) for run in runs)
