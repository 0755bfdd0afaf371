"""One thing done with a fleet, in a process of its own: python -m tests.benchmarks._check_steps fill MACHINES | check ORGANIZATION."""

import itertools
import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import django
import numpy as np

DAYS = 14
PERIODS = 288
TYPES = ("m5.large", "m5.xlarge", "m5.2xlarge", "c6i.xlarge", "c6i.2xlarge", "r6i.xlarge", "t3.large", "g5.xlarge")
METRICS = ("cpu_percent", "memory_percent", "network_in_bytes_per_second", "network_out_bytes_per_second")
Row = tuple[UUID, str, date, bytes, bytes]
ROWS_AT_ONCE = 2_000
INSERT = """
    INSERT INTO clouds_utilizationday (id, organization_id, resource_id, metric, day, period_seconds, average, maximum)
    SELECT id, %s, resource_id, metric, day, 300, average, maximum
    FROM unnest(%s::uuid[], %s::uuid[], %s::varchar[], %s::date[], %s::bytea[], %s::bytea[])
         AS rows(id, resource_id, metric, day, average, maximum)
"""
LOADS = (2.0, 12.0, 35.0, 70.0)
"""Percent of CPU at the peak: idle, far too large, too large, right."""


def fill(machines: int) -> dict[str, object]:
    """Machines, a volume each of which every tenth is loose, and the series of a quarter of a million days."""
    from assay.clouds.domain.inventory import Instance, ResourceKind, Volume
    from assay.core import tenancy
    from assay.core.clock import now
    from tests.factories import clouds
    from tests.factories.organizations import found_organization

    organization_id, at = found_organization().id, now()
    seen = {"first_seen_at": at - timedelta(days=60), "last_seen_at": at, "state_since": at - timedelta(days=60)}
    start = time.perf_counter()
    with tenancy.scope(organization_id):
        ids = []
        for number in range(machines):
            kind = TYPES[number % len(TYPES)]
            ids.append(clouds.keep(organization_id, ResourceKind.INSTANCE, f"i-{number:08}", Instance(kind), **seen).id)
            state = "available" if number % 10 == 0 else "in-use"
            attached = () if number % 10 == 0 else (f"i-{number:08}",)
            volume = Volume("gp3", 100, attached_to=attached)
            clouds.keep(organization_id, ResourceKind.VOLUME, f"vol-{number:08}", volume, **{**seen, "state": state})
        _insert_series(organization_id, ids, at)
    return {"organization": str(organization_id), "fill_seconds": round(time.perf_counter() - start, 1)}


def check(organization: str) -> dict[str, object]:
    """Every check once, one after another."""
    from assay.core import tenancy
    from assay.recommendations.models import CheckResult, Finding
    from assay.recommendations.services import running

    organization_id = UUID(organization)
    start = time.perf_counter()
    with tenancy.scope(organization_id):
        run = running.start_run(organization_id, trigger=running.SCHEDULE)
        ids = list(CheckResult.objects.filter(run_id=run.id).values_list("id", flat=True))
    for result_id in ids:
        running.run_check(organization_id, result_id)
    seconds = time.perf_counter() - start
    with tenancy.scope(organization_id):
        states = dict(CheckResult.objects.filter(run_id=run.id).values_list("check_name", "state"))
        assert set(states.values()) == {"found"}, states
        slowest = list(CheckResult.objects.filter(run_id=run.id).order_by("-seconds").values_list("check_name", "seconds")[:3])
        found = Finding.objects.count()
    return {
        "seconds": round(seconds, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "findings": found,
        "slowest": {name: round(took, 1) for name, took in slowest},
    }


def _insert_series(organization_id: UUID, ids: list[UUID], at: datetime) -> None:
    """Row-level security allows no COPY."""
    from django.db import connection

    from assay.core.ids import new_id

    with connection.cursor() as cursor:
        for rows in _batches(_series(ids, at)):
            cursor.execute(
                INSERT, [organization_id, [new_id() for _ in rows], *(list(column) for column in zip(*rows, strict=True))]
            )


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(itertools.islice(rows, ROWS_AT_ONCE)):
        yield batch


def _series(ids: list[UUID], at: datetime) -> Iterator[Row]:
    """Days differ by a chance, of which there are so many that no two machines of one load have the same two weeks."""
    chance = np.random.default_rng(7)
    shapes = 0.55 + 0.45 * np.sin(np.linspace(0, np.pi, PERIODS)) + chance.normal(0, 0.03, (512, PERIODS))
    for number, resource_id in enumerate(ids):
        peak = LOADS[number % len(LOADS)]
        for metric in METRICS:
            scale = peak if metric.endswith("percent") else peak * 10_000 - 19_990
            for back in range(1, DAYS + 1):
                shape = np.clip(shapes[(number * 31 + back * 7) % len(shapes)], 0.01, 1.2)
                average = (scale * shape).astype("<f4")
                yield resource_id, metric, at.date() - timedelta(days=back), average.tobytes(), (average * 1.1).tobytes()


if __name__ == "__main__":
    django.setup()
    step, *rest = sys.argv[1:]
    answer = fill(int(rest[0])) if step == "fill" else check(rest[0])
    sys.stdout.write(json.dumps(answer) + "\n")
