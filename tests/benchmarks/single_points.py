"""One metric point a request, from four clients, into Assay and into MLflow's own server; each is committed when answered."""

from collections.abc import Iterator
from functools import partial
from itertools import count

from tests.benchmarks._servers import Server, both_servers
from tests.benchmarks._writing import CLIENTS, START_MS, Act, compare


def measure() -> dict[str, object]:
    """requests_per_second of each, and their ratio (above 1: Assay takes more)."""
    with both_servers() as (assay, peer):
        ours, theirs = compare(assay, peer, _prepare)
    return {
        "requests_per_second": round(ours, 1),
        "mlflow_requests_per_second": round(theirs, 1),
        "ratio": round(ours / theirs, 2),
        "clients": CLIENTS,
    }


def _prepare(server: Server) -> Iterator[Act]:
    connection, run_id = server.connect(), server.start_run()
    for step in count():
        body = {"run_id": run_id, "key": "loss", "value": 1 / (step + 1), "timestamp": START_MS + step, "step": step}
        yield partial(server.post, connection, "runs/log-metric", body)
