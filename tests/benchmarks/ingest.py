"""Metric ingestion over HTTP: the same batches of 1000 points from four clients, into Assay and into MLflow's own server.

Every answered point is committed on both sides. The servers are measured one after the other, twice, and the better turn counts.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.benchmarks._servers import Server, both_servers

CLIENTS = 4
POINTS_A_BATCH = 1_000
METRICS_A_BATCH = 10
SECONDS_A_TURN = 12.0
START_MS = 1_700_000_000_000


def measure() -> dict[str, object]:
    """points_per_second of each, and their ratio (above 1: Assay takes more)."""
    with both_servers() as (assay, peer):
        turns = [(_ingest(assay), _ingest(peer)) for _ in range(2)]
    ours, theirs = max(turn[0] for turn in turns), max(turn[1] for turn in turns)
    return {
        "points_per_second": round(ours),
        "mlflow_points_per_second": round(theirs),
        "ratio": round(ours / theirs, 2),
        "clients": CLIENTS,
        "points_a_batch": POINTS_A_BATCH,
    }


def _ingest(server: Server) -> float:
    """Points a second that the server answered, over all clients; each client has a run of its own."""
    gate = threading.Barrier(CLIENTS, timeout=120)
    with ThreadPoolExecutor(CLIENTS) as pool:
        rates = pool.map(lambda _: _ingest_alone(server, gate), range(CLIENTS))
        return sum(rates)


def _ingest_alone(server: Server, gate: threading.Barrier) -> float:
    connection, batches = server.connect(), _batches(server.start_run())
    server.post(connection, "runs/log-batch", next(batches))
    gate.wait()
    start, points = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS_A_TURN:
        server.post(connection, "runs/log-batch", next(batches))
        points += POINTS_A_BATCH
    return points / (time.perf_counter() - start)


def _batches(run_id: str) -> Iterator[dict[str, object]]:
    """Ever new points: ten metrics, a hundred steps each."""
    first = 0
    steps = POINTS_A_BATCH // METRICS_A_BATCH
    while True:
        metrics = [
            {"key": f"metric_{key}", "value": 1 / (step + key + 1), "timestamp": START_MS + step, "step": step}
            for step in range(first, first + steps)
            for key in range(METRICS_A_BATCH)
        ]
        yield {"run_id": run_id, "metrics": metrics}
        first += steps
