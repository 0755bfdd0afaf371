"""Logged models through the MLflow protocol: pending, filled, ready, found."""

from typing import Any

import pytest

from tests.unit.tracking.rest import Refusal, Rest


@pytest.fixture
def model(rest: Rest) -> dict[str, Any]:
    created: dict[str, Any] = rest.post(
        "logged-models",
        experiment_id="0",
        name="svc",
        model_type="classifier",
        source_run_id=rest.start_run(),
        params=[{"key": "c", "value": "1"}],
        tags=[{"key": "team", "value": "vision"}],
    )["model"]
    return created


def test_a_model_is_pending_until_its_files_are_there(rest: Rest, model: dict[str, Any]) -> None:
    info = model["info"]
    assert info["status"] == "LOGGED_MODEL_PENDING"
    assert info["artifact_uri"] == f"mlflow-artifacts:/0/models/{info['model_id']}/artifacts"
    assert model["data"]["params"] == [{"key": "c", "value": "1"}]
    ready = rest.patch(f"logged-models/{info['model_id']}", status="LOGGED_MODEL_READY")["model"]
    assert ready["info"]["status"] == "LOGGED_MODEL_READY"
    assert rest.get(f"logged-models/{info['model_id']}")["model"] == ready
    with pytest.raises(Refusal, match="Invalid value \"FINE\" for parameter 'status'"):
        rest.patch(f"logged-models/{info['model_id']}", status="FINE")


def test_a_model_without_a_name_gets_one(rest: Rest) -> None:
    assert rest.post("logged-models", experiment_id="0")["model"]["info"]["name"]
    with pytest.raises(Refusal, match="must not contain"):
        rest.post("logged-models", experiment_id="0", name="a/b")


def test_params_are_added_once_and_tags_overwritten(rest: Rest, model: dict[str, Any]) -> None:
    model_id = model["info"]["model_id"]
    rest.post(f"logged-models/{model_id}/params", params=[{"key": "c", "value": "1"}, {"key": "gamma", "value": "2"}])
    with pytest.raises(Refusal) as refused:
        rest.post(f"logged-models/{model_id}/params", params=[{"key": "c", "value": "9"}])
    assert refused.value.error_code == "RESOURCE_CONFLICT"
    tags = [{"key": "team", "value": "speech"}, {"key": "a/b", "value": ""}]
    changed = rest.patch(f"logged-models/{model_id}/tags", tags=tags)["model"]
    assert changed["data"]["params"] == [{"key": "c", "value": "1"}, {"key": "gamma", "value": "2"}]
    assert changed["info"]["tags"] == sorted(tags, key=lambda tag: tag["key"])
    rest.delete(f"logged-models/{model_id}/tags/a/b")
    with pytest.raises(Refusal, match="No tag with name: a/b"):
        rest.delete(f"logged-models/{model_id}/tags/a/b")


def test_a_run_knows_what_it_made_and_read(rest: Rest, model: dict[str, Any]) -> None:
    run_id, model_id = rest.start_run(), model["info"]["model_id"]
    rest.post("runs/outputs", run_id=run_id, models=[{"model_id": model_id, "step": 3}])
    rest.post("runs/log-inputs", run_id=run_id, models=[{"model_id": model_id}])
    run = rest.get("runs/get", run_id=run_id)["run"]
    assert run["outputs"] == {"model_outputs": [{"model_id": model_id, "step": 3}]}
    assert run["inputs"] == {"model_inputs": [{"model_id": model_id}]}


def test_metrics_about_a_model_belong_to_run_and_model(rest: Rest, model: dict[str, Any]) -> None:
    run_id, model_id = rest.start_run(), model["info"]["model_id"]
    metric = {
        "key": "acc",
        "value": 0.9,
        "timestamp": 1,
        "step": 0,
        "model_id": model_id,
        "dataset_name": "d",
        "dataset_digest": "x",
    }
    rest.post("runs/log-batch", run_id=run_id, metrics=[metric])
    assert rest.get(f"logged-models/{model_id}")["model"]["data"]["metrics"] == [{**metric, "run_id": run_id}]
    assert rest.get("runs/get", run_id=run_id)["run"]["data"]["metrics"][0]["value"] == 0.9
    for datasets, found in (([{"dataset_name": "d"}], 1), ([{"dataset_name": "d", "dataset_digest": "y"}], 0)):
        models = rest.post("logged-models/search", experiment_ids=["0"], datasets=datasets).get("models", [])
        assert len(models) == found


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("name = 'svc'", True),
        ("attributes.name LIKE 's%'", True),
        ("model_type ILIKE 'CLASS%'", True),
        ("status = 'PENDING'", True),
        ("status = 'LOGGED_MODEL_READY'", False),
        ("params.c = '1' AND tags.team = 'vision'", True),
        ("params.c = '2'", False),
        ("creation_timestamp > 0", True),
        ("metrics.acc > 0", False),
        ("source_run_id != 'x'", True),
        ("source_run_id = 'x'", False),
        ("model_id LIKE 'm-%'", True),
        ("tags.team IN ('vision', 'speech')", True),
        ("params.c NOT IN ('1',)", False),
    ],
)
def test_models_are_searched(rest: Rest, model: dict[str, Any], search: str, found: bool) -> None:
    models = rest.post("logged-models/search", experiment_ids=["0"], filter=search).get("models", [])
    assert models == ([model] if found else [])


def test_models_are_ordered_and_paged(rest: Rest, model: dict[str, Any]) -> None:
    run_id = rest.start_run()
    ids = [rest.post("logged-models", experiment_id="0", name=name)["model"]["info"]["model_id"] for name in ("b", "a")]
    for model_id, value in zip(ids, (1, 2), strict=True):
        rest.post("runs/log-metric", run_id=run_id, key="val loss", value=value, timestamp=1, model_id=model_id)
    order = [{"field_name": "metrics.val loss", "ascending": False}]
    first = rest.post("logged-models/search", experiment_ids=["0"], order_by=order, max_results=2)
    assert [found["info"]["name"] for found in first["models"]] == ["a", "b"]
    rest_of = rest.post(
        "logged-models/search", experiment_ids=["0"], order_by=order, max_results=2, page_token=first["next_page_token"]
    )
    assert [found["info"]["name"] for found in rest_of["models"]] == ["svc"]


def test_a_search_may_look_at_the_metrics_of_chosen_data_alone(rest: Rest) -> None:
    run_id = rest.start_run()
    values = {"good on a": {"a": 0.9, "b": 0.1}, "good on b": {"a": 0.2, "b": 0.8}}
    for name, by_dataset in values.items():
        model_id = rest.post("logged-models", experiment_id="0", name=name)["model"]["info"]["model_id"]
        for dataset, value in by_dataset.items():
            metric = {"key": "acc", "value": value, "timestamp": 1, "model_id": model_id}
            rest.post("runs/log-batch", run_id=run_id, metrics=[{**metric, "dataset_name": dataset, "dataset_digest": "1"}])

    def search(**body: object) -> list[str]:
        found = rest.post("logged-models/search", experiment_ids=["0"], **body)["models"]
        return [model["info"]["name"] for model in found]

    assert search(filter="metrics.acc > 0.5", datasets=[{"dataset_name": "a", "dataset_digest": "1"}]) == ["good on a"]
    assert search(order_by=[{"field_name": "metrics.acc", "dataset_name": "b"}]) == ["good on a", "good on b"]
    assert search(order_by=[{"field_name": "metrics.acc", "dataset_name": "a"}]) == ["good on b", "good on a"]
    with pytest.raises(Refusal, match="`dataset_name` in the `datasets` clause must be specified"):
        search(datasets=[{"dataset_digest": "1"}])


def test_a_deleted_model_is_not_found(rest: Rest, model: dict[str, Any]) -> None:
    model_id = model["info"]["model_id"]
    rest.delete(f"logged-models/{model_id}")
    for method in ("GET", "DELETE"):
        with pytest.raises(Refusal, match="not found"):
            rest.send(method, f"logged-models/{model_id}", {})
    assert rest.post("logged-models/search", experiment_ids=["0"]) == {}
    assert rest.get(f"logged-models/{model_id}", allow_deleted="true")["model"]["info"]["model_id"] == model_id


def test_files_of_a_model_are_listed(rest: Rest, model: dict[str, Any], tmp_path: Any, settings: Any) -> None:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path)
    model_id = model["info"]["model_id"]
    rest.send("PUT", f"/api/2.0/mlflow-artifacts/artifacts/0/models/{model_id}/artifacts/data/MLmodel", b"flavors")
    listed = rest.get(f"logged-models/{model_id}/artifacts/directories", artifact_directory_path="data")
    assert listed["files"] == [{"path": "data/MLmodel", "is_dir": False, "file_size": 7}]
