"""Reads of metric history.

A metric's history is what its merged segments and the loose ones of its run hold together: both are read in one statement, so
every acknowledged point is there, once. Both walls stand in it: the organization as a condition, row-level security below.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from django.db import connection

from assay.core.statements import execute_prepared
from assay.tracking.domain.curves import Curve, Envelope
from assay.tracking.domain.errors import PageTokenRefused
from assay.tracking.domain.limits import INT64
from assay.tracking.domain.queries import HistoryPage
from assay.tracking.domain.segments import unpack
from assay.tracking.domain.values import MetricPoint
from assay.tracking.models import LatestMetric, RunParam, RunTag
from assay.tracking.models.runs import INDEXED_CHARACTERS

MOST_KEYS = 10_000
"""Keys of an experiment that are offered for columns: more than anybody chooses from."""

_SEGMENTS = """
SELECT run_id, key, payload FROM tracking_metricsegment
WHERE organization_id = %(organization)s AND run_id = ANY(%(runs)s) AND merged AND key = ANY(%(keys)s)
UNION ALL
SELECT run_id, key, payload FROM tracking_metricsegment
WHERE organization_id = %(organization)s AND run_id = ANY(%(runs)s) AND NOT merged AND (key IS NULL OR key = ANY(%(keys)s))
"""

# The index by experiment and key is jumped through, a probe a key, however many runs use it.
_KEYS = """
WITH RECURSIVE found AS (
    SELECT * FROM (SELECT ({first}) AS key, 1 AS place) one WHERE key IS NOT NULL
    UNION ALL
    SELECT next.key, found.place + 1 FROM found, LATERAL (SELECT ({next}) AS key) next
    WHERE next.key IS NOT NULL AND found.place < %(most)s
)
SELECT key FROM found ORDER BY key
"""
_LEAST = """
SELECT key FROM {table} WHERE organization_id = %(organization)s AND experiment_id = %(experiment)s {after} {part} ORDER BY key LIMIT 1
"""
_OF_TEXTS = (f"AND length(value) <= {INDEXED_CHARACTERS}", f"AND length(value) > {INDEXED_CHARACTERS}")
"""Short and long texts stand in indexes of their own."""


def curves(organization_id: UUID, run_ids: Sequence[UUID], keys: Sequence[str]) -> dict[tuple[UUID, str], Curve]:
    """Whole histories by (run, key); a metric that a run never logged is not there."""
    parts: dict[tuple[UUID, str], list[Curve]] = defaultdict(list)
    values = {"organization": organization_id, "runs": list(run_ids), "keys": list(keys)}
    with execute_prepared(_SEGMENTS, values) as cursor:
        for run_id, key, payload in cursor:
            segment = unpack(payload)
            for wanted in keys if key is None else (key,):
                curve = segment.curve(wanted)
                if curve is not None:
                    parts[run_id, wanted].append(curve)
    return {place: Curve.joined(sorted(found, key=lambda part: part.first)) for place, found in parts.items()}


def history(organization_id: UUID, run_id: UUID, key: str, *, limit: int = 25_000, page_token: str = "") -> HistoryPage:
    """Every point of a metric, by (timestamp_ms, step, value); none for a key never logged. raises: PageTokenRefused."""
    after = _read_token(page_token) if page_token else None
    curve = curves(organization_id, [run_id], [key]).get((run_id, key))
    if curve is None:
        return HistoryPage((), None)
    order = np.lexsort((curve.values, curve.steps, curve.timestamps_ms))
    if after is not None:
        order = order[_count_up_to(curve.take(order), after) :]
    page = curve.take(order[:limit])
    if len(order) <= limit:
        return HistoryPage(page.points(key), None)
    return HistoryPage(page.points(key), f"{page.timestamps_ms[-1]}_{page.steps[-1]}_{float(page.values[-1])!r}")


def series(
    organization_id: UUID, run_ids: Sequence[UUID], key: str, *, max_points: int = 1_000
) -> dict[UUID, tuple[MetricPoint, ...]]:
    """Curves for a chart: per run at most max_points finite points by step, the least and greatest of each stretch kept."""
    found = curves(organization_id, run_ids, [key])
    drawn = {run_id: curve.finite().thinned(max_points).points(key) for (run_id, _), curve in found.items()}
    return {run_id: points for run_id, points in drawn.items() if points}


def envelopes(
    organization_id: UUID, run_ids: Sequence[UUID], key: str, *, stretches: int = 500, steps: range = INT64
) -> dict[UUID, Envelope]:
    """What histories look like from afar, per run that logged the metric: see Curve.envelope. steps: of these only."""
    found = curves(organization_id, run_ids, [key])
    return {run_id: curve.within(steps).envelope(stretches) for (run_id, _), curve in found.items()}


def sample(
    organization_id: UUID, run_ids: Sequence[UUID], key: str, *, steps: range, max_points: int
) -> dict[UUID, tuple[MetricPoint, ...]]:
    """Per run at most max_points (and no fewer than 2) points of these steps, evenly taken, first and last among them."""
    found = curves(organization_id, run_ids, [key])
    sampled = {}
    for (run_id, _), curve in found.items():
        within = curve.within(steps)
        if len(within):
            sampled[run_id] = within.sampled(max_points).points(key)
    return sampled


def list_metric_keys(organization_id: UUID, experiment_id: UUID) -> list[str]:
    return _list_keys(LatestMetric, organization_id, experiment_id)


def list_param_keys(organization_id: UUID, experiment_id: UUID) -> list[str]:
    return _list_keys(RunParam, organization_id, experiment_id)


def list_tag_keys(organization_id: UUID, experiment_id: UUID) -> list[str]:
    return _list_keys(RunTag, organization_id, experiment_id)


def _list_keys(
    table: type[LatestMetric] | type[RunParam] | type[RunTag], organization_id: UUID, experiment_id: UUID
) -> list[str]:
    """The keys that runs of an experiment use, active or deleted, in alphabetical order."""
    parts = ("",) if table is LatestMetric else _OF_TEXTS
    first, following = (_least_key(table._meta.db_table, parts, after) for after in ("", "AND key > found.key"))
    statement = _KEYS.format(first=first, next=following)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organization": organization_id, "experiment": experiment_id, "most": MOST_KEYS})
        return [row[0] for row in cursor.fetchall()]


def _least_key(table: str, parts: Sequence[str], after: str) -> str:
    probes = (f"({_LEAST.format(table=table, after=after, part=part)})" for part in parts)
    return f"SELECT least({', '.join(probes)})"


def _count_up_to(ordered: Curve, last: MetricPoint) -> int:
    """How many points of a curve by (timestamp_ms, step, value) do not come after the last one of a page."""
    start = int(np.searchsorted(ordered.timestamps_ms, last.timestamp_ms, side="left"))
    end = int(np.searchsorted(ordered.timestamps_ms, last.timestamp_ms, side="right"))
    same = ordered.take(slice(start, end))
    earlier = (same.steps < last.step) | ((same.steps == last.step) & ~_greater(same.values, last.value))
    return start + int(np.count_nonzero(earlier))


def _greater(values: np.typing.NDArray[np.float64], limit: float) -> np.typing.NDArray[np.bool_]:
    """NaN is greater than every number."""
    return np.zeros(len(values), np.bool_) if math.isnan(limit) else (values > limit) | np.isnan(values)


def _read_token(token: str) -> MetricPoint:
    """Where a page ended; of no key."""
    try:
        timestamp_ms, step, value = token.split("_")
        last = MetricPoint("", float(value), int(step), int(timestamp_ms))
    except ValueError as error:
        raise PageTokenRefused from error
    if last.step not in INT64 or last.timestamp_ms not in INT64:
        raise PageTokenRefused
    return last
