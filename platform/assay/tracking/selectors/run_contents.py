"""What runs hold, many runs in one statement: a row a run, its metrics, params and tags as arrays in the order of their keys.

Out of arrays each reader builds what it answers with at once, without an object a value in between.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from assay.core.statements import execute_prepared, list_uuids
from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.domain.values import MetricValue, RunView

# Keys cannot hold the sign between them (domain.limits), and one text takes PostgreSQL a third of the time of an array.
# The run and each part of it are found by the primary key, however many runs are asked for and whatever the planner thinks of them.
_CONTENTS = """
SELECT r.id, r.name, r.experiment_id, r.status, r.started_at, r.ended_at, r.user_name, r.lifecycle_stage,
       r.artifact_uri, r.last_heartbeat_at, r.expects_heartbeat,
       EXISTS (SELECT FROM tracking_runinput WHERE run_id = asked.id AND organization_id = %(organization)s OFFSET 0)
       OR EXISTS (SELECT FROM tracking_runmodel WHERE run_id = asked.id AND organization_id = %(organization)s OFFSET 0),
       p.keys, p.texts, t.keys, t.texts, m.*
FROM unnest(%(runs)s::uuid[]) WITH ORDINALITY AS asked (id, place)
CROSS JOIN LATERAL (SELECT * FROM tracking_run WHERE id = asked.id AND organization_id = %(organization)s OFFSET 0) r
CROSS JOIN LATERAL (
    SELECT string_agg(key, '|') AS keys, array_agg(value) AS texts FROM (
        SELECT key, value FROM tracking_runparam WHERE run_id = asked.id AND organization_id = %(organization)s ORDER BY key
    ) param
) p
CROSS JOIN LATERAL (
    SELECT string_agg(key, '|') AS keys, array_agg(value) AS texts FROM (
        SELECT key, value FROM tracking_runtag WHERE run_id = asked.id AND organization_id = %(organization)s ORDER BY key
    ) tag
) t
CROSS JOIN LATERAL (
    SELECT {columns} FROM (
        SELECT * FROM tracking_latestmetric WHERE run_id = asked.id AND organization_id = %(organization)s ORDER BY key
    ) metric
) m
ORDER BY asked.place
"""
_NUMBER = "SELECT number FROM tracking_experiment WHERE organization_id = %(organization)s AND id = %(experiment)s"
_LATEST = ("value", "step", "timestamp_ms")
_SUMMARIES = (*_LATEST, "minimum", "maximum", "count")
_STATUSES = {status.value: status for status in RunStatus}
_STAGES = {stage.value: stage for stage in LifecycleStage}

_READ_LATEST, _READ_SUMMARIES = (
    _CONTENTS.format(columns=", ".join(["string_agg(key, '|')", *(f"array_agg({column})" for column in columns)]))
    for columns in (_LATEST, _SUMMARIES)
)


class RunContents(NamedTuple):
    """A run as it is stored.

    has_links: whether it has datasets or logged models. metric_*, param_*, tag_*: arrays of equal length by key; None without any.
    The last three are read for views alone.
    """

    id: UUID
    name: str
    experiment_id: UUID
    experiment_number: int
    status: RunStatus
    started_at: datetime
    ended_at: datetime | None
    user_name: str
    lifecycle_stage: LifecycleStage
    artifact_uri: str
    last_heartbeat_at: datetime
    expects_heartbeat: bool
    has_links: bool
    param_keys: list[str] | None
    param_values: list[str] | None
    tag_keys: list[str] | None
    tag_values: list[str] | None
    metric_keys: list[str] | None
    metric_values: list[float] | None
    metric_steps: list[int] | None
    metric_timestamps_ms: list[int] | None
    metric_minima: list[float | None] | None = None
    metric_maxima: list[float | None] | None = None
    metric_counts: list[int] | None = None


def read_contents(organization_id: UUID, run_ids: Sequence[UUID]) -> list[RunContents]:
    """Those of the runs that exist, active or deleted, in the order asked for."""
    return _read(_READ_LATEST, organization_id, run_ids)


def read_views(organization_id: UUID, run_ids: Sequence[UUID]) -> list[RunView]:
    """As read_contents, each metric with the summary of its history."""
    return [_view(run) for run in _read(_READ_SUMMARIES, organization_id, run_ids)]


def _read(statement: str, organization_id: UUID, run_ids: Sequence[UUID]) -> list[RunContents]:
    with execute_prepared(statement, {"organization": organization_id, "runs": list_uuids(run_ids)}) as cursor:
        rows = cursor.fetchall()
    numbers = {experiment_id: _number_of(organization_id, experiment_id) for experiment_id in {row[2] for row in rows}}
    typed = (
        (
            *row[:3], numbers[row[2]], _STATUSES[row[3]], *row[4:7], _STAGES[row[7]], *row[8:12],
            _split(row[12]), row[13], _split(row[14]), row[15], _split(row[16]), *row[17:],
        )
        for row in rows
    )  # fmt: skip
    return [RunContents(*values) for values in typed]


def _split(keys: str | None) -> list[str] | None:
    return None if keys is None else keys.split("|")


@lru_cache(maxsize=10_000)
def _number_of(organization_id: UUID, experiment_id: UUID) -> int:
    """It never changes, and joined to each run it costs several times as much as all else of the row."""
    with execute_prepared(_NUMBER, {"organization": organization_id, "experiment": experiment_id}) as cursor:
        return int(cursor.fetchall()[0][0])


def _view(run: RunContents) -> RunView:
    keys, metrics = run.metric_keys or (), [column or () for column in run[17:]]
    return RunView(
        id=run.id,
        name=run.name,
        experiment_id=run.experiment_id,
        experiment_number=run.experiment_number,
        status=run.status,
        started_at=run.started_at,
        ended_at=run.ended_at,
        user_name=run.user_name,
        lifecycle_stage=run.lifecycle_stage,
        metrics=dict(zip(keys, map(MetricValue, *metrics), strict=True)) if keys else {},
        params=dict(zip(run.param_keys or (), run.param_values or (), strict=True)),
        tags=dict(zip(run.tag_keys or (), run.tag_values or (), strict=True)),
        artifact_uri=run.artifact_uri,
        last_heartbeat_at=run.last_heartbeat_at,
        expects_heartbeat=run.expects_heartbeat,
    )
