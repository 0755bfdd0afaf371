"""Run search over HTTP: the same runs and the same question, answered by Assay and by MLflow's own server."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from tests.benchmarks._servers import Server, both_servers

RUNS = 600
KEYS = 20
PAGE = 100
QUESTIONS = 15
QUESTION = {
    "experiment_ids": ["0"],
    "filter": "metrics.metric_3 > 100 AND params.param_5 != 'x' AND tags.team = 'vision'",
    "order_by": ["metrics.metric_7 DESC"],
    "max_results": PAGE,
}


def measure() -> dict[str, object]:
    """Median milliseconds of a page on each side, and how many times faster Assay is (above 1: faster)."""
    with both_servers() as (assay, peer):
        for server in (assay, peer):
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda number, server=server: _fill(server, number), range(RUNS)))
        turns = [(_ask(assay), _ask(peer)) for _ in range(2)]
    ours, theirs = min(turn[0] for turn in turns), min(turn[1] for turn in turns)
    return {
        "milliseconds": round(ours, 1),
        "mlflow_milliseconds": round(theirs, 1),
        "ratio": round(theirs / ours, 2),
        "runs": RUNS,
        "page": PAGE,
        "metrics_and_params_a_run": 2 * KEYS,
    }


def _fill(server: Server, number: int) -> None:
    run_id = server.start_run()
    batch = {
        "run_id": run_id,
        "metrics": [{"key": f"metric_{key}", "value": number + key, "timestamp": 1, "step": 0} for key in range(KEYS)],
        "params": [{"key": f"param_{key}", "value": str(number % 7)} for key in range(KEYS)],
        "tags": [{"key": "team", "value": "vision" if number % 3 else "speech"}],
    }
    server.post(server.connect(), "runs/log-batch", batch)


def _ask(server: Server) -> float:
    connection, seconds = server.connect(), []
    for _ in range(QUESTIONS):
        start = time.perf_counter()
        found = server.post(connection, "runs/search", QUESTION)
        seconds.append(time.perf_counter() - start)
        assert len(found["runs"]) == PAGE
    return statistics.median(seconds) * 1_000
