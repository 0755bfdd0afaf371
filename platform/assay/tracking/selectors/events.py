"""Reads of stages and milestones."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from assay.tracking.domain.content import Event, EventKind, Stage, stages_of
from assay.tracking.domain.errors import RunNotFound
from assay.tracking.models import Run, RunEvent


def list_events(organization_id: UUID, run_id: UUID) -> tuple[Event, ...]:
    """Stages and milestones of a run, in order of time; empty for a run that has none, or does not exist."""
    return events_of_runs(organization_id, [run_id]).get(run_id, ())


def list_stages(organization_id: UUID, run_id: UUID) -> tuple[Stage, ...]:
    """The run's stages as neighbouring half-open intervals: each lasts until the next one, the last until the run's end.

    ended_at of the last is None while the run has no end. raises: RunNotFound.
    """
    runs = Run.objects.filter(organization_id=organization_id, id=run_id)
    ends = list(runs.values_list("ended_at", flat=True))
    if not ends:
        raise RunNotFound(run_id)
    return stages_of(list_events(organization_id, run_id), run_ended_at=ends[0])


def events_of_runs(organization_id: UUID, run_ids: Sequence[UUID]) -> dict[UUID, tuple[Event, ...]]:
    """For charts of many runs, in one query. A run without events has no entry."""
    found: dict[UUID, list[Event]] = defaultdict(list)
    rows = RunEvent.objects.filter(organization_id=organization_id, run_id__in=run_ids).order_by("run_id", "at", "key")
    for run_id, key, kind, name, at, step in rows.values_list("run_id", "key", "kind", "name", "at", "step"):
        found[run_id].append(Event(key, EventKind(kind), name, at, step))
    return {run_id: tuple(events) for run_id, events in found.items()}
