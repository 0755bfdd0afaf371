"""Starting, ending and removing runs; what they log is in `batches` and `inputs`, offered here too."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from assay.accounts.services import audit
from assay.core.clock import now
from assay.core.ids import new_id
from assay.core.signals import run_changed, send_after_commit
from assay.core.statements import execute_prepared
from assay.tracking.domain.artifacts import locate_run
from assay.tracking.domain.instants import floor_to_millisecond
from assay.tracking.domain.limits import NAME_LENGTH, TAG_LENGTH, USER_LENGTH, check_length, check_texts
from assay.tracking.domain.names import name_run
from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.domain.values import RunInfo, RunView
from assay.tracking.models import Run
from assay.tracking.services.batches import OWN_TAGS, announce_own_tags, delete_tag, log_batch
from assay.tracking.services.chosen_runs import delete_runs, restore_runs, tag_runs
from assay.tracking.services.inputs import log_inputs
from assay.tracking.services.locks import check_shared, check_undo, lock_run, lock_run_of_any_stage, share_experiment

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


# The lock keeps the experiment from being deleted meanwhile; in a deleted one nothing is made.
_CREATE = """
WITH experiment AS (
    SELECT id, organization_id, number, artifact_location, lifecycle_stage FROM tracking_experiment
    WHERE organization_id = %(organization)s AND id = %(experiment)s FOR SHARE
), active AS (
    SELECT * FROM experiment WHERE lifecycle_stage = 'active'
), run AS (
    INSERT INTO tracking_run (id, organization_id, experiment_id, name, user_name, status, started_at, lifecycle_stage,
                              artifact_uri, created_at, last_heartbeat_at, expects_heartbeat)
    SELECT %(id)s, organization_id, id, %(name)s, %(user_name)s, %(status)s, %(started_at)s, 'active',
           rtrim(artifact_location, '/') || %(folder)s, %(created_at)s, %(created_at)s, false
    FROM active
), tags AS (
    INSERT INTO tracking_runtag (organization_id, run_id, experiment_id, key, value)
    SELECT organization_id, %(id)s, id, key, value FROM active, unnest(%(keys)s::text[], %(values)s::text[]) AS tag (key, value)
)
SELECT number, artifact_location, lifecycle_stage FROM experiment
"""
_UPDATE = """
UPDATE tracking_run SET
    name = %(name)s, status = %(status)s, ended_at = %(ended_at)s,
    last_heartbeat_at = COALESCE(%(heard_at)s, last_heartbeat_at), expects_heartbeat = expects_heartbeat AND %(may_expect)s
WHERE organization_id = %(organization)s AND id = %(run)s
RETURNING EXISTS (SELECT FROM tracking_runtag WHERE run_id = tracking_run.id AND starts_with(key, %(own)s))
"""


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
    run_id, at, tags = new_id(), now(), tags or {}
    name, started_at = name or name_run(run_id), floor_to_millisecond(started_at or at)
    values = {
        "organization": organization_id,
        "experiment": experiment_id,
        "id": run_id,
        "name": name,
        "user_name": user_name,
        "status": RunStatus.RUNNING.value,
        "started_at": started_at,
        "created_at": at,
        "folder": locate_run("", run_id),
        "keys": list(tags),
        "values": list(tags.values()),
    }
    with execute_prepared(_CREATE, values) as cursor:
        number, artifact_location = check_shared(experiment_id, cursor.fetchone())
    announce_own_tags(organization_id, run_id, tags)
    return RunView(
        id=run_id,
        name=name,
        experiment_id=experiment_id,
        experiment_number=number,
        status=RunStatus.RUNNING,
        started_at=started_at,
        ended_at=None,
        user_name=user_name,
        lifecycle_stage=LifecycleStage.ACTIVE,
        metrics={},
        params={},
        tags=tags,
        artifact_uri=locate_run(artifact_location, run_id),
        last_heartbeat_at=at,
    )


def update_run(
    organization_id: UUID,
    run_id: UUID,
    *,
    status: RunStatus | None = None,
    ended_at: datetime | None = None,
    name: str | None = None,
) -> RunInfo:
    """Change what is given. A run that ends without a time ends now; one that runs again has no end, and has promised nothing yet.

    raises: RunNotFound, NotActive, Invalid.
    """
    check_length(name or "", NAME_LENGTH, what="The run name")
    run = lock_run(organization_id, run_id)
    is_over = status is not None and status.is_terminal
    if is_over:
        ended_at = ended_at or (None if run.status == RunStatus.LOST else run.ended_at) or now()
    elif status is None:
        ended_at = ended_at or run.ended_at
    else:
        ended_at = None
    changed = RunInfo(
        id=run.id,
        name=name or run.name,
        experiment_id=run.experiment_id,
        experiment_number=run.experiment_number,
        status=status or RunStatus(run.status),
        started_at=run.started_at,
        ended_at=floor_to_millisecond(ended_at) if ended_at else None,
        user_name=run.user_name,
        lifecycle_stage=LifecycleStage(run.lifecycle_stage),
        artifact_uri=run.artifact_uri,
    )
    values = {
        "organization": organization_id,
        "run": run_id,
        "name": changed.name,
        "status": changed.status.value,
        "ended_at": changed.ended_at,
        "heard_at": None if status is None else now(),
        "may_expect": status is None or is_over,
        "own": OWN_TAGS,
    }
    with execute_prepared(_UPDATE, values) as cursor:
        found = cursor.fetchone()
    if found and found[0]:
        _announce(organization_id, run_id)
    return changed


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
        _announce(organization_id, run_id)


def _announce(organization_id: UUID, run_id: UUID) -> None:
    send_after_commit(run_changed, organization_id=organization_id, run_id=run_id)
