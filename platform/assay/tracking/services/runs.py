"""Starting, ending and removing runs; what they log is in `batches` and `inputs`, offered here too."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from assay.accounts.services import audit
from assay.core.clock import now
from assay.core.ids import new_id
from assay.core.signals import run_changed, send_after_commit
from assay.tracking.domain.artifacts import locate_run
from assay.tracking.domain.instants import floor_to_millisecond
from assay.tracking.domain.limits import NAME_LENGTH, TAG_LENGTH, USER_LENGTH, check_length, check_texts
from assay.tracking.domain.names import name_run
from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.domain.values import RunView
from assay.tracking.models import Run, RunTag
from assay.tracking.selectors.runs import get_run
from assay.tracking.services.batches import delete_tag, log_batch
from assay.tracking.services.chosen_runs import delete_runs, restore_runs, tag_runs
from assay.tracking.services.inputs import log_inputs
from assay.tracking.services.locks import check_undo, lock_run, lock_run_of_any_stage, share_experiment

__all__ = [
    "create_run",
    "delete_run",
    "delete_runs",
    "delete_tag",
    "log_batch",
    "log_inputs",
    "restore_run",
    "restore_runs",
    "tag_runs",
    "update_run",
]


def create_run(
    organization_id: UUID,
    *,
    experiment_id: UUID,
    name: str = "",
    user_name: str = "",
    started_at: datetime | None = None,
    tags: Mapping[str, str] | None = None,
) -> RunView:
    """A running run. name: empty for one made from the id. started_at: aware; None for now.

    raises: ExperimentNotFound, NotActive when the experiment is deleted, Invalid.
    """
    check_length(name, NAME_LENGTH, what="The run name")
    check_length(user_name, USER_LENGTH, what="The user name")
    check_texts(tags or {}, kind="tag", limit=TAG_LENGTH)
    run_id, at = new_id(), now()
    with transaction.atomic():
        _, artifact_location = share_experiment(organization_id, experiment_id)
        run = Run(
            id=run_id,
            organization_id=organization_id,
            experiment_id=experiment_id,
            name=name or name_run(run_id),
            user_name=user_name,
            status=RunStatus.RUNNING,
            started_at=floor_to_millisecond(started_at or at),
            artifact_uri=locate_run(artifact_location, run_id),
            created_at=at,
            last_heartbeat_at=at,
        )
        run.save(force_insert=True)
        RunTag.objects.bulk_create(
            RunTag(organization_id=organization_id, experiment_id=experiment_id, run_id=run_id, key=key, value=value)
            for key, value in (tags or {}).items()
        )
        _announce(run)
    return get_run(organization_id, run_id)


def update_run(
    organization_id: UUID,
    run_id: UUID,
    *,
    status: RunStatus | None = None,
    ended_at: datetime | None = None,
    name: str | None = None,
) -> RunView:
    """Change what is given. A run that ends without a time ends now; one that runs again has no end, and has promised nothing yet.

    raises: RunNotFound, NotActive, Invalid.
    """
    check_length(name or "", NAME_LENGTH, what="The run name")
    with transaction.atomic():
        run = lock_run(organization_id, run_id)
        run.name = name or run.name
        if status is not None:
            known_end = None if run.status == RunStatus.LOST else run.ended_at
            run.status = status
            run.ended_at = None if not status.is_terminal else ended_at or known_end or now()
            run.last_heartbeat_at = now()
            run.expects_heartbeat = run.expects_heartbeat and status.is_terminal
        elif ended_at is not None:
            run.ended_at = ended_at
        run.ended_at = floor_to_millisecond(run.ended_at) if run.ended_at else None
        run.save(update_fields=["name", "status", "ended_at", "last_heartbeat_at", "expects_heartbeat"])
        _announce(run)
    return get_run(organization_id, run_id)


def delete_run(organization_id: UUID, run_id: UUID, *, actor_id: UUID | None = None) -> None:
    """Softly, for 7 days; a deleted run stays deleted. actor_id: the user, for the audit log. raises: RunNotFound."""
    _change_stage(organization_id, run_id, LifecycleStage.DELETED, deleted_at=now(), actor_id=actor_id)


def restore_run(organization_id: UUID, run_id: UUID, *, actor_id: UUID | None = None) -> None:
    """An active run stays active. actor_id: the user, for the audit log.

    raises: RunNotFound; NotActive when its experiment is deleted; UndoExpired 7 days after its deletion.
    """
    _change_stage(organization_id, run_id, LifecycleStage.ACTIVE, deleted_at=None, actor_id=actor_id)


def _change_stage(
    organization_id: UUID, run_id: UUID, stage: LifecycleStage, *, deleted_at: datetime | None, actor_id: UUID | None
) -> None:
    with transaction.atomic():
        run = lock_run_of_any_stage(organization_id, run_id)
        if run.lifecycle_stage == stage:
            return
        if stage is LifecycleStage.ACTIVE:
            check_undo("run", run.name, run.deleted_at)
            share_experiment(organization_id, run.experiment_id)
        Run.objects.filter(id=run_id).update(lifecycle_stage=stage, deleted_at=deleted_at)
        action = "run.restored" if deleted_at is None else "run.deleted"
        audit.record(organization_id, actor_id=actor_id, action=action, subject=run.name, details={"run_id": run_id.hex})
        _announce(run)


def _announce(run: Run) -> None:
    send_after_commit(run_changed, organization_id=run.organization_id, run_id=run.id)
