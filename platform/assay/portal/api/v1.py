"""Experiments and runs, each with what it cost."""

from typing import Annotated
from uuid import UUID

from ninja import Query, Router, Status

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.core.errors import NotFound
from assay.portal.api.schemas import (
    EnvelopeOut,
    ExperimentList,
    ExperimentOut,
    PointList,
    PointOut,
    RunList,
    RunOut,
)
from assay.portal.selectors.experiments import get_by_number, read_experiments
from assay.portal.selectors.run_tables import read_runs, with_costs
from assay.tracking.domain.limits import INT64
from assay.tracking.domain.queries import ExperimentQuery, RunQuery
from assay.tracking.selectors.experiments import find_experiment_by_name
from assay.tracking.selectors.metrics import envelopes, history
from assay.tracking.selectors.runs import get_run as find_run
from assay.tracking.services import experiments, runs

router = Router(tags=["experiments and runs"])

Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("experiments", response=ExperimentList)
@require(Permission.TRACKING_READ)
def list_experiments(request: MemberRequest, filter: str = "", limit: Limit = 100, cursor: str = "") -> ExperimentList:
    """Experiments, newest first, with their runs and dollars. filter: MLflow's grammar, e.g. `name ILIKE '%digits%'`."""
    query = ExperimentQuery(filter=filter, limit=limit, page_token=cursor)
    found = read_experiments(request.principal.organization_id, query)
    return ExperimentList(items=[ExperimentOut.of(row) for row in found.rows], next_cursor=found.next_cursor)


@router.get("runs", response=RunList)
@require(Permission.TRACKING_READ)
def list_runs(
    request: MemberRequest,
    *,
    experiment: str = "",
    filter: str = "",
    order_by: str = "",
    limit: Limit = 100,
    cursor: str = "",
) -> RunList:
    """Runs, newest first unless ordered, each with its cost.

    experiment: name or number; empty for all. filter: MLflow's grammar, e.g. `metrics.accuracy > 0.9`. order_by: its clauses,
    separated by commas, e.g. `metrics.accuracy DESC`.
    """
    organization_id = request.principal.organization_id
    query = RunQuery(
        experiment_ids=(_find_experiment_id(organization_id, experiment),) if experiment else None,
        filter=filter,
        order_by=tuple(part.strip() for part in order_by.split(",") if part.strip()),
        limit=limit,
        page_token=cursor,
    )
    found = read_runs(organization_id, query, sort=None)
    return RunList(items=[RunOut.of(row) for row in found.rows], next_cursor=found.next_cursor)


@router.get("runs/{run_id}", response=RunOut)
@require(Permission.TRACKING_READ)
def get_run(request: MemberRequest, run_id: UUID) -> RunOut:
    """One run with its cost. run_id: with or without hyphens."""
    return _show_run(request.principal.organization_id, run_id)


@router.delete("runs/{run_id}", response=RunOut)
@require(Permission.TRACKING_WRITE)
def delete_run(request: MemberRequest, run_id: UUID) -> RunOut:
    """Delete a run. For 7 days it can be restored; then it is removed for good, with everything it holds."""
    organization_id = request.principal.organization_id
    runs.delete_run(organization_id, run_id, actor_id=request.principal.user_id)
    return _show_run(organization_id, run_id)


@router.post("runs/{run_id}/restore", response=RunOut)
@require(Permission.TRACKING_WRITE)
def restore_run(request: MemberRequest, run_id: UUID) -> RunOut:
    """Undo the deletion of a run, within 7 days."""
    organization_id = request.principal.organization_id
    runs.restore_run(organization_id, run_id, actor_id=request.principal.user_id)
    return _show_run(organization_id, run_id)


@router.delete("experiments/{experiment_id}", response={204: None})
@require(Permission.TRACKING_WRITE)
def delete_experiment(request: MemberRequest, experiment_id: UUID) -> Status[None]:
    """Delete an experiment with its runs. For 7 days it can be restored; then it is removed for good."""
    organization_id, user_id = request.principal.organization_id, request.principal.user_id
    experiments.delete_experiment(organization_id, experiment_id, actor_id=user_id)
    return Status(204, None)


@router.post("experiments/{experiment_id}/restore", response={204: None})
@require(Permission.TRACKING_WRITE)
def restore_experiment(request: MemberRequest, experiment_id: UUID) -> Status[None]:
    """Undo the deletion of an experiment and of the runs that went with it, within 7 days."""
    organization_id, user_id = request.principal.organization_id, request.principal.user_id
    experiments.restore_experiment(organization_id, experiment_id, actor_id=user_id)
    return Status(204, None)


@router.get("runs/{run_id}/metrics/{path:key}", response=PointList)
@require(Permission.TRACKING_READ)
def get_metric(request: MemberRequest, run_id: UUID, key: str, limit: Limit = 1000, cursor: str = "") -> PointList:
    """Every point of a metric, in order of time."""
    organization_id = request.principal.organization_id
    found = history(organization_id, find_run(organization_id, run_id).id, key, limit=limit, page_token=cursor)
    return PointList(items=[PointOut.of(point) for point in found.points], next_cursor=found.next_page_token)


@router.get("runs/{run_id}/envelopes/{path:key}", response=EnvelopeOut)
@require(Permission.TRACKING_READ)
def get_envelope(
    request: MemberRequest,
    run_id: UUID,
    key: str,
    stretches: Annotated[int, Query(ge=1, le=5000)] = 500,
    from_step: Annotated[int, Query(ge=INT64.start, lt=INT64.stop)] = INT64.start,
    to_step: Annotated[int, Query(ge=INT64.start, lt=INT64.stop)] = INT64.stop - 1,
) -> EnvelopeOut:
    """A metric from afar: the least, greatest and mean finite value of each stretch, by step.

    from_step, to_step: the first and the last step that are asked for; fewer steps are seen more closely.
    """
    organization_id = request.principal.organization_id
    steps = range(from_step, to_step + 1)
    found = envelopes(organization_id, [find_run(organization_id, run_id).id], key, stretches=stretches, steps=steps)
    return EnvelopeOut.of(found.get(run_id))


def _show_run(organization_id: UUID, run_id: UUID) -> RunOut:
    return RunOut.of(with_costs(organization_id, [find_run(organization_id, run_id)])[0])


def _find_experiment_id(organization_id: UUID, experiment: str) -> UUID:
    """By number, else by name. raises: NotFound."""
    if experiment.isascii() and experiment.isdigit() and len(experiment) < 10:
        return get_by_number(organization_id, int(experiment)).id
    found = find_experiment_by_name(organization_id, experiment)
    if found is None:
        raise NotFound(f"There is no experiment {experiment!r}.", experiment=experiment)
    return found.id
