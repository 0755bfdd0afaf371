"""Runs side by side, with their dollars and curves."""

from collections.abc import Sequence
from uuid import UUID

from assay.core.errors import Invalid, NotFound
from assay.portal.domain.charts import AxisBody, ChartBody, ChartKind, Point, Series, describe_chart
from assay.portal.domain.comparisons import FEWEST_RUNS, MOST_RUNS, charted_keys
from assay.portal.selectors.run_tables import RunRow, with_costs
from assay.tracking.selectors.metrics import series
from assay.tracking.selectors.runs import get_runs

MOST_CHARTS = 12
MOST_POINTS = 300


def read_rows(organization_id: UUID, run_ids: Sequence[UUID]) -> tuple[RunRow, ...]:
    """In the order asked for. raises: Invalid for too few or too many; NotFound when one is missing."""
    wanted = list(dict.fromkeys(run_ids))
    if not FEWEST_RUNS <= len(wanted) <= MOST_RUNS:
        raise Invalid(f"Choose {FEWEST_RUNS} to {MOST_RUNS} runs to compare, not {len(wanted)}.")
    found = get_runs(organization_id, wanted)
    missing = next((run_id for run_id in wanted if run_id not in found), None)
    if missing is not None:
        raise NotFound(f"There is no run {missing.hex} in this organization.", run_id=missing.hex)
    return with_costs(organization_id, [found[run_id] for run_id in wanted])


def read_charts(organization_id: UUID, rows: Sequence[RunRow]) -> dict[str, ChartBody]:
    """One chart per metric with a line per run over its steps; one query each."""
    return {key: _describe(organization_id, rows, key) for key in charted_keys([row.run for row in rows], most=MOST_CHARTS)}


def _describe(organization_id: UUID, rows: Sequence[RunRow], key: str) -> ChartBody:
    curves = series(organization_id, [row.run.id for row in rows], key, max_points=MOST_POINTS)
    names = [row.run.name for row in rows]
    lines = []
    for row in rows:
        name = row.run.name if names.count(row.run.name) == 1 else f"{row.run.name} ({row.run.id.hex[-6:]})"
        points: list[Point] = [(point.step, point.value) for point in curves.get(row.run.id, ())]
        lines.append(Series(name, points))
    return describe_chart(
        ChartKind.LINES, x=AxisBody(name="step", kind="number"), y=AxisBody(name="", kind="number"), series=lines
    )
