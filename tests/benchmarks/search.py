"""Run search over HTTP: the same 2,000 runs and the same questions, answered by Assay and by MLflow's own server.

What is timed is the whole answer, to its last byte. The servers are asked in turns, and the better turn counts.
"""

import statistics
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import msgspec

from tests.benchmarks._servers import Server, both_servers

RUNS = 2_000
KEYS = 20
TURNS = 3
CLIENTS = 4
PAGES = {100: 15, 1_000: 5}
"""Rows of a page → how often it is asked for in a turn."""
QUESTION = {
    "experiment_ids": ["0"],
    "filter": "metrics.metric_3 > 100 AND params.param_5 != 'x' AND tags.team = 'vision'",
    "order_by": ["metrics.metric_7 DESC"],
}


def measure() -> dict[str, object]:
    """Per page: median milliseconds on each side, and how many times faster Assay is (above 1: faster)."""
    with both_servers() as (assay, peer):
        for server in (assay, peer):
            with ThreadPoolExecutor(CLIENTS) as pool:
                list(pool.map(lambda number, server=server: _fill(server, number), range(RUNS)))
        turns = [(_ask(assay), _ask(peer)) for _ in range(TURNS)]
    figures: dict[str, object] = {"runs": RUNS, "metrics_and_params_a_run": 2 * KEYS}
    for rows in PAGES:
        ours, theirs = (min(turn[side][rows] for turn in turns) for side in (0, 1))
        figures[f"page_of_{rows}"] = {
            "milliseconds": round(ours, 1),
            "mlflow_milliseconds": round(theirs, 1),
            "ratio": round(theirs / ours, 1),
        }
    return figures


def _fill(server: Server, number: int) -> None:
    run_id = server.start_run()
    batch = {
        "run_id": run_id,
        "metrics": [{"key": f"metric_{key}", "value": number + key, "timestamp": 1, "step": 0} for key in range(KEYS)],
        "params": [{"key": f"param_{key}", "value": str(number % 7)} for key in range(KEYS)],
        "tags": [{"key": "team", "value": "vision" if number % 3 else "speech"}],
    }
    server.post(server.connect(), "runs/log-batch", batch)


def _ask(server: Server) -> Mapping[int, float]:
    """Median milliseconds by rows of a page."""
    connection, medians = server.connect(), {}
    for rows, times in PAGES.items():
        content, seconds = msgspec.json.encode({**QUESTION, "max_results": rows}), []
        for _ in range(times):
            start = time.perf_counter()
            answer = server.post_raw(connection, "runs/search", content)
            seconds.append(time.perf_counter() - start)
            assert len(msgspec.json.decode(answer)["runs"]) == rows
        medians[rows] = statistics.median(seconds) * 1_000
    return medians
