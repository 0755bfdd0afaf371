"""Adding metric points: the one place with SQL for it.

One statement a batch. The points go in by their own key, so what was there already is not added again and is not counted again;
what really went in is summed up per metric and laid over the summary. `(step, timestamp_ms, value)` compares as one row value in
PostgreSQL's order, where NaN is above every number; minimum and maximum leave NaN out.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from assay.tracking.domain.values import MetricPoint

_ADD = """
WITH added AS (
    INSERT INTO tracking_metricpoint (organization_id, run_id, key, step, timestamp_ms, value)
    SELECT %(organization)s, %(run)s, key, step, timestamp_ms, value
    FROM unnest(%(keys)s::text[], %(steps)s::bigint[], %(timestamps)s::bigint[], %(values)s::float8[])
         AS batch (key, step, timestamp_ms, value)
    ON CONFLICT DO NOTHING
    RETURNING key, step, timestamp_ms, value
), latest AS (
    SELECT DISTINCT ON (key) key, step, timestamp_ms, value FROM added ORDER BY key, step DESC, timestamp_ms DESC, value DESC
), extent AS (
    SELECT key, min(value) FILTER (WHERE value <> 'NaN') AS minimum, max(value) FILTER (WHERE value <> 'NaN') AS maximum,
           count(*) AS count
    FROM added GROUP BY key
)
INSERT INTO tracking_latestmetric AS known
       (organization_id, run_id, key, step, timestamp_ms, value, minimum, maximum, count)
SELECT %(organization)s, %(run)s, key, step, timestamp_ms, value, minimum, maximum, count
FROM latest JOIN extent USING (key)
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
"""


def add_points(organization_id: UUID, run_id: UUID, points: Sequence[MetricPoint]) -> None:
    """Called with the run locked and the points checked, inside the transaction of what else the batch holds."""
    if not points:
        return
    values: dict[str, Any] = {
        "organization": organization_id,
        "run": run_id,
        "keys": [point.key for point in points],
        "steps": [point.step for point in points],
        "timestamps": [point.timestamp_ms for point in points],
        "values": [point.value for point in points],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)
