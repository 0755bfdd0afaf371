"""Short runs from four clients: begin, log five metrics and five params, finish; in Assay and in MLflow's own server."""

from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection

from tests.benchmarks._servers import Server, both_servers
from tests.benchmarks._writing import CLIENTS, START_MS, Act, compare

KEYS = 5


def measure() -> dict[str, object]:
    """runs_per_second of each, and their ratio (above 1: Assay takes more)."""
    with both_servers() as (assay, peer):
        ours, theirs = compare(assay, peer, _prepare)
    return {
        "runs_per_second": round(ours, 1),
        "mlflow_runs_per_second": round(theirs, 1),
        "ratio": round(ours / theirs, 2),
        "clients": CLIENTS,
        "requests_a_run": 3,
    }


def _prepare(server: Server) -> Iterator[Act]:
    connection = server.connect()
    while True:
        yield partial(_run, server, connection)


def _run(server: Server, connection: HTTPConnection) -> None:
    begun = {"experiment_id": "0", "start_time": START_MS, "tags": [{"key": "mlflow.user", "value": "ada"}]}
    run_id = server.post(connection, "runs/create", begun)["run"]["info"]["run_id"]
    metrics = [{"key": f"metric_{key}", "value": 0.5, "timestamp": START_MS, "step": 0} for key in range(KEYS)]
    params = [{"key": f"param_{key}", "value": "0.1"} for key in range(KEYS)]
    server.post(connection, "runs/log-batch", {"run_id": run_id, "metrics": metrics, "params": params, "tags": []})
    server.post(connection, "runs/update", {"run_id": run_id, "status": "FINISHED", "end_time": START_MS + 1_000})
