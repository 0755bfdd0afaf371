"""Runs side by side, with their dollars, curves, code and data."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from assay.core.clock import now
from assay.core.errors import Invalid, NotFound
from assay.core.money import Money
from assay.portal.domain.burn import hourly_rate
from assay.portal.domain.charts import AxisBody
from assay.portal.domain.code import source_from_tags
from assay.portal.domain.comparisons import FEWEST_RUNS, MOST_RUNS, name_apart
from assay.portal.domain.curves import ChartAxis, CurveBody, CurvesBody, Place, describe_axis, describe_curves
from assay.portal.domain.envelopes import Detail, Window, make_curve
from assay.portal.domain.run_colours import colour_run
from assay.portal.selectors.run_tables import RunRow, with_costs
from assay.tracking.domain.content import Source
from assay.tracking.domain.queries import RunQuery
from assay.tracking.domain.values import DatasetUse
from assay.tracking.selectors.inputs import links_of_runs
from assay.tracking.selectors.metrics import curves
from assay.tracking.selectors.runs import get_runs, list_runs
from assay.tracking.selectors.sources import sources_of_runs

MOST_AT_ONCE = 4
POINTS_OF_A_CHART = 12_000
FEWEST_POINTS, MOST_POINTS = 60, 500
MOST_BANDS = 12
"""More runs hide each other's ranges; of each stretch of a line the least and the greatest are drawn then."""


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run with its name among the others, its colour, and its dollars an hour where they are known."""

    row: RunRow
    place: int
    name: str
    colour: str
    rate: Money | None


def read_compared(organization_id: UUID, run_ids: Sequence[UUID]) -> tuple[ComparedRun, ...]:
    """In the order asked for. raises: Invalid for too few or too many; NotFound when one is missing."""
    wanted = list(dict.fromkeys(run_ids))
    if not FEWEST_RUNS <= len(wanted) <= MOST_RUNS:
        raise Invalid(f"Choose {FEWEST_RUNS} to {MOST_RUNS} runs to compare, not {len(wanted)}.")
    found = get_runs(organization_id, wanted)
    missing = next((run_id for run_id in wanted if run_id not in found), None)
    if missing is not None:
        raise NotFound(f"There is no run {missing.hex} in this organization.", run_id=missing.hex)
    rows = with_costs(organization_id, [found[run_id] for run_id in wanted])
    names, at = name_apart([row.run for row in rows]), now()
    return tuple(
        ComparedRun(
            row,
            place,
            names[place],
            colour_run(place),
            hourly_rate(row.cost, started_at=row.run.started_at, until=row.run.ended_at or at),
        )
        for place, row in enumerate(rows)
    )


def find_matching(organization_id: UUID, query: RunQuery) -> list[UUID]:
    """The first runs of a filter, as far as they can be compared. raises: Invalid."""
    return [run.id for run in list_runs(organization_id, query).runs[:MOST_RUNS]]


def offered_axes(compared: Sequence[ComparedRun]) -> list[ChartAxis]:
    return [axis for axis in ChartAxis if axis is not ChartAxis.DOLLARS or _currency(compared) is not None]


def read_charts(
    organization_id: UUID,
    compared: Sequence[ComparedRun],
    keys: Sequence[str],
    *,
    axis: ChartAxis,
    window: Window | None = None,
) -> dict[str, CurvesBody]:
    """One chart per metric with a line per run; one statement for all. keys: the first MOST_AT_ONCE are read."""
    known = {key for one in compared for key in one.row.run.metrics}
    wanted = [key for key in dict.fromkeys(keys) if key in known][:MOST_AT_ONCE]
    if not wanted:
        return {}
    currency = _currency(compared)
    drawn = [one for one in compared if axis is not ChartAxis.DOLLARS or (one.rate and one.rate.currency == currency)]
    most = min(max(POINTS_OF_A_CHART // len(compared), FEWEST_POINTS), MOST_POINTS)
    detail = Detail(most, window, banded=len(drawn) <= MOST_BANDS)
    found = curves(organization_id, [one.row.run.id for one in drawn], wanted)
    charts: dict[str, CurvesBody] = {}
    for key in wanted:
        lines = []
        for one in drawn:
            curve = found.get((one.row.run.id, key))
            if curve is None:
                continue
            line = make_curve(one.name, curve.finite(), Place(axis, one.row.run.started_at, one.rate), detail)
            lines.append(CurveBody(run=str(one.place), colour=one.colour, **line))
        charts[key] = describe_curves(describe_axis(axis, currency), AxisBody(name="", kind="number"), lines)
    return charts


def read_sources(organization_id: UUID, compared: Sequence[ComparedRun]) -> list[Source | None]:
    """What was recorded, or else what MLflow's client tagged."""
    found = sources_of_runs(organization_id, [one.row.run.id for one in compared])
    return [found.get(one.row.run.id) or source_from_tags(one.row.run.tags) for one in compared]


def read_data(organization_id: UUID, compared: Sequence[ComparedRun]) -> list[tuple[DatasetUse, ...]]:
    links = links_of_runs(organization_id, [one.row.run.id for one in compared])
    return [links[one.row.run.id].datasets if one.row.run.id in links else () for one in compared]


def _currency(compared: Sequence[ComparedRun]) -> str | None:
    return min((one.rate.currency for one in compared if one.rate), default=None)
