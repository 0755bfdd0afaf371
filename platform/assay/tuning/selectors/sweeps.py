"""Sweeps with their progress: three queries for a page, however long."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min

from assay.core.errors import NotFound
from assay.tuning.domain.states import Direction, SweepState, TrialState
from assay.tuning.domain.views import SweepPage, SweepView
from assay.tuning.models import Sweep, Trial


def list_sweeps(organization_id: UUID, *, limit: int = 50, cursor: UUID | None = None) -> SweepPage:
    """Newest first. cursor: `next_cursor` of the page before."""
    rows = Sweep.objects.filter(organization_id=organization_id).select_related("experiment", "started_by").order_by("-id")
    if cursor is not None:
        rows = rows.filter(id__lt=cursor)
    found = list(rows[: limit + 1])
    shown = found[:limit]
    return SweepPage(tuple(_views(shown)), shown[-1].id if len(found) > limit else None)


def get_sweep(organization_id: UUID, sweep_id: UUID) -> SweepView:
    rows = Sweep.objects.filter(organization_id=organization_id, id=sweep_id).select_related("experiment", "started_by")
    found = list(rows)
    if not found:
        raise NotFound("There is no such sweep.", sweep_id=str(sweep_id))
    return _views(found)[0]


def count_sweeps(organization_id: UUID, *, states: Sequence[SweepState] = tuple(SweepState)) -> int:
    return Sweep.objects.filter(organization_id=organization_id, state__in=states).count()


def _views(sweeps: Sequence[Sweep]) -> list[SweepView]:
    ids = [sweep.id for sweep in sweeps]
    counts: dict[UUID, dict[TrialState, int]] = {id_: dict.fromkeys(TrialState, 0) for id_ in ids}
    trials = Trial.objects.filter(sweep_id__in=ids)
    for sweep_id, state, number in trials.values_list("sweep_id", "state").annotate(number=Count("id")):
        counts[sweep_id][TrialState(state)] = number
    best = {row["sweep_id"]: row for row in trials.values("sweep_id").annotate(low=Min("value"), high=Max("value"))}
    return [_view(sweep, counts[sweep.id], best.get(sweep.id, {})) for sweep in sweeps]


def _view(sweep: Sweep, counts: Mapping[TrialState, int], best: Mapping[str, Any]) -> SweepView:
    direction = Direction(sweep.direction)
    return SweepView(
        id=sweep.id,
        name=sweep.name,
        state=SweepState(sweep.state),
        metric=sweep.metric,
        direction=direction,
        max_trials=sweep.max_trials,
        parallelism=sweep.parallelism,
        seed=sweep.seed,
        spec=sweep.spec,
        workdir=sweep.workdir,
        experiment_id=sweep.experiment_id,
        experiment_number=sweep.experiment.number,
        experiment_name=sweep.experiment.name,
        started_by=sweep.started_by.email if sweep.started_by else "",
        counts=counts,
        best_value=best.get("low" if direction is Direction.MINIMIZE else "high"),
        error=sweep.error,
        created_at=sweep.created_at,
        ended_at=sweep.ended_at,
    )
