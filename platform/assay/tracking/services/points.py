"""Adding metric points, and throwing them away: the one place that writes loose segments and latest values.

One statement a batch, one row of history. The row is named by what it holds, so a batch that comes again adds nothing and is not
counted again. `(step, timestamp_ms, value)` compares as one row value in PostgreSQL's order, where NaN is above every number.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isnan
from typing import Any
from uuid import UUID

from assay.accounts.domain.roles import Permission
from assay.accounts.services.admission import CALLER, name_caller
from assay.core.statements import execute_prepared
from assay.tracking.domain.segments import Segment, digest, pack, pack_point
from assay.tracking.domain.values import MetricPoint

# Keys come in alphabetical order, so that writers of one run never wait for each other in a circle. No row lock on the run: a
# point that comes while the run is being deleted stands beside those logged before.
_STATEMENT = """
WITH {caller}, run AS MATERIALIZED (
    SELECT found.* FROM caller CROSS JOIN LATERAL (
        SELECT organization_id, id, experiment_id, lifecycle_stage, last_heartbeat_at FROM tracking_run
        WHERE organization_id = caller.organization_id AND id = %(run)s OFFSET 0
    ) AS found
), added AS (
    INSERT INTO tracking_metricsegment (organization_id, run_id, digest, key, merged, count, payload)
    SELECT organization_id, id, %(digest)s, %(key)s, false, %(count)s, %(payload)s FROM run WHERE lifecycle_stage = 'active'
    ON CONFLICT (run_id, digest) DO NOTHING
    RETURNING run_id
), latest AS (
    INSERT INTO tracking_latestmetric AS known
           (organization_id, run_id, experiment_id, key, step, timestamp_ms, value, minimum, maximum, count)
    SELECT run.organization_id, run.id, run.experiment_id, batch.*
    FROM run, added, {batch} AS batch
    ON CONFLICT (run_id, key) DO UPDATE SET
        (step, timestamp_ms, value) = (
            SELECT step, timestamp_ms, value
            FROM (VALUES (known.step, known.timestamp_ms, known.value), (EXCLUDED.step, EXCLUDED.timestamp_ms, EXCLUDED.value))
                 AS both_latest (step, timestamp_ms, value)
            ORDER BY step DESC, timestamp_ms DESC, value DESC LIMIT 1
        ),
        minimum = LEAST(known.minimum, EXCLUDED.minimum),
        maximum = GREATEST(known.maximum, EXCLUDED.maximum),
        count = known.count + EXCLUDED.count
)
SELECT lifecycle_stage, last_heartbeat_at FROM run
"""
_COLUMNS = """unnest(
    %(keys)s::text[], %(steps)s::bigint[], %(timestamps)s::bigint[], %(values)s::float8[], %(minima)s::float8[],
    %(maxima)s::float8[], %(counts)s::bigint[]
)"""
_ROW = """(VALUES (
    %(key)s::text, %(step)s::bigint, %(timestamp)s::bigint, %(value)s::float8, %(number)s::float8, %(number)s::float8, 1::bigint
))"""
_IN_SCOPE = "caller AS (SELECT %(organization)s::uuid AS organization_id)"
_ADD, _ADD_ONE = (_STATEMENT.format(caller=_IN_SCOPE, batch=batch) for batch in (_COLUMNS, _ROW))
_ADD_AT_ONCE, _ADD_ONE_AT_ONCE = (_STATEMENT.format(caller=CALLER, batch=batch) for batch in (_COLUMNS, _ROW))
_PURGE = """
DELETE FROM tracking_metricsegment WHERE (run_id, digest) IN (
    SELECT run_id, digest FROM tracking_metricsegment WHERE organization_id = %s AND run_id = %s LIMIT %s
)
"""


def add_points(organization_id: UUID, run_id: UUID, points: Sequence[MetricPoint]) -> tuple[str, datetime] | None:
    """Called with the points checked, at least one, inside the transaction of what else the batch holds.

    Adds nothing to a run that is not active: the caller looks at the answer.
    returns: the run's lifecycle stage and last heartbeat; None when there is no such run.
    """
    one = len(points) == 1
    return _execute(_ADD_ONE if one else _ADD, {"organization": organization_id}, run_id, points)


def add_points_at_once(authorization: str, run_id: UUID, points: Sequence[MetricPoint]) -> tuple[str, datetime] | None:
    """As add_points for whoever holds this token, outside a transaction: the statement is one.

    returns: None also for a caller who may not, or whose token's use is to be noted. raises: Unauthenticated.
    """
    one, caller = len(points) == 1, name_caller(authorization, Permission.TRACKING_WRITE)
    return _execute(_ADD_ONE_AT_ONCE if one else _ADD_AT_ONCE, caller, run_id, points)


def purge_points(organization_id: UUID, run_id: UUID, *, limit: int) -> int:
    """Remove at most limit segments of a run's history for good. returns: how many went; fewer than limit once none is left."""
    with execute_prepared(_PURGE, [organization_id, run_id, limit]) as cursor:
        return cursor.rowcount


def _execute(
    statement: str, caller: Mapping[str, Any], run_id: UUID, points: Sequence[MetricPoint]
) -> tuple[str, datetime] | None:
    values = _row_of(points[0]) if len(points) == 1 else _columns_of(points)
    with execute_prepared(statement, {**caller, "run": run_id, **values}) as cursor:
        row: tuple[str, datetime] | None = cursor.fetchone()
    return row


def _row_of(point: MetricPoint) -> dict[str, Any]:
    payload, value = pack_point(point), point.value + 0.0
    return {
        "digest": digest(payload),
        "key": point.key,
        "count": 1,
        "payload": payload,
        "step": point.step,
        "timestamp": point.timestamp_ms,
        "value": value,
        "number": None if isnan(value) else value,
    }


def _columns_of(points: Sequence[MetricPoint]) -> dict[str, Any]:
    segment = Segment.of(points)
    payload, summary = pack(segment), segment.summary()
    return {
        "digest": digest(payload),
        "key": summary.keys[0] if len(summary.keys) == 1 else None,
        "count": len(segment.all_points),
        "payload": payload,
        "keys": summary.keys,
        "steps": summary.steps,
        "timestamps": summary.timestamps_ms,
        "values": summary.values,
        "minima": summary.minima,
        "maxima": summary.maxima,
        "counts": summary.counts,
    }
