"""What a run logs: metrics, params and tags in one piece, or nothing of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from assay.core.clock import now
from assay.core.signals import run_changed, send_after_commit
from assay.core.statements import execute_prepared
from assay.tracking.domain.errors import NotActive, ParamsFixed, RunNotFound, TagNotFound
from assay.tracking.domain.limits import PARAM_LENGTH, TAG_LENGTH, check_batch_size, check_points, check_texts
from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.domain.values import MetricPoint
from assay.tracking.models import RunTag
from assay.tracking.services.liveness import keep_alive
from assay.tracking.services.locks import LockedRun, lock_run
from assay.tracking.services.points import add_points

HEARTBEAT_NOTED_EVERY = timedelta(seconds=10)
OWN_TAGS = "assay."
"""Tags that start so say where a run ran, or what it belongs to: other apps hear of them."""


# Those that stand with another value are told, and then nothing is added.
_SET_PARAMS = """
WITH batch AS (
    SELECT key, value FROM unnest(%(keys)s::text[], %(values)s::text[]) AS batch (key, value)
), others AS (
    SELECT known.key, known.value FROM tracking_runparam AS known JOIN batch USING (key)
    WHERE known.organization_id = %(organization)s AND known.run_id = %(run)s AND known.value <> batch.value
), added AS (
    INSERT INTO tracking_runparam (organization_id, run_id, experiment_id, key, value)
    SELECT %(organization)s, %(run)s, %(experiment)s, key, value FROM batch WHERE NOT EXISTS (SELECT FROM others)
    ON CONFLICT (run_id, key) DO NOTHING
)
SELECT key, value FROM others
"""
_SET_TAGS = """
INSERT INTO tracking_runtag (organization_id, run_id, experiment_id, key, value)
SELECT %(organization)s, %(run)s, %(experiment)s, key, value
FROM unnest(%(keys)s::text[], %(values)s::text[]) AS batch (key, value)
ON CONFLICT (run_id, key) DO UPDATE SET value = EXCLUDED.value
"""


def log_batch(
    organization_id: UUID,
    run_id: UUID,
    *,
    metrics: Sequence[MetricPoint] = (),
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Add points, set params once, set tags. The same batch again changes nothing.

    Called inside a transaction. Whatever can be refused is refused before the first write, so none of it stays behind.
    raises: RunNotFound, NotActive, ParamsFixed, Invalid.
    """
    params, tags = params or {}, tags or {}
    check_batch_size(metrics=metrics, params=params, tags=tags)
    check_points(metrics)
    check_texts(params, kind="param", limit=PARAM_LENGTH)
    check_texts(tags, kind="tag", limit=TAG_LENGTH)
    if metrics and not params and not tags:
        _add_points(organization_id, run_id, metrics)  # one statement: all of it or nothing
        return
    run = lock_run(organization_id, run_id)
    _set_params(run, params)
    set_tags(run, tags)
    if params or run.status != RunStatus.LOST:
        note_heartbeat(run)
    if metrics:
        _add_points(organization_id, run_id, metrics)


def _add_points(organization_id: UUID, run_id: UUID, metrics: Sequence[MetricPoint]) -> None:
    """raises: RunNotFound, NotActive."""
    found = add_points(organization_id, run_id, metrics)
    if found is None:
        raise RunNotFound(run_id)
    stage, last_heartbeat_at = found
    if stage != LifecycleStage.ACTIVE:
        raise NotActive("run", run_id.hex, required=LifecycleStage.ACTIVE, stage=stage)
    _note_heartbeat_of(organization_id, run_id, last_heartbeat_at)


def delete_tag(organization_id: UUID, run_id: UUID, *, key: str) -> None:
    """raises: RunNotFound, NotActive, TagNotFound."""
    with transaction.atomic():
        run = lock_run(organization_id, run_id)
        deleted, _ = RunTag.objects.filter(run_id=run_id, key=key).delete()
        if not deleted:
            raise TagNotFound("run", run_id.hex, key=key)
        if run.status != RunStatus.LOST:
            note_heartbeat(run)
        announce_own_tags(run.organization_id, run.id, [key])


def set_tags(run: LockedRun, tags: Mapping[str, str]) -> None:
    """Called with the run locked and the tags checked."""
    if tags:
        with execute_prepared(_SET_TAGS, _name_texts(run, tags)):
            announce_own_tags(run.organization_id, run.id, tags)


def announce_own_tags(organization_id: UUID, run_id: UUID, keys: Sequence[str] | Mapping[str, str]) -> None:
    if any(key.startswith(OWN_TAGS) for key in keys):
        send_after_commit(run_changed, organization_id=organization_id, run_id=run_id)


def note_heartbeat(run: LockedRun) -> None:
    """A run that writes is alive; noted rarely, so that logging does not write the run's row all the time.

    Not called for tags alone on a lost run: people write them too, and a note must not bring a run back.
    """
    _note_heartbeat_of(run.organization_id, run.id, run.last_heartbeat_at)


def _note_heartbeat_of(organization_id: UUID, run_id: UUID, last_heartbeat_at: datetime) -> None:
    if is_heartbeat_due(last_heartbeat_at):
        keep_alive(organization_id, run_id)


def is_heartbeat_due(last_heartbeat_at: datetime) -> bool:
    return now() - last_heartbeat_at >= HEARTBEAT_NOTED_EVERY


def _set_params(run: LockedRun, params: Mapping[str, str]) -> None:
    """Called with the run locked, so nobody sets another value meanwhile."""
    if not params:
        return
    with execute_prepared(_SET_PARAMS, _name_texts(run, params)) as cursor:
        others = dict(cursor.fetchall())
    conflicts = [{"key": key, "old_value": others[key], "new_value": value} for key, value in params.items() if key in others]
    if conflicts:
        raise ParamsFixed(run.id, conflicts)


def _name_texts(run: LockedRun, texts: Mapping[str, str]) -> dict[str, object]:
    return {
        "organization": run.organization_id,
        "run": run.id,
        "experiment": run.experiment_id,
        "keys": list(texts),
        "values": list(texts.values()),
    }
