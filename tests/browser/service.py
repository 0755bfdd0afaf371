"""What programs do while a page is open: MLflow's protocol and /api/v1, by the owner's token."""

import json
import time
import urllib.request
from typing import Any

from tests.plugins.stack import Stack


def call(stack: Stack, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """POST with a body, GET without."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {stack.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{stack.url}/{path}", data=data, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
    parsed: dict[str, Any] = json.loads(text) if text else {}
    return parsed


def start_run(stack: Stack, name: str) -> str:
    """A running run of the Default experiment. returns: its id."""
    body = {"experiment_id": "0", "run_name": name, "start_time": int(time.time() * 1000)}
    return str(call(stack, "api/2.0/mlflow/runs/create", body)["run"]["info"]["run_id"])


def log_metric(stack: Stack, run_id: str, key: str, value: float, *, step: int) -> None:
    body = {"run_id": run_id, "key": key, "value": value, "timestamp": int(time.time() * 1000), "step": step}
    call(stack, "api/2.0/mlflow/runs/log-metric", body)


def finish_run(stack: Stack, run_id: str) -> None:
    call(stack, "api/2.0/mlflow/runs/update", {"run_id": run_id, "status": "FINISHED", "end_time": int(time.time() * 1000)})


def first(stack: Stack, collection: str, **query: str) -> dict[str, Any]:
    """The first item of a list of /api/v1."""
    text = "&".join(f"{name}={value}" for name, value in query.items())
    item: dict[str, Any] = call(stack, f"api/v1/{collection}?{text}")["items"][0]
    return item
