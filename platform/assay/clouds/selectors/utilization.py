"""Series of whole days, read for many resources at once."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import numpy as np

from assay.clouds.domain.utilization import Metric, Series, Values
from assay.core.clock import now
from assay.core.statements import execute_prepared, list_uuids

MOST_DAYS = 93
LITTLE_ENDIAN = np.dtype("<f4")
DAY = timedelta(days=1)

# One pass for a batch of resources and metrics, by the unique index (resource, metric, day). In the binary protocol, since hexadecimal text would
# double a fleet's hundreds of megabytes; and without the ORM, whose objects would take longer than the bytes.
READ = """
    SELECT resource_id, metric, day, period_seconds, average, maximum FROM clouds_utilizationday
    WHERE organization_id = %s AND resource_id = ANY(%s::uuid[]) AND metric = ANY(%s) AND day >= %s AND day < %s
"""

Row = tuple[UUID, str, date, int, bytes, bytes]


def read_series(
    organization_id: UUID, resource_ids: Sequence[UUID], metrics: Iterable[Metric], *, until: date, days: int
) -> dict[tuple[UUID, Metric], Series]:
    """(resource, metric) → the whole UTC days before `until`, in order. Called inside the scope.

    A pair that was measured on no day has no entry; days without a row are NaN, as are periods without a point. Every series has
    days x 86,400 / period steps; days that were measured in a longer period than others are repeated in the shorter one.
    """
    start = until - days * DAY
    wanted = sorted({metric.value for metric in metrics})
    rows: dict[tuple[UUID, Metric], list[Row]] = {}
    with execute_prepared(READ, (organization_id, list_uuids(resource_ids), wanted, start, until)) as cursor:
        for row in cursor:
            rows.setdefault((row[0], Metric(row[1])), []).append(row)
    begin = datetime.combine(start, time.min, tzinfo=UTC)
    return {pair: _join(found, start=start, begin=begin, days=days) for pair, found in rows.items()}


def read_last_days(organization_id: UUID, resource_id: UUID, metrics: Iterable[Metric], *, days: int) -> dict[Metric, Series]:
    """Of one resource, the whole days before today."""
    until = now().astimezone(UTC).date()
    found = read_series(organization_id, [resource_id], metrics, until=until, days=days)
    return {metric: found[resource_id, metric] for metric in Metric if (resource_id, metric) in found}


def _join(rows: list[Row], *, start: date, begin: datetime, days: int) -> Series:
    step = min(row[3] for row in rows)
    slots = 86_400 // step
    average = np.full(days * slots, np.nan, dtype=np.float32)
    maximum = average.copy()
    for _, _, day, period, averages, maxima in rows:
        at = (day - start).days * slots
        average[at : at + slots] = _stretch(averages, period // step)
        maximum[at : at + slots] = _stretch(maxima, period // step)
    return Series(begin, timedelta(seconds=step), average, maximum)


def _stretch(content: bytes, times: int) -> Values:
    values = np.frombuffer(content, dtype=LITTLE_ENDIAN)
    return values if times == 1 else np.repeat(values, times)
