"""Row locks of tracking, one statement each. The order everywhere: experiment before run, run before what it logged."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from assay.core.clock import now
from assay.tracking.domain.errors import ExperimentNotFound, NotActive, RunNotFound, UndoExpired
from assay.tracking.domain.retention import can_be_restored
from assay.tracking.domain.states import LifecycleStage
from assay.tracking.models import Run

# FOR SHARE conflicts with the update that deletes an experiment, and not with other runs being created.
_SHARE_EXPERIMENT = """
SELECT number, artifact_location, lifecycle_stage FROM tracking_experiment
WHERE organization_id = %s AND id = %s FOR SHARE
"""


def lock_run(organization_id: UUID, run_id: UUID) -> Run:
    """The run for writing: writers of one run take turns, so that params stay fixed and a deleted run stays as it is.

    raises: RunNotFound, NotActive.
    """
    run = lock_run_of_any_stage(organization_id, run_id)
    if run.lifecycle_stage != LifecycleStage.ACTIVE:
        raise NotActive("run", run_id.hex, required=LifecycleStage.ACTIVE, stage=run.lifecycle_stage)
    return run


def lock_run_of_any_stage(organization_id: UUID, run_id: UUID) -> Run:
    """raises: RunNotFound."""
    run = Run.objects.filter(organization_id=organization_id, id=run_id).select_for_update(no_key=True).first()
    if run is None:
        raise RunNotFound(run_id)
    return run


def check_undo(kind: str, name: str, deleted_at: datetime | None) -> None:
    """Of a locked row that is to be restored. raises: UndoExpired."""
    if not can_be_restored(deleted_at, at=now()):
        raise UndoExpired(kind, name)


def share_experiment(organization_id: UUID, experiment_id: UUID) -> tuple[int, str]:
    """Keeps an active experiment from being deleted while something is added to it. returns: number, artifact location.

    raises: ExperimentNotFound, NotActive.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SHARE_EXPERIMENT, [organization_id, experiment_id])
        row = cursor.fetchone()
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
