"""Finished runs for tests, with a price where one is wanted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from assay.costs.services.uses import refresh_run
from assay.tracking.domain.states import RunStatus
from assay.tracking.domain.values import MetricPoint, RunView
from assay.tracking.services import runs

MACHINE = {
    "assay.compute.provider": "aws",
    "assay.compute.instance_type": "m5.large",
    "assay.compute.region": "us-east-1",
    "assay.compute.lifecycle": "on-demand",
}
"""A machine that the price book knows: twice as long costs twice as much."""


def finish_run(
    organization_id: UUID,
    experiment_id: UUID,
    *,
    name: str,
    started_at: datetime,
    hours: int = 1,
    metrics: Mapping[str, float] | None = None,
    priced: bool = True,
    status: RunStatus = RunStatus.FINISHED,
    tags: Mapping[str, str] | None = None,
) -> RunView:
    """A run that lasted so long, on the machine when priced. Called inside the organization's scope."""
    marks = {**(MACHINE if priced else {}), **(tags or {})}
    run = runs.create_run(
        organization_id, experiment_id=experiment_id, name=name, user_name="ada", started_at=started_at, tags=marks
    )
    points = [MetricPoint(key, value, 0, int(started_at.timestamp() * 1000)) for key, value in (metrics or {}).items()]
    runs.log_batch(organization_id, run.id, metrics=points, params={}, tags={})
    ended_at = started_at + timedelta(hours=hours) if status.is_terminal else None
    finished = runs.update_run(organization_id, run.id, status=status, ended_at=ended_at)
    refresh_run(organization_id, run.id)
    return finished
