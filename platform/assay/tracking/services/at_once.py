"""What programs do by the thousand: admission, the act and its commit in one statement, by whoever holds a token.

Nothing here refuses. What is not that simple, or not allowed, is left to the same call inside `admission.admitted`, which does
nothing twice and says what is wrong.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError

from assay.accounts.domain.roles import Permission
from assay.accounts.services.admission import CALLER, name_caller
from assay.core.clock import now
from assay.core.statements import execute_prepared
from assay.tracking.domain.instants import floor_to_millisecond
from assay.tracking.domain.limits import check_batch_size, check_points
from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.domain.values import MetricPoint, RunInfo
from assay.tracking.services.batches import OWN_TAGS, is_heartbeat_due
from assay.tracking.services.points import add_points_at_once

# The ordinary end. Runs with tags of our own are announced, which takes a transaction. The row is updated where the subquery found
# it: an index of runs may begin with the organization, which the policy would then look up there before it was entered.
_END_AT_ONCE = f"""
WITH {CALLER}, run AS MATERIALIZED (
    SELECT found.* FROM caller CROSS JOIN LATERAL (
        SELECT run.ctid, experiment.number
        FROM tracking_run AS run JOIN tracking_experiment AS experiment ON experiment.id = run.experiment_id
        WHERE run.organization_id = caller.organization_id AND run.id = %(run)s
          AND NOT EXISTS (SELECT FROM tracking_runtag WHERE run_id = run.id AND starts_with(key, %(own)s))
        OFFSET 0
    ) AS found
)
UPDATE tracking_run SET status = %(status)s, ended_at = %(ended_at)s, last_heartbeat_at = %(heard_at)s
WHERE ctid = (SELECT ctid FROM run) AND lifecycle_stage = 'active' AND status = %(running)s
RETURNING id, name, experiment_id, (SELECT number FROM run), status, started_at, ended_at, user_name, lifecycle_stage, artifact_uri
"""  # noqa: S608  both parts are constants


def log_points_at_once(authorization: str, run_id: UUID, metrics: Sequence[MetricPoint]) -> bool:
    """As log_batch of points alone. returns: whether that was all there is to do. raises: Invalid, Unauthenticated."""
    check_batch_size(metrics=metrics, params={}, tags={})
    check_points(metrics)
    try:
        found = add_points_at_once(authorization, run_id, metrics)
    except (InterfaceError, OperationalError):  # a connection that died while it was idle: admission takes another
        return False
    return found is not None and found[0] == LifecycleStage.ACTIVE and not is_heartbeat_due(found[1])


def end_run_at_once(authorization: str, run_id: UUID, *, status: RunStatus, ended_at: datetime) -> RunInfo | None:
    """As update_run of a running run. status: a terminal one. returns: None when it is not that simple. raises: Unauthenticated."""
    values = {
        "run": run_id,
        "status": status.value,
        "running": RunStatus.RUNNING.value,
        "ended_at": floor_to_millisecond(ended_at),
        "heard_at": now(),
        "own": OWN_TAGS,
    }
    try:
        with execute_prepared(_END_AT_ONCE, name_caller(authorization, Permission.TRACKING_WRITE) | values) as cursor:
            row = cursor.fetchone()
    except (InterfaceError, OperationalError):  # a connection that died while it was idle: admission takes another
        return None
    if row is None:
        return None
    identity, name, experiment_id, number, stored, started_at, end, user_name, stage, artifact_uri = row
    return RunInfo(
        identity,
        name,
        experiment_id,
        number,
        RunStatus(stored),
        started_at,
        end,
        user_name,
        LifecycleStage(stage),
        artifact_uri,
    )
