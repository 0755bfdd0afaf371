"""A version may point only into what it says it comes from."""

import pytest

from tests.unit.registry.conftest import Saved, register
from tests.unit.tracking.rest import Refusal, Rest


@pytest.fixture
def model(rest: Rest) -> str:
    rest.post("registered-models/create", name="digits")
    return "digits"


def _source(rest: Rest, **body: object) -> str:
    version = rest.post("model-versions/create", name="digits", **body)["model_version"]
    assert rest.get("model-versions/get", name="digits", version=version["version"])["model_version"] == version
    source: str = version["source"]
    return source


@pytest.mark.parametrize(
    "source",
    [
        "runs:/{run}/model",
        "mlflow-artifacts:/0/{run}/artifacts/model",
        "mlflow-artifacts:/0/{run}/artifacts",
        "s3://bucket/models/digits",
        "https://example.com/models/digits.onnx",
        "dbfs:/models/digits",
    ],
)
def test_what_lies_in_the_run_or_in_other_storage_is_taken(rest: Rest, saved: Saved, model: str, source: str) -> None:
    source = source.format(run=saved.run_id)
    assert _source(rest, source=source, run_id=saved.run_id) == source


@pytest.mark.parametrize(
    "source",
    [
        "path/to/model",
        "/etc/passwd",
        "file:///etc/passwd",
        "file://localhost/etc",
        "runs:/ffffffffffffffffffffffffffffffff/model",
        "runs://host/{run}/model",
        "runs:/{run}",
        "mlflow-artifacts:/0/ffffffffffffffffffffffffffffffff/artifacts/model",
        "mlflow-artifacts:/0/{run}/artifacts/../../other/artifacts",
        "mlflow-artifacts:/0/{run}/artifacts/%2e%2e/%2e%2e/other",
        "mlflow-artifacts:/0/{run}/artifacts/..%252f..%252fother",
        "mlflow-artifacts://host/0/{run}/artifacts/model",
        "assay-artifacts:/0/ffffffffffffffffffffffffffffffff/artifacts",
        "http://localhost/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts",
        "s3://bucket/../other",
        "s3://bucket/a%00b",
        "s3://bucket",
        "https://[bad/x",
        "models:/",
        "models:/a/b/c",
        "models://host/m-0",
        "models:/{model}",
    ],
)
def test_what_could_lead_elsewhere_is_refused(rest: Rest, saved: Saved, model: str, source: str) -> None:
    source = source.format(run=saved.run_id, model=saved.model_id)
    with pytest.raises(Refusal, match="400 INVALID_PARAMETER_VALUE: Invalid model version source"):
        rest.post("model-versions/create", name=model, source=source, run_id=saved.run_id)


def test_a_source_inside_a_run_needs_the_run(rest: Rest, saved: Saved, model: str) -> None:
    for source in (f"runs:/{saved.run_id}/model", f"mlflow-artifacts:/0/{saved.run_id}/artifacts/model"):
        with pytest.raises(Refusal, match="run_id request parameter must identify the resource"):
            rest.post("model-versions/create", name=model, source=source)


def test_files_of_a_logged_model_need_that_model(rest: Rest, saved: Saved, model: str) -> None:
    root = f"mlflow-artifacts:/0/models/{saved.model_id}/artifacts"
    assert _source(rest, source=f"{root}/part", model_id=saved.model_id) == f"{root}/part"
    other = rest.post("logged-models", experiment_id="0", name="other")["model"]["info"]["model_id"]
    for source in (root, saved.source, f"runs:/{saved.run_id}/model"):
        with pytest.raises(Refusal, match="model_id request parameter must identify the resource"):
            rest.post("model-versions/create", name=model, source=source, model_id=other)
    with pytest.raises(Refusal, match="Logged model with ID 'm-0' not found"):
        rest.post("model-versions/create", name=model, source="models:/m-0", model_id="m-0")


def test_a_run_of_another_server_is_kept_as_it_was_named(rest: Rest, model: str) -> None:
    body = {"source": "s3://bucket/x", "run_id": "run-of-elsewhere", "run_link": "https://elsewhere.example.com/run"}
    version = rest.post("model-versions/create", name=model, **body)["model_version"]
    assert version["run_id"] == "run-of-elsewhere"


@pytest.mark.parametrize(
    "address", ["models:/digits/1", "models:/digits@best", "models:/digits/latest", "models:/digits/Staging"]
)
def test_a_version_made_from_another_comes_from_where_that_came_from(rest: Rest, saved: Saved, address: str) -> None:
    register(rest, saved)
    rest.post("registered-models/alias", name="digits", alias="best", version="1")
    rest.post("model-versions/transition-stage", name="digits", version="1", stage="Staging")
    rest.post("registered-models/create", name="copy")
    copy = rest.post("model-versions/create", name="copy", source=address)["model_version"]
    assert (copy["source"], copy["run_id"], copy["model_id"]) == ("models:/digits/1", saved.run_id, saved.model_id)
    uri = rest.get("model-versions/get-download-uri", name="copy", version="1")["artifact_uri"]
    assert uri.endswith(f"models/{saved.model_id}/artifacts")
    with pytest.raises(Refusal, match="must match the referenced model version"):
        rest.post("model-versions/create", name="copy", source=address, run_id=rest.start_run())


@pytest.mark.parametrize("address", ["models:/digits/9", "models:/digits@none", "models:/none/1", "models:/digits/Production"])
def test_a_version_that_does_not_exist_cannot_be_copied(rest: Rest, saved: Saved, address: str) -> None:
    register(rest, saved)
    with pytest.raises(Refusal) as refused:
        rest.post("model-versions/create", name="digits", source=address)
    assert refused.value.status in {400, 404}
