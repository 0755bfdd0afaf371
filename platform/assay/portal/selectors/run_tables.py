"""Runs beside their dollars, as tables show them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from assay.core.money import Money
from assay.costs.domain.run_costs import UNPRICED, RunCostView
from assay.costs.selectors.figures import order_by_cost, page_by_cost
from assay.costs.selectors.run_costs import costs_of_runs
from assay.portal.domain.gains import price_point
from assay.portal.domain.run_columns import COST, KEYED, METRIC, PARAM, TAG, order_clause
from assay.portal.domain.tables import Column, Sort
from assay.tracking.domain.groups import Goal
from assay.tracking.domain.values import RunView
from assay.tracking.selectors.first_values import find_first_value
from assay.tracking.selectors.metrics import series
from assay.tracking.selectors.run_cells import Cells, get_runs_with
from assay.tracking.selectors.runs import RunQuery, get_runs, list_runs, match_runs, order_runs
from assay.tracking.selectors.statements import read_ids

READ_AT_ONCE = 1_000
TREND_POINTS = 24
TREND_READ = 200_000
MACHINE_TAGS = ("assay.compute.instance_type", "assay.compute.host")


@dataclass(frozen=True, slots=True)
class RunRow:
    """trend: values of the chosen metric over its steps. per_point: dollars for each point gained."""

    run: RunView
    cost: RunCostView
    trend: tuple[float, ...] = ()
    per_point: Money | None = None

    @property
    def machine(self) -> str:
        return next((self.run.tags[tag] for tag in MACHINE_TAGS if self.run.tags.get(tag)), "")


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


def stream_runs(organization_id: UUID, query: RunQuery, *, sort: Sort | None, columns: Sequence[Column]) -> Iterator[RunRow]:
    """Every matching run in the order of the table with the values of these columns: READ_AT_ONCE runs are held at once."""
    cells = _list_cells(columns)
    if sort is not None and sort.key == COST:
        matching = match_runs(organization_id, query)
        ordered = order_by_cost(organization_id, matching, descending=sort.descending)
    else:
        ordered = order_runs(organization_id, replace(query, order_by=order_clause(sort)) if sort else query)
    for run_ids in read_ids(ordered, at_once=READ_AT_ONCE):
        yield from _read_rows(organization_id, run_ids, cells)


def read_chosen_runs(organization_id: UUID, run_ids: Sequence[UUID], *, columns: Sequence[Column]) -> list[RunRow]:
    """These runs, in their order; unknown ones are left out."""
    return _read_rows(organization_id, run_ids, _list_cells(columns))


def with_costs(organization_id: UUID, runs: Sequence[RunView]) -> tuple[RunRow, ...]:
    costs = costs_of_runs(organization_id, [run.id for run in runs])
    return tuple(RunRow(run, costs.get(run.id, UNPRICED)) for run in runs)


def with_trends(organization_id: UUID, rows: Sequence[RunRow], key: str) -> tuple[RunRow, ...]:
    """The rows with the curve of a metric; one query. Curves of more points than TREND_READ together are not drawn."""
    curved = [row.run for row in rows if key in row.run.metrics and row.run.metrics[key].count > 1]
    if not curved or sum(run.metrics[key].count for run in curved) > TREND_READ:
        return tuple(rows)
    curves = series(organization_id, [run.id for run in curved], key, max_points=TREND_POINTS)
    return tuple(replace(row, trend=tuple(point.value for point in curves.get(row.run.id, ()))) for row in rows)


def with_prices_per_point(
    organization_id: UUID, rows: Sequence[RunRow], key: str, *, experiment_id: UUID, goal: Goal
) -> tuple[RunRow, ...]:
    """The rows with the dollars for each point of a metric gained over the experiment's first run; one query."""
    first = find_first_value(organization_id, experiment_id, key)
    return tuple(
        replace(row, per_point=price_point(row.cost, row.run.metrics[key].value, first=first, goal=goal))
        if key in row.run.metrics
        else row
        for row in rows
    )


def _read_rows(organization_id: UUID, run_ids: Sequence[UUID], cells: Cells) -> list[RunRow]:
    runs = get_runs_with(organization_id, run_ids, cells)
    return list(with_costs(organization_id, [runs[run_id] for run_id in run_ids if run_id in runs]))


def _list_cells(columns: Sequence[Column]) -> Cells:
    of_kind = {prefix: [one.key.removeprefix(prefix) for one in columns if one.key.startswith(prefix)] for prefix in KEYED}
    machine = MACHINE_TAGS if any(column.key == "machine" for column in columns) else ()
    return Cells(metrics=of_kind[METRIC], params=of_kind[PARAM], tags=[*of_kind[TAG], *machine])
