"""Metric ingestion over HTTP: the same batches of 1000 points from four clients, into Assay and into MLflow's own server.

Every answered point is committed on both sides.
"""

from collections.abc import Iterator
from functools import partial

import msgspec

from tests.benchmarks._servers import Server, both_servers
from tests.benchmarks._writing import CLIENTS, START_MS, Act, compare

POINTS_A_BATCH = 1_000
METRICS_A_BATCH = 10
BATCHES_MADE = 60


def measure() -> dict[str, object]:
    """points_per_second of each, and their ratio (above 1: Assay takes more)."""
    with both_servers() as (assay, peer):
        ours, theirs = (batches * POINTS_A_BATCH for batches in compare(assay, peer, _prepare))
    return {
        "points_per_second": round(ours),
        "mlflow_points_per_second": round(theirs),
        "ratio": round(ours / theirs, 2),
        "clients": CLIENTS,
        "points_a_batch": POINTS_A_BATCH,
        "metrics_a_batch": METRICS_A_BATCH,
    }


def _prepare(server: Server) -> Iterator[Act]:
    """Ever new points: ten metrics, a hundred steps each. Each round of bodies goes to a run of its own, begun in between."""
    connection = server.connect()
    bodies = [_make_body(number) for number in range(BATCHES_MADE)]
    while True:
        run_id = server.start_run().encode()
        for body in bodies:
            yield partial(server.post_raw, connection, "runs/log-batch", body.replace(b"RUN_ID", run_id, 1))


def _make_body(number: int) -> bytes:
    steps = POINTS_A_BATCH // METRICS_A_BATCH
    metrics = [
        {"key": f"metric_{key}", "value": 1 / (step + key + 1), "timestamp": START_MS + step, "step": step}
        for step in range(number * steps, (number + 1) * steps)
        for key in range(METRICS_A_BATCH)
    ]
    return msgspec.json.encode({"run_id": "RUN_ID", "metrics": metrics})
