"""Merging loose segments into segments of one metric: what keeps history small and quick to read, and changes nothing it says."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from assay.core import tenancy
from assay.core.statements import execute_prepared
from assay.tracking.domain.curves import Curve
from assay.tracking.domain.segments import SEGMENT_POINTS, Segment, digest, pack, unpack

MERGED_FROM = 32
"""Loose segments that a run may keep: fewer cost readers little."""
RUNS_A_TURN = 50
SEGMENTS_A_STEP = 2_000
"""Loose segments merged in one transaction: at most 2,000,000 points, some 50 MB."""

_WAITING = """
SELECT run_id FROM tracking_metricsegment WHERE organization_id = %s AND NOT merged
GROUP BY run_id HAVING count(*) >= %s ORDER BY count(*) DESC LIMIT %s
"""
_LOOSE = """
SELECT digest, payload FROM tracking_metricsegment WHERE organization_id = %s AND run_id = %s AND NOT merged LIMIT %s
"""
# What the new points fall among, and the last segment of the metric while there is room in it.
_NEIGHBOURS = """
SELECT old.key, old.digest, old.payload
FROM unnest(%(keys)s::text[], %(first_steps)s::bigint[], %(first_times)s::bigint[], %(last_steps)s::bigint[], %(last_times)s::bigint[])
     AS new (key, first_step, first_time, last_step, last_time)
JOIN tracking_metricsegment AS old ON old.run_id = %(run)s AND old.merged AND old.key = new.key
WHERE old.organization_id = %(organization)s AND (
    (old.first_step, old.first_timestamp_ms) <= (new.last_step, new.last_time)
    AND (old.last_step, old.last_timestamp_ms) >= (new.first_step, new.first_time)
    OR old.count < %(room)s AND NOT EXISTS (
        SELECT FROM tracking_metricsegment AS later
        WHERE later.run_id = old.run_id AND later.merged AND later.key = old.key
          AND (later.first_step, later.first_timestamp_ms) > (old.first_step, old.first_timestamp_ms)
    )
)
"""
_REMOVE = "DELETE FROM tracking_metricsegment WHERE organization_id = %s AND run_id = %s AND digest = ANY(%s)"
_INSERT = """
INSERT INTO tracking_metricsegment (organization_id, run_id, digest, key, merged, count, first_step, first_timestamp_ms,
                                    last_step, last_timestamp_ms, payload)
SELECT %(organization)s, %(run)s, piece.digest, piece.key, true, piece.count, piece.first_step, piece.first_time,
       piece.last_step, piece.last_time, piece.payload
FROM unnest(%(digests)s::uuid[], %(keys)s::text[], %(counts)s::int[], %(first_steps)s::bigint[], %(first_times)s::bigint[],
            %(last_steps)s::bigint[], %(last_times)s::bigint[], %(payloads)s::bytea[])
     AS piece (digest, key, count, first_step, first_time, last_step, last_time, payload)
ON CONFLICT (run_id, digest) DO NOTHING
"""
_COUNT_LESS = """
UPDATE tracking_latestmetric AS known SET count = known.count - repeated.count
FROM unnest(%s::text[], %s::bigint[]) AS repeated (key, count)
WHERE known.organization_id = %s AND known.run_id = %s AND known.key = repeated.key
"""


@dataclass(slots=True)
class _Parts:
    """What is known of one metric: curves to join, and how many points they have."""

    curves: list[Curve] = field(default_factory=list)
    count: int = 0

    def add(self, curve: Curve) -> None:
        self.curves.append(curve)
        self.count += len(curve)


def merge_waiting(organization_id: UUID) -> int:
    """Merge the runs that have the most loose segments, each in steps of its own. returns: how many runs."""
    with tenancy.scope(organization_id), connection.cursor() as cursor:
        cursor.execute(_WAITING, [organization_id, MERGED_FROM, RUNS_A_TURN])
        run_ids = [row[0] for row in cursor.fetchall()]
    for run_id in run_ids:
        while True:
            with tenancy.scope(organization_id):
                if merge_run(organization_id, run_id) < SEGMENTS_A_STEP:
                    break
    return len(run_ids)


def merge_run(organization_id: UUID, run_id: UUID) -> int:
    """One step, in one transaction; readers see history before it or after it. returns: how many loose segments went.

    Another merger of the same run has precedence: then nothing is done.
    """
    with transaction.atomic():
        if not _lock(run_id):
            return 0
        loose = _read(_LOOSE, [organization_id, run_id, SEGMENTS_A_STEP])
        if not loose:
            return 0
        metrics: dict[str, _Parts] = defaultdict(_Parts)
        for _, payload in loose:
            for key, curve in unpack(payload).curves():
                metrics[key].add(curve)
        replaced = [row[0] for row in loose]
        for key, name, payload in _read(_NEIGHBOURS, _extents(organization_id, run_id, metrics)):
            metrics[key].add(unpack(payload).all_points)
            replaced.append(name)
        whole = {key: Curve.joined(parts.curves) for key, parts in metrics.items()}
        with execute_prepared(_REMOVE, [organization_id, run_id, replaced]):
            pass
        _insert(organization_id, run_id, whole)
        _count_less(organization_id, run_id, {key: parts.count - len(whole[key]) for key, parts in metrics.items()})
    return len(loose)


def _lock(run_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"tracking.merging.{run_id}"])
        return bool(cursor.fetchone()[0])


def _read(statement: str, parameters: Any) -> list[Any]:
    with execute_prepared(statement, parameters) as cursor:
        return cursor.fetchall()


def _extents(organization_id: UUID, run_id: UUID, metrics: dict[str, _Parts]) -> dict[str, Any]:
    firsts = [min(curve.first for curve in parts.curves) for parts in metrics.values()]
    lasts = [max(curve.last for curve in parts.curves) for parts in metrics.values()]
    return {
        "organization": organization_id,
        "run": run_id,
        "room": SEGMENT_POINTS,
        "keys": list(metrics),
        "first_steps": [place.step for place in firsts],
        "first_times": [place.timestamp_ms for place in firsts],
        "last_steps": [place.step for place in lasts],
        "last_times": [place.timestamp_ms for place in lasts],
    }


def _insert(organization_id: UUID, run_id: UUID, whole: dict[str, Curve]) -> None:
    pieces = [(key, piece) for key, curve in whole.items() for piece in curve.cut(SEGMENT_POINTS)]
    payloads = [pack(Segment.of_curve(key, piece)) for key, piece in pieces]
    values = {
        "organization": organization_id,
        "run": run_id,
        "digests": [digest(payload) for payload in payloads],
        "keys": [key for key, _ in pieces],
        "counts": [len(piece) for _, piece in pieces],
        "first_steps": [piece.first.step for _, piece in pieces],
        "first_times": [piece.first.timestamp_ms for _, piece in pieces],
        "last_steps": [piece.last.step for _, piece in pieces],
        "last_times": [piece.last.timestamp_ms for _, piece in pieces],
        "payloads": payloads,
    }
    with execute_prepared(_INSERT, values):
        pass


def _count_less(organization_id: UUID, run_id: UUID, repeated: dict[str, int]) -> None:
    keys: Iterable[str] = [key for key, count in repeated.items() if count]
    if keys:
        with execute_prepared(_COUNT_LESS, [keys, [repeated[key] for key in keys], organization_id, run_id]):
            pass
