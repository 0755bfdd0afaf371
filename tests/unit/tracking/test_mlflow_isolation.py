"""A stranger finds nothing of another organization's, by any route of the protocol."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pytest_django import Settings

from assay.tracking.api.mlflow.urls import urlpatterns
from tests.unit.tracking.rest import Refusal, Rest

ARTIFACT = "/api/2.0/mlflow-artifacts/artifacts/{number}/{run}/artifacts/model.txt"
NEW = "/api/3.0/mlflow/traces"
PLACE = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "{number}"}}
TAG: dict[str, object] = {"key": "k", "value": "v"}
REFUSED: dict[tuple[str, str], dict[str, object]] = {
    ("GET", "experiments/get"): {"experiment_id": "{number}"},
    ("GET", "experiments/get-by-name"): {"experiment_name": "secret"},
    ("POST", "experiments/update"): {"experiment_id": "{number}", "new_name": "mine"},
    ("POST", "experiments/delete"): {"experiment_id": "{number}"},
    ("POST", "experiments/restore"): {"experiment_id": "{number}"},
    ("POST", "experiments/set-experiment-tag"): {"experiment_id": "{number}", "key": "k", "value": "v"},
    ("POST", "experiments/delete-experiment-tag"): {"experiment_id": "{number}", "key": "k"},
    ("POST", "runs/create"): {"experiment_id": "{number}"},
    ("GET", "runs/get"): {"run_id": "{run}"},
    ("POST", "runs/update"): {"run_id": "{run}", "status": "KILLED"},
    ("POST", "runs/delete"): {"run_id": "{run}"},
    ("POST", "runs/restore"): {"run_id": "{run}"},
    ("POST", "runs/log-metric"): {"run_id": "{run}", "key": "m", "value": 1, "timestamp": 1},
    ("POST", "runs/log-parameter"): {"run_id": "{run}", "key": "p", "value": "v"},
    ("POST", "runs/log-batch"): {"run_id": "{run}", "tags": [{"key": "k", "value": "v"}]},
    ("POST", "runs/set-tag"): {"run_id": "{run}", "key": "k", "value": "v"},
    ("POST", "runs/delete-tag"): {"run_id": "{run}", "key": "k"},
    ("POST", "runs/log-inputs"): {"run_id": "{run}", "models": [{"model_id": "{model}"}]},
    ("POST", "runs/outputs"): {"run_id": "{run}", "models": [{"model_id": "{model}"}]},
    ("POST", "runs/log-model"): {
        "run_id": "{run}",
        "model_json": '{"artifact_path": "", "flavors": {}, "utc_time_created": "", "run_id": ""}',
    },
    ("GET", "metrics/get-history"): {"run_id": "{run}", "metric_key": "m"},
    ("GET", "metrics/get-history-bulk-interval"): {"run_ids": "{run}", "metric_key": "m"},
    ("GET", "artifacts/list"): {"run_id": "{run}"},
    ("POST", "logged-models"): {"experiment_id": "{number}"},
    ("GET", "logged-models/{model}"): {},
    ("PATCH", "logged-models/{model}"): {"status": "LOGGED_MODEL_READY"},
    ("DELETE", "logged-models/{model}"): {},
    ("POST", "logged-models/{model}/params"): {"params": [{"key": "k", "value": "v"}]},
    ("PATCH", "logged-models/{model}/tags"): {"tags": [{"key": "k", "value": "v"}]},
    ("DELETE", "logged-models/{model}/tags/k"): {},
    ("GET", "logged-models/{model}/artifacts/directories"): {},
    ("GET", ARTIFACT): {},
    ("DELETE", ARTIFACT): {},
    ("PUT", ARTIFACT): {},
    ("GET", "/api/2.0/mlflow-artifacts/artifacts"): {"path": "{number}/{run}/artifacts"},
    ("POST", "/api/2.0/mlflow-artifacts/mpu/create/{number}/{run}/artifacts"): {"path": "a", "num_parts": 1},
    ("POST", "/api/2.0/mlflow-artifacts/mpu/complete/{number}/{run}/artifacts"): {
        "path": "a",
        "upload_id": "0",
        "parts": [{"part_number": 1, "etag": "0"}],
    },
    ("POST", "/api/2.0/mlflow-artifacts/mpu/abort/{number}/{run}/artifacts"): {"path": "a", "upload_id": "0"},
    ("GET", "/api/2.0/mlflow-artifacts/presigned/{number}/{run}/artifacts/model.txt"): {},
    ("POST", "artifacts/presigned-download-url"): {"run_id": "{run}", "path": "model.txt"},
    ("POST", "artifacts/presigned-upload-url"): {"run_id": "{run}", "path": "model.txt"},
    ("GET", "/get-artifact"): {"run_id": "{run}", "path": "model.txt"},
    ("POST", "/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run}&path=model.txt"): {"some": "data"},
    ("POST", "traces"): {"experiment_id": "{number}", "timestamp_ms": 1},
    ("PATCH", "traces/{trace}"): {"timestamp_ms": 2, "status": "OK"},
    ("GET", "traces/{trace}/info"): {},
    ("PATCH", "traces/{trace}/tags"): TAG,
    ("DELETE", "traces/{trace}/tags"): TAG,
    ("POST", "traces/delete-traces"): {"experiment_id": "{number}", "request_ids": ["{trace}"]},
    ("POST", NEW): {
        "trace": {"trace_info": {"trace_id": "tr-1", "trace_location": PLACE, "request_time": "2024-01-01T00:00:00Z"}}
    },
    ("GET", f"{NEW}/{{trace}}"): {},
    ("GET", f"{NEW}/get"): {"trace_id": "{trace}"},
    ("PATCH", f"{NEW}/{{trace}}/tags"): TAG,
    ("DELETE", f"{NEW}/{{trace}}/tags"): TAG,
    ("POST", f"{NEW}/delete-traces"): {"experiment_id": "{number}", "request_ids": ["{trace}"]},
}
EMPTY: dict[tuple[str, str], dict[str, object]] = {
    ("POST", "experiments/search-datasets"): {"experiment_ids": ["{number}"]},
    ("POST", "runs/search"): {"experiment_ids": ["{number}"], "run_view_type": "ALL"},
    ("POST", "logged-models/search"): {"experiment_ids": ["{number}"]},
    ("GET", "metrics/get-history-bulk"): {"run_id": "{run}", "metric_key": "m"},
    ("GET", "traces"): {"experiment_ids": "{number}"},
    ("POST", f"{NEW}/search"): {"locations": [PLACE]},
    ("GET", f"{NEW}/batchGet"): {"trace_ids": "{trace}"},
    ("POST", f"{NEW}/batchGetInfos"): {"trace_ids": ["{trace}"]},
}
WORKSPACES = {"api/3.0/mlflow/workspaces", "api/3.0/mlflow/workspaces/<str:name>"}
"""Tried in test_mlflow_workspaces."""
OWN_OR_OPEN = {
    "mlflow/experiments/create",
    "mlflow/experiments/search",
    "mlflow-artifacts/signed/download/<str:token>",
    "mlflow-artifacts/signed/upload/<str:token>",
    "mlflow-artifacts/signed/part/<str:token>",
}


@pytest.fixture
def ids(rest: Rest, settings: Settings, tmp_path: Path) -> Iterator[dict[str, str]]:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path)
    known = make_one_of_each(rest)
    run, trace = rest.get("runs/get", run_id=known["run"]), rest.get(f"traces/{known['trace']}/info")
    yield known
    assert rest.get(f"traces/{known['trace']}/info") == trace
    assert rest.get("runs/get", run_id=known["run"]) == run
    assert rest.get(f"logged-models/{known['model']}")["model"]["info"]["status"] == "LOGGED_MODEL_PENDING"


def make_one_of_each(rest: Rest) -> dict[str, str]:
    """What an owner has: an experiment that a stranger's organization has no number for, and all that hangs on it."""
    rest.post("experiments/create", name="first")
    number = rest.post("experiments/create", name="secret", tags=[{"key": "k", "value": "v"}])["experiment_id"]
    run = rest.start_run(experiment_id=number, tags=[{"key": "k", "value": "v"}])
    model = rest.post("logged-models", experiment_id=number, name="m", source_run_id=run)["model"]["info"]["model_id"]
    rest.post("runs/log-metric", run_id=run, key="m", value=1, timestamp=1)
    dataset = {"name": "d", "digest": "d", "source_type": "code", "source": "s"}
    rest.post("runs/log-inputs", run_id=run, datasets=[{"dataset": dataset}])
    trace = rest.post("traces", experiment_id=number, timestamp_ms=1, tags=[TAG])["trace_info"]["request_id"]
    known = {"number": number, "run": run, "model": model, "trace": trace}
    rest.send("PUT", ARTIFACT.format(**known), b"weights")
    return known


def fill(value: object, ids: dict[str, str]) -> object:
    if isinstance(value, str) and not value.startswith('{"'):
        return value.format(**ids)
    if isinstance(value, list):
        return [fill(item, ids) for item in value]
    return {key: fill(item, ids) for key, item in value.items()} if isinstance(value, dict) else value


def _ask(rest: Rest, method: str, path: str, body: dict[str, object], ids: dict[str, str]) -> dict[str, object]:
    filled = fill(body, ids)
    assert isinstance(filled, dict)
    return rest.get(path.format(**ids), **filled) if method == "GET" else rest.send(method, path.format(**ids), filled)


@pytest.mark.parametrize("route", REFUSED, ids=" ".join)
def test_a_foreign_object_is_not_found(rest: Rest, stranger: Rest, ids: dict[str, str], route: tuple[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        _ask(stranger, *route, REFUSED[route], ids)
    assert (refused.value.status, refused.value.error_code) == (404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize("route", EMPTY, ids=" ".join)
def test_a_search_among_foreign_objects_is_empty(
    rest: Rest, stranger: Rest, ids: dict[str, str], route: tuple[str, str]
) -> None:
    assert any(_ask(rest, *route, EMPTY[route], ids).values())
    assert not any(_ask(stranger, *route, EMPTY[route], ids).values())


def test_a_stranger_sees_only_the_default_of_the_own_organization(rest: Rest, stranger: Rest, ids: dict[str, str]) -> None:
    found = stranger.post("experiments/search", view_type="ALL")["experiments"]
    assert [experiment["name"] for experiment in found] == ["Default"]


def test_the_same_path_is_another_file_for_a_stranger(rest: Rest, stranger: Rest, ids: dict[str, str]) -> None:
    path = "/api/2.0/mlflow-artifacts/artifacts/0/notes/model.txt"
    rest.send("PUT", path, b"weights")
    stranger.send("PUT", path, b"mine")
    assert rest.client.get(path, headers=dict(rest.headers)).getvalue() == b"weights"
    assert stranger.client.get(path, headers=dict(stranger.headers)).getvalue() == b"mine"


def test_a_models_metric_needs_a_model_of_the_own_organization(rest: Rest, stranger: Rest, ids: dict[str, str]) -> None:
    run_id = stranger.start_run()
    with pytest.raises(Refusal, match=f"Logged model with ID '{ids['model']}' not found"):
        stranger.post("runs/log-metric", run_id=run_id, key="m", value=1, timestamp=1, model_id=ids["model"])
    assert "metrics" not in stranger.get("runs/get", run_id=run_id)["run"]["data"]


def test_spans_need_an_experiment_of_the_own_organization(rest: Rest, stranger: Rest, ids: dict[str, str]) -> None:
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add()
    span.trace_id, span.span_id = b"t" * 16, b"s" * 8
    headers = {**stranger.headers, "X-MLflow-Experiment-Id": ids["number"]}
    content = request.SerializeToString()
    response = stranger.client.post("/v1/traces", content, content_type="application/x-protobuf", headers=headers)
    assert (response.status_code, response.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_every_route_is_tried_here() -> None:
    tried = {
        path.removeprefix("/").removeprefix("api/2.0/mlflow-artifacts/") for _, path in (*REFUSED, *EMPTY) if "ajax" not in path
    }
    tried = {path.format(number="", run="", model="<str:model_id>", trace="<str:trace_id>") for path in tried}
    routes = {str(pattern.pattern).removeprefix("api/2.0/") for pattern in urlpatterns if "ajax" not in str(pattern.pattern)}
    known = {
        route.removeprefix("mlflow/")
        .removeprefix("mlflow-artifacts/")
        .replace("<path:key>", "k")
        .replace("artifacts/<path:path>", "artifacts///artifacts/model.txt")
        .replace("presigned/<path:path>", "presigned///artifacts/model.txt")
        .replace("/<path:path>", "///artifacts")
        for route in routes - OWN_OR_OPEN - {"api/3.0/mlflow/server-info", "version", "health", "v1/traces", *WORKSPACES}
        if not route.startswith("^")
    }
    assert known == tried
