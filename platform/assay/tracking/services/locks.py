"""Row locks of tracking, one statement each. The order everywhere: experiment before run, run before what it logged."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from assay.core.clock import now
from assay.core.statements import execute_prepared
from assay.tracking.domain.errors import ExperimentNotFound, NotActive, RunNotFound, UndoExpired
from assay.tracking.domain.retention import can_be_restored
from assay.tracking.domain.states import LifecycleStage

# FOR SHARE conflicts with the update that deletes an experiment, and not with other runs being created.
_SHARE_EXPERIMENT = """
SELECT number, artifact_location, lifecycle_stage FROM tracking_experiment
WHERE organization_id = %s AND id = %s FOR SHARE
"""


_LOCK_RUN = """
SELECT run.id, run.organization_id, run.experiment_id, experiment.number, run.name, run.user_name, run.status, run.started_at,
       run.ended_at, run.lifecycle_stage, run.artifact_uri, run.last_heartbeat_at,
       run.deleted_at
FROM tracking_run AS run JOIN tracking_experiment AS experiment ON experiment.id = run.experiment_id
WHERE run.organization_id = %s AND run.id = %s FOR NO KEY UPDATE OF run
"""


class LockedRun(NamedTuple):
    """A run's row as it stays until the transaction ends, but for what its holder changes."""

    id: UUID
    organization_id: UUID
    experiment_id: UUID
    experiment_number: int
    name: str
    user_name: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    lifecycle_stage: str
    artifact_uri: str
    last_heartbeat_at: datetime
    deleted_at: datetime | None


def lock_run(organization_id: UUID, run_id: UUID) -> LockedRun:
    """The run for writing: writers of one run take turns, so that params stay fixed and a deleted run stays as it is.

    raises: RunNotFound, NotActive.
    """
    run = lock_run_of_any_stage(organization_id, run_id)
    if run.lifecycle_stage != LifecycleStage.ACTIVE:
        raise NotActive("run", run_id.hex, required=LifecycleStage.ACTIVE, stage=run.lifecycle_stage)
    return run


def lock_run_of_any_stage(organization_id: UUID, run_id: UUID) -> LockedRun:
    """raises: RunNotFound."""
    with execute_prepared(_LOCK_RUN, [organization_id, run_id]) as cursor:
        row = cursor.fetchone()
    if row is None:
        raise RunNotFound(run_id)
    return LockedRun(*row)


def check_undo(kind: str, name: str, deleted_at: datetime | None) -> None:
    """Of a locked row that is to be restored. raises: UndoExpired."""
    if not can_be_restored(deleted_at, at=now()):
        raise UndoExpired(kind, name)


def share_experiment(organization_id: UUID, experiment_id: UUID) -> tuple[int, str]:
    """Keeps an active experiment from being deleted while something is added to it. returns: number, artifact location.

    raises: ExperimentNotFound, NotActive.
    """
    with execute_prepared(_SHARE_EXPERIMENT, [organization_id, experiment_id]) as cursor:
        return check_shared(experiment_id, cursor.fetchone())


def check_shared(experiment_id: UUID, row: tuple[int, str, str] | None) -> tuple[int, str]:
    """row: number, artifact location and stage of a locked experiment. raises: ExperimentNotFound, NotActive."""
    if row is None:
        raise ExperimentNotFound(experiment_id)
    number, artifact_location, stage = row
    if stage != LifecycleStage.ACTIVE:
        raise NotActive("experiment", str(number), required=LifecycleStage.ACTIVE, stage=stage)
    return number, artifact_location


def lock_experiment_numbers(organization_id: UUID) -> None:
    """Held to the end of the transaction: numbers are given one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"tracking.experiments.{organization_id}"])
