"""Reads of metric history: the one place with SQL for it.

The primary key (run_id, key, step, timestamp_ms, value) answers every question here by one index range per run and key. Both
walls stand in each statement: the organization as a condition, and row-level security below it.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from assay.tracking.domain.errors import PageTokenRefused
from assay.tracking.domain.queries import HistoryPage
from assay.tracking.domain.states import LifecycleStage
from assay.tracking.domain.values import MetricPoint
from assay.tracking.models import LatestMetric, Run, RunParam, RunTag

NEWEST_RUNS = 1_000
"""How many runs of an experiment are looked at for the keys they use: enough for columns to choose from."""

_HISTORY = """
SELECT value, step, timestamp_ms FROM tracking_metricpoint
WHERE organization_id = %(organization)s AND run_id = %(run)s AND key = %(key)s {after}
ORDER BY timestamp_ms, step, value LIMIT %(limit)s
"""
_AFTER = "AND (timestamp_ms, step, value) > (%(timestamp_ms)s, %(step)s, %(value)s::float8)"

# Rows are numbered in step order, which the key already gives; of each bucket the least and the greatest are kept, so
# that spikes survive. Only finite values: a chart cannot draw others.
_SERIES = """
WITH numbered AS (
    SELECT run_id, step, timestamp_ms, value,
           row_number() OVER (PARTITION BY run_id ORDER BY step, timestamp_ms, value) - 1 AS place,
           count(*) OVER (PARTITION BY run_id) AS total
    FROM tracking_metricpoint
    WHERE organization_id = %(organization)s AND run_id = ANY(%(runs)s) AND key = %(key)s
      AND value BETWEEN '-1.7976931348623157e308'::float8 AND '1.7976931348623157e308'::float8
), ranked AS (
    SELECT *,
           row_number() OVER (PARTITION BY run_id, place * %(buckets)s / total ORDER BY value, place) AS from_least,
           row_number() OVER (PARTITION BY run_id, place * %(buckets)s / total ORDER BY value DESC, place DESC) AS from_greatest
    FROM numbered
)
SELECT run_id, value, step, timestamp_ms FROM ranked
WHERE total <= %(points)s OR from_least = 1 OR from_greatest = 1
ORDER BY run_id, step, timestamp_ms, value
"""

_SAMPLE = """
WITH numbered AS (
    SELECT run_id, step, timestamp_ms, value,
           row_number() OVER (PARTITION BY run_id ORDER BY step, timestamp_ms, value) - 1 AS place,
           count(*) OVER (PARTITION BY run_id) AS total
    FROM tracking_metricpoint
    WHERE organization_id = %(organization)s AND run_id = ANY(%(runs)s) AND key = %(key)s
      AND step BETWEEN %(first)s AND %(last)s
)
SELECT run_id, value, step, timestamp_ms FROM numbered
WHERE total <= %(points)s OR place IN (0, total - 1) OR place * (%(points)s - 1) / total <> (place - 1) * (%(points)s - 1) / total
ORDER BY run_id, step, timestamp_ms, value
"""


def history(organization_id: UUID, run_id: UUID, key: str, *, limit: int = 25_000, page_token: str = "") -> HistoryPage:
    """Every point of a metric, by (timestamp_ms, step, value); none for a key never logged. raises: PageTokenRefused."""
    values: dict[str, Any] = {"organization": organization_id, "run": run_id, "key": key, "limit": limit + 1}
    if page_token:
        values |= _read_token(page_token)
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY.format(after=_AFTER if page_token else ""), values)
        points = [MetricPoint(key, *row) for row in cursor.fetchall()]
    if len(points) <= limit:
        return HistoryPage(tuple(points), None)
    last = points[limit - 1]
    return HistoryPage(tuple(points[:limit]), f"{last.timestamp_ms}_{last.step}_{last.value!r}")


def series(
    organization_id: UUID, run_ids: Sequence[UUID], key: str, *, max_points: int = 1_000
) -> dict[UUID, tuple[MetricPoint, ...]]:
    """Curves for a chart: per run at most max_points finite points by step, the least and greatest of each stretch kept."""
    return _read_runs(_SERIES, organization_id, run_ids, key, points=max_points, buckets=max(max_points // 2, 1))


def sample(
    organization_id: UUID, run_ids: Sequence[UUID], key: str, *, steps: range, max_points: int
) -> dict[UUID, tuple[MetricPoint, ...]]:
    """Per run at most max_points (and no fewer than 2) points of these steps, evenly taken, first and last among them."""
    return _read_runs(_SAMPLE, organization_id, run_ids, key, points=max_points, first=steps.start, last=steps.stop - 1)


def list_metric_keys(organization_id: UUID, experiment_id: UUID) -> list[str]:
    return _list_keys(LatestMetric, organization_id, experiment_id)


def list_param_keys(organization_id: UUID, experiment_id: UUID) -> list[str]:
    return _list_keys(RunParam, organization_id, experiment_id)


def list_tag_keys(organization_id: UUID, experiment_id: UUID) -> list[str]:
    return _list_keys(RunTag, organization_id, experiment_id)


def _list_keys(
    table: type[LatestMetric] | type[RunParam] | type[RunTag], organization_id: UUID, experiment_id: UUID
) -> list[str]:
    """The keys that the newest active runs of an experiment use, in alphabetical order."""
    runs = Run.objects.filter(
        organization_id=organization_id, experiment_id=experiment_id, lifecycle_stage=LifecycleStage.ACTIVE
    ).order_by("-started_at")
    newest = list(runs.values_list("id", flat=True)[:NEWEST_RUNS])
    return list(table.objects.filter(run_id__in=newest).order_by("key").values_list("key", flat=True).distinct())


def _read_runs(
    statement: str, organization_id: UUID, run_ids: Sequence[UUID], key: str, **values: int
) -> dict[UUID, tuple[MetricPoint, ...]]:
    found: dict[UUID, list[MetricPoint]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organization": organization_id, "runs": list(run_ids), "key": key, **values})
        for run_id, *point in cursor.fetchall():
            found[run_id].append(MetricPoint(key, *point))
    return {run_id: tuple(points) for run_id, points in found.items()}


def _read_token(token: str) -> dict[str, float]:
    try:
        timestamp_ms, step, value = token.split("_")
        numbers = {"timestamp_ms": int(timestamp_ms), "step": int(step), "value": float(value)}
    except ValueError as error:
        raise PageTokenRefused from error
    if not all(-(2**63) <= numbers[name] < 2**63 for name in ("timestamp_ms", "step")):
        raise PageTokenRefused
    return numbers
