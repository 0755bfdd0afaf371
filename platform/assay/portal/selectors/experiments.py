"""Experiments with what goes on in them and what their runs cost."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assay.core.errors import NotFound
from assay.core.money import Money
from assay.costs.selectors.figures import experiment_costs
from assay.tracking.domain.queries import ExperimentQuery
from assay.tracking.domain.values import ExperimentView
from assay.tracking.selectors import experiments as tracking


@dataclass(frozen=True, slots=True)
class ExperimentRow:
    experiment: ExperimentView
    runs: int
    running: int
    last_started_at: datetime | None
    amounts: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class ExperimentRows:
    rows: tuple[ExperimentRow, ...]
    next_cursor: str | None


def read_experiments(organization_id: UUID, query: ExperimentQuery) -> ExperimentRows:
    """One page of experiments; four queries, whatever it holds. raises: Invalid for the filter or the cursor."""
    page = tracking.list_experiments(organization_id, query)
    ids = [experiment.id for experiment in page.experiments]
    activity = tracking.list_activity(organization_id, ids)
    costs = experiment_costs(organization_id, ids)
    rows = tuple(
        ExperimentRow(
            experiment=experiment,
            runs=activity[experiment.id].runs if experiment.id in activity else 0,
            running=activity[experiment.id].running if experiment.id in activity else 0,
            last_started_at=activity[experiment.id].last_started_at if experiment.id in activity else None,
            amounts=costs[experiment.id].amounts if experiment.id in costs else (),
        )
        for experiment in page.experiments
    )
    return ExperimentRows(rows, page.next_page_token)


def get_by_number(organization_id: UUID, number: int) -> ExperimentView:
    """raises: NotFound."""
    experiment = tracking.find_experiment_by_number(organization_id, number)
    if experiment is None:
        raise NotFound(f"There is no experiment {number}.", experiment=number)
    return experiment
