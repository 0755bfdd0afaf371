"""One thing done with a long metric history, in a process of its own: python -m tests.benchmarks._history_steps STEP POINTS."""

import json
import resource
import sys
import time
from datetime import timedelta
from uuid import UUID

import django

KEY = "loss"
BATCH = 1_000
DRAWINGS = 9
STRETCHES = 1_000


def fill(points: int) -> dict[str, object]:
    """A run of one metric, logged in batches of 1000 as a client does, merged as the worker does."""
    from assay.core import tenancy
    from assay.tracking.domain.values import MetricPoint
    from assay.tracking.services import experiments, merging, runs
    from tests.factories.organizations import found_organization

    organization_id = found_organization().id
    with tenancy.scope(organization_id):
        experiment = experiments.create_experiment(organization_id, name="long")
        run_id = runs.create_run(organization_id, experiment_id=experiment.id).id
    start = time.perf_counter()
    for first in range(0, points, BATCH):
        batch = [MetricPoint(KEY, 1 / (step + 1), step, 1_700_000_000_000 + 137 * step) for step in range(first, first + BATCH)]
        with tenancy.scope(organization_id):
            runs.log_batch(organization_id, run_id, metrics=batch)
        if first // BATCH % 500 == 499:
            merging.merge_waiting(organization_id)
    with tenancy.scope(organization_id):
        merging.merge_run(organization_id, run_id)
    seconds = time.perf_counter() - start
    return {
        "organization": str(organization_id),
        "run": str(run_id),
        "fill_seconds": round(seconds, 1),
        "bytes_per_point": round(_table_bytes() / points, 2),
    }


def draw(points: int, organization: str, run: str) -> dict[str, object]:
    """Milliseconds of the server for one drawing, median and worst; every drawing counts every point."""
    from assay.core import tenancy
    from assay.tracking.selectors.metrics import envelopes

    organization_id, run_id, times = UUID(organization), UUID(run), []
    for _ in range(DRAWINGS):
        start = time.perf_counter()
        with tenancy.scope(organization_id):
            envelope = envelopes(organization_id, [run_id], KEY, stretches=STRETCHES)[run_id]
        times.append(1_000 * (time.perf_counter() - start))
        assert sum(envelope.counts) == points
    return {"draw_milliseconds": round(sorted(times)[len(times) // 2], 1), "draw_worst_milliseconds": round(max(times), 1)}


def purge(points: int, organization: str, run: str) -> dict[str, object]:
    """Seconds from a run that is due to no trace of it, and the most memory that this process took."""
    from assay.core import tenancy
    from assay.core.clock import now
    from assay.tracking.models import MetricSegment, Run
    from assay.tracking.services import purges, runs

    organization_id, run_id = UUID(organization), UUID(run)
    with tenancy.scope(organization_id):
        runs.delete_run(organization_id, run_id)
        Run.objects.filter(id=run_id).update(deleted_at=now() - timedelta(days=8))
    start = time.perf_counter()
    purges.purge_due()
    seconds = time.perf_counter() - start
    with tenancy.scope(organization_id):
        assert not Run.objects.filter(id=run_id).exists()
        assert not MetricSegment.objects.filter(run_id=run_id).exists()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return {"purged_points": points, "purge_seconds": round(seconds, 2), "purge_peak_mib": peak}


def _table_bytes() -> int:
    """The whole table with indexes and TOAST, as it lies on the disk."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('tracking_metricsegment')")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    django.setup()
    name, count, *rest = sys.argv[1:]
    step = {"fill": fill, "draw": draw, "purge": purge}[name]
    sys.stdout.write(json.dumps(step(int(count), *rest)) + "\n")
