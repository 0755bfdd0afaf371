"""Runs that hold machines, as the client plugin tags them."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from assay.costs.services.uses import refresh_run
from assay.tracking.domain.states import RunStatus
from assay.tracking.services import experiments, runs

MACHINE = {
    "assay.compute.provider": "aws",
    "assay.compute.instance_type": "g5.xlarge",
    "assay.compute.region": "us-east-1",
    "assay.compute.lifecycle": "on-demand",
}


def hold_machine(
    organization_id: UUID,
    resource_id: str,
    start: datetime,
    end: datetime | None,
    *,
    share: str = "1",
    tags: Mapping[str, str] | None = None,
    experiment_id: UUID | None = None,
) -> UUID:
    """A run on a machine, which still runs without an end. Called inside the organization's scope."""
    named = MACHINE | {"assay.compute.resource_id": resource_id, "assay.compute.share": share}
    experiment = experiment_id or experiments.ensure_default_experiment(organization_id).id
    run = runs.create_run(organization_id, experiment_id=experiment, started_at=start, tags=named if tags is None else tags)
    if end is not None:
        runs.update_run(organization_id, run.id, status=RunStatus.FINISHED, ended_at=end)
    refresh_run(organization_id, run.id)
    return run.id
