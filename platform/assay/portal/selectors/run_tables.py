"""Runs beside their dollars, as tables show them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from assay.core.errors import Invalid
from assay.costs.domain.run_costs import UNPRICED, RunCostView
from assay.costs.selectors.run_costs import costs_of_runs
from assay.portal.domain.run_columns import order_clause
from assay.portal.domain.tables import Sort
from assay.tracking.domain.values import RunView
from assay.tracking.selectors.runs import RunQuery, list_runs

READ_AT_ONCE = 1_000
COMPARED_BY_COST = 2_000
"""Runs that are read when a table is sorted by dollars: the newest that match."""


@dataclass(frozen=True, slots=True)
class RunRow:
    run: RunView
    cost: RunCostView

    @property
    def machine(self) -> str:
        return self.run.tags.get("assay.compute.instance_type") or self.run.tags.get("assay.compute.host", "")


@dataclass(frozen=True, slots=True)
class RunTablePage:
    """next_cursor: of the following page, None at the end. cut: sorted by dollars among the newest only."""

    rows: tuple[RunRow, ...]
    next_cursor: str | None
    cut: bool = False


def read_runs(organization_id: UUID, query: RunQuery, *, sort: Sort | None) -> RunTablePage:
    """One page of runs with their costs; a few queries, whatever the page holds. raises: Invalid for filter or cursor."""
    if sort is not None and sort.key == "cost":
        return _read_by_cost(organization_id, query, descending=sort.descending)
    page = list_runs(organization_id, replace(query, order_by=order_clause(sort)) if sort else query)
    return RunTablePage(with_costs(organization_id, page.runs), page.next_page_token)


def read_all_runs(organization_id: UUID, query: RunQuery, *, sort: Sort | None, most: int) -> tuple[RunRow, ...]:
    """Every matching run up to the limit, for exports."""
    runs = _read_up_to(organization_id, replace(query, order_by=order_clause(sort), page_token=""), most)
    rows = with_costs(organization_id, runs)
    return tuple(sorted(rows, key=_cost_order(sort.descending))) if sort and sort.key == "cost" else rows


def with_costs(organization_id: UUID, runs: Sequence[RunView]) -> tuple[RunRow, ...]:
    costs = costs_of_runs(organization_id, [run.id for run in runs])
    return tuple(RunRow(run, costs.get(run.id, UNPRICED)) for run in runs)


def _read_by_cost(organization_id: UUID, query: RunQuery, *, descending: bool) -> RunTablePage:
    """Tracking does not know dollars, so the newest runs are read whole and ordered here; the cursor is an offset."""
    newest = replace(query, order_by=(), page_token="")
    runs = _read_up_to(organization_id, newest, COMPARED_BY_COST + 1)
    rows = sorted(with_costs(organization_id, runs[:COMPARED_BY_COST]), key=_cost_order(descending))
    start = _read_offset(query.page_token)
    end = start + query.limit
    following = str(end) if end < len(rows) else None
    return RunTablePage(tuple(rows[start:end]), following, cut=len(runs) > COMPARED_BY_COST)


def _read_up_to(organization_id: UUID, query: RunQuery, most: int) -> list[RunView]:
    runs: list[RunView] = []
    cursor = ""
    while len(runs) < most:
        page = list_runs(organization_id, replace(query, limit=min(READ_AT_ONCE, most - len(runs)), page_token=cursor))
        runs += page.runs
        if page.next_page_token is None:
            break
        cursor = page.next_page_token
    return runs


def _cost_order(descending: bool) -> Callable[[RunRow], tuple[bool, Decimal]]:
    """Runs without an amount come last in both directions."""
    sign = -1 if descending else 1
    return lambda row: (row.cost.amount is None, sign * (row.cost.amount or Decimal(0)))


def _read_offset(cursor: str) -> int:
    if not cursor:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 6:
        raise Invalid("This page of the table does not exist: start again from the first one.")
    return int(cursor)
