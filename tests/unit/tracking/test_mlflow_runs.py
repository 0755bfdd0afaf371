"""The MLflow protocol, body by body: what is written is read back in the protocol's shape."""

import gzip
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.tracking.rest import Refusal, Rest


def _pairs(pairs: list[dict[str, str]]) -> dict[str, str]:
    return {pair["key"]: pair["value"] for pair in pairs}


def test_a_run_without_an_experiment_belongs_to_the_default_one(rest: Rest) -> None:
    run = rest.post("runs/create", start_time=1_700_000_000_123, user_id="ada", run_name="first")["run"]
    info = run["info"]
    assert info["run_id"] == info["run_uuid"]
    assert len(info["run_id"]) == 32
    assert {key: info[key] for key in ("run_name", "experiment_id", "user_id", "status", "start_time", "lifecycle_stage")} == {
        "run_name": "first",
        "experiment_id": "0",
        "user_id": "ada",
        "status": "RUNNING",
        "start_time": 1_700_000_000_123,
        "lifecycle_stage": "active",
    }
    assert info["artifact_uri"] == f"mlflow-artifacts:/0/{info['run_id']}/artifacts"
    assert "end_time" not in info
    assert _pairs(run["data"]["tags"]) == {"mlflow.runName": "first"}


def test_a_run_that_names_nobody_belongs_to_the_holder_of_the_token(rest: Rest) -> None:
    assert rest.post("runs/create", user_id="unknown")["run"]["info"]["user_id"] == "ada@example.com"
    tagged = rest.post("runs/create", tags=[{"key": "mlflow.user", "value": "ben"}])
    assert tagged["run"]["info"]["user_id"] == "ben"


def test_what_is_logged_is_read_back(rest: Rest) -> None:
    run_id = rest.start_run()
    rest.post("runs/log-metric", run_id=run_id, key="loss", value=0.5, timestamp=1, step=2)
    rest.post("runs/log-metric", run_uuid=run_id, key="loss", value=0.25, timestamp="3", step="4")
    rest.post("runs/log-parameter", run_id=run_id, key="lr", value="0.1")
    rest.post("runs/set-tag", run_id=run_id, key="team", value="")
    data = rest.get("runs/get", run_id=run_id)["run"]["data"]
    assert data["metrics"] == [{"key": "loss", "value": 0.25, "timestamp": 3, "step": 4}]
    assert data["params"] == [{"key": "lr", "value": "0.1"}]
    assert _pairs(data["tags"])["team"] == ""
    assert [point["value"] for point in rest.get("metrics/get-history", run_id=run_id, metric_key="loss")["metrics"]] == [
        0.5,
        0.25,
    ]


def test_nan_travels_as_a_word_and_infinity_as_the_number_next_to_it(rest: Rest) -> None:
    run_id = rest.start_run()
    words = ["NaN", "Infinity", "-Infinity"]
    metrics = [{"key": word, "value": word, "timestamp": 0} for word in words]
    rest.post("runs/log-batch", run_id=run_id, metrics=metrics)
    logged = rest.get("runs/get", run_id=run_id)["run"]["data"]["metrics"]
    greatest = sys.float_info.max
    assert {metric["key"]: metric["value"] for metric in logged} == {"NaN": "NaN", "Infinity": greatest, "-Infinity": -greatest}


def test_name_and_name_tag_are_one(rest: Rest) -> None:
    run_id = rest.start_run(tags=[{"key": "mlflow.runName", "value": "a"}])
    changes: dict[str, Callable[[str], object]] = {
        "b": lambda name: rest.post("runs/set-tag", run_id=run_id, key="mlflow.runName", value=name),
        "c": lambda name: rest.post("runs/update", run_id=run_id, run_name=name),
        "d": lambda name: rest.post("runs/log-batch", run_id=run_id, tags=[{"key": "mlflow.runName", "value": name}]),
    }
    for name, change in changes.items():
        change(name)
        run = rest.get("runs/get", run_id=run_id)["run"]
        assert (run["info"]["run_name"], _pairs(run["data"]["tags"])["mlflow.runName"]) == (name, name)
    found = rest.post("runs/search", experiment_ids=["0"], filter="tags.mlflow.runName = 'd'")
    assert [run["info"]["run_id"] for run in found["runs"]] == [run_id]
    with pytest.raises(Refusal, match="different values"):
        rest.start_run(run_name="a", tags=[{"key": "mlflow.runName", "value": "b"}])
    with pytest.raises(Refusal, match="always has a name"):
        rest.post("runs/delete-tag", run_id=run_id, key="mlflow.runName")


def test_a_run_ends_is_deleted_and_restored(rest: Rest) -> None:
    run_id = rest.start_run()
    info = rest.post("runs/update", run_id=run_id, status="FINISHED", end_time=1_800_000_000_000)["run_info"]
    assert (info["status"], info["end_time"]) == ("FINISHED", 1_800_000_000_000)
    rest.post("runs/delete", run_id=run_id)
    assert rest.get("runs/get", run_id=run_id)["run"]["info"]["lifecycle_stage"] == "deleted"
    assert rest.post("runs/search", experiment_ids=["0"]) == {}
    assert len(rest.post("runs/search", experiment_ids=["0"], run_view_type="DELETED_ONLY")["runs"]) == 1
    with pytest.raises(Refusal, match=f"The run {run_id} must be in the 'active' state. Current state is deleted."):
        rest.post("runs/log-parameter", run_id=run_id, key="a", value="b")
    rest.post("runs/restore", run_id=run_id)
    rest.post("runs/log-parameter", run_id=run_id, key="a", value="b")


def test_datasets_are_inputs_of_a_run_and_can_be_searched(rest: Rest) -> None:
    run_id = rest.start_run()
    dataset = {"name": "digits", "digest": "abc", "source_type": "code", "source": "{}", "schema": "s", "profile": "p"}
    use = {"tags": [{"key": "mlflow.data.context", "value": "training"}], "dataset": dataset}
    rest.post("runs/log-inputs", run_id=run_id, datasets=[use])
    rest.post("runs/log-inputs", run_id=run_id, datasets=[use])
    assert rest.get("runs/get", run_id=run_id)["run"]["inputs"]["dataset_inputs"] == [use]
    for search in ("datasets.name = 'digits'", "dataset.digest LIKE 'ab%'", "dataset.context IN ('training')"):
        [found] = rest.post("runs/search", experiment_ids=["0"], filter=search)["runs"]
        assert found["inputs"]["dataset_inputs"] == [use]
    summaries = rest.post("experiments/search-datasets", experiment_ids=["0"])["dataset_summaries"]
    assert summaries == [{"experiment_id": "0", "name": "digits", "digest": "abc", "context": "training"}]


def test_models_saved_by_older_clients_are_listed_in_a_tag(rest: Rest) -> None:
    run_id = rest.start_run()
    models: list[dict[str, object]] = [
        {"artifact_path": path, "flavors": {}, "utc_time_created": "2026-03-01", "run_id": run_id} for path in ("a", "b")
    ]
    for model in models:
        rest.post("runs/log-model", run_id=run_id, model_json=json.dumps(model))
    tags = _pairs(rest.get("runs/get", run_id=run_id)["run"]["data"]["tags"])
    assert json.loads(tags["mlflow.log-model.history"]) == models
    for broken in ("{", "[]", json.dumps({"artifact_path": "a"})):
        with pytest.raises(Refusal) as refused:
            rest.post("runs/log-model", run_id=run_id, model_json=broken)
        assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_history_comes_in_pages_and_samples(rest: Rest) -> None:
    run_id = rest.start_run()
    metrics = [{"key": "m", "value": step, "timestamp": step, "step": step} for step in range(100)]
    rest.post("runs/log-batch", run_id=run_id, metrics=metrics)
    pages: list[dict[str, Any]] = [rest.get("metrics/get-history", run_id=run_id, metric_key="m", max_results=60)]
    token = pages[0]["next_page_token"]
    pages.append(rest.get("metrics/get-history", run_id=run_id, metric_key="m", max_results=60, page_token=token))
    assert [point["step"] for page in pages for point in page["metrics"]] == list(range(100))
    assert "next_page_token" not in pages[1]
    sampled = rest.get("metrics/get-history-bulk-interval", run_ids=[run_id], metric_key="m", max_results=10)["metrics"]
    assert len(sampled) == 10
    assert (sampled[0]["step"], sampled[-1]["step"], sampled[0]["run_id"]) == (0, 99, run_id)
    some = rest.get(
        "metrics/get-history-bulk-interval", run_ids=[run_id], metric_key="m", start_step=5, end_step=7, max_results=10
    )["metrics"]
    assert [point["step"] for point in some] == [5, 6, 7]
    bulk = rest.get("metrics/get-history-bulk", run_id=[run_id], metric_key="m", max_results=3)["metrics"]
    assert [point["step"] for point in bulk] == [0, 1, 2]
    assert rest.get("metrics/get-history", run_id=run_id, metric_key="never") == {}


def test_bodies_may_be_gzipped_or_encoded_twice(rest: Rest) -> None:
    body = json.dumps({"run_name": "zipped"}).encode()
    zipped = rest.send("POST", "runs/create", gzip.compress(body), **{"Content-Encoding": "gzip"})
    assert zipped["run"]["info"]["run_name"] == "zipped"
    assert rest.send("POST", "runs/create", json.dumps(body.decode()).encode())["run"]["info"]["run_name"] == "zipped"
    for broken in (gzip.compress(body)[:-4], b"no gzip"):
        with pytest.raises(Refusal, match="gzip"):
            rest.send("POST", "runs/create", broken, **{"Content-Encoding": "gzip"})


def test_the_pages_of_the_web_interface_find_the_same_below_ajax(rest: Rest) -> None:
    run_id = rest.start_run()
    assert rest.get("/ajax-api/2.0/mlflow/runs/get", run_id=run_id) == rest.get("runs/get", run_id=run_id)
