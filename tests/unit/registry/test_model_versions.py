"""Model versions through the MLflow protocol: numbers, stages, aliases, tags, search."""

from typing import Any

import pytest

from tests.unit.registry.conftest import Saved, register
from tests.unit.tracking.rest import Refusal, Rest


def _stages(rest: Rest) -> dict[str, str]:
    found = rest.get("model-versions/search", filter="name = 'digits'")["model_versions"]
    return {version["version"]: version["current_stage"] for version in found}


def _numbers(rest: Rest, **query: Any) -> list[str]:
    return [version["version"] for version in rest.get("model-versions/search", **query).get("model_versions", [])]


def test_a_version_knows_what_it_comes_from(rest: Rest, saved: Saved) -> None:
    register(rest, saved, description="first", tags=[{"key": "k", "value": "v"}], run_link="https://ci.example.com/1")
    version = rest.get("model-versions/get", name="digits", version="1")["model_version"]
    assert version["source"] == saved.source
    assert (version["run_id"], version["model_id"]) == (saved.run_id, saved.model_id)
    assert (version["status"], version["current_stage"]) == ("READY", "None")
    assert (version["description"], version["run_link"]) == ("first", "https://ci.example.com/1")
    assert version["tags"] == [{"key": "k", "value": "v"}]
    assert version["model_params"] == [{"name": "depth", "value": "3"}]
    assert [(metric["key"], metric["value"], metric["run_id"]) for metric in version["model_metrics"]] == [
        ("acc", 0.9, saved.run_id)
    ]
    uri = rest.get("model-versions/get-download-uri", name="digits", version="1")["artifact_uri"]
    assert uri == f"mlflow-artifacts:/0/models/{saved.model_id}/artifacts"


def test_the_logged_model_says_what_it_was_registered_as(rest: Rest, saved: Saved) -> None:
    for _ in range(2):
        register(rest, saved)
    info = rest.get(f"logged-models/{saved.model_id}")["model"]["info"]
    assert info["registrations"] == [{"name": "digits", "version": "1"}, {"name": "digits", "version": "2"}]
    assert [tag["key"] for tag in info["tags"]] == ["mlflow.modelVersions"]


def test_numbers_go_up_and_none_is_given_twice(rest: Rest, saved: Saved) -> None:
    assert [register(rest, saved) for _ in range(3)] == ["1", "2", "3"]
    rest.delete("model-versions/delete", name="digits", version="3")
    assert register(rest, saved) == "4"
    with pytest.raises(Refusal) as refused:
        rest.get("model-versions/get", name="digits", version="3")
    assert (refused.value.status, refused.value.error_code) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert refused.value.message == "Model Version (name=digits, version=3) not found"
    with pytest.raises(Refusal, match="Parameter 'version' must be an integer, got 'x'"):
        rest.get("model-versions/get", name="digits", version="x")
    with pytest.raises(Refusal, match="404"):
        rest.get("model-versions/get", name="digits", version="99999999999999")


def test_the_latest_of_each_stage_is_told(rest: Rest, saved: Saved) -> None:
    for _ in range(4):
        register(rest, saved)
    for number in ("1", "2"):
        rest.post("model-versions/transition-stage", name="digits", version=number, stage="production")
    latest = rest.get("registered-models/get", name="digits")["registered_model"]["latest_versions"]
    assert {version["current_stage"]: version["version"] for version in latest} == {"Production": "2", "None": "4"}
    asked = rest.post("registered-models/get-latest-versions", name="digits", stages=["Production"])["model_versions"]
    assert [version["version"] for version in asked] == ["2"]
    assert rest.get("registered-models/get-latest-versions", name="digits", stages=["staging"]) == {}
    with pytest.raises(Refusal, match="Invalid Model Version stage: gold"):
        rest.get("registered-models/get-latest-versions", name="digits", stages=["gold"])


def test_a_version_that_enters_a_stage_may_archive_those_that_are_there(rest: Rest, saved: Saved) -> None:
    for _ in range(3):
        register(rest, saved)
    for number in ("1", "2"):
        rest.post("model-versions/transition-stage", name="digits", version=number, stage="Staging")
    rest.post("model-versions/transition-stage", name="digits", version="3", stage="Staging", archive_existing_versions=True)
    assert _stages(rest) == {"1": "Archived", "2": "Archived", "3": "Staging"}
    with pytest.raises(Refusal, match="not an Active stage"):
        rest.post("model-versions/transition-stage", name="digits", version="1", stage="None", archive_existing_versions=True)


def test_an_alias_points_at_one_version_and_moves(rest: Rest, saved: Saved) -> None:
    for number in ("1", "2"):
        register(rest, saved)
        rest.post("registered-models/alias", name="digits", alias="Champion", version=number)
    version = rest.get("registered-models/alias", name="digits", alias="Champion")["model_version"]
    assert (version["version"], version["aliases"]) == ("2", ["Champion"])
    model = rest.get("registered-models/get", name="digits")["registered_model"]
    assert model["aliases"] == [{"alias": "Champion", "version": "2"}]
    assert "aliases" not in rest.get("model-versions/get", name="digits", version="1")["model_version"]
    assert rest.get("registered-models/alias", name="digits", alias="latest")["model_version"]["version"] == "2"
    for _ in range(2):
        rest.delete("registered-models/alias", name="digits", alias="Champion")
    with pytest.raises(Refusal, match="400 INVALID_PARAMETER_VALUE: Registered model alias Champion not found"):
        rest.get("registered-models/alias", name="digits", alias="Champion")


def test_a_deleted_version_loses_its_aliases(rest: Rest, saved: Saved) -> None:
    register(rest, saved)
    rest.post("registered-models/alias", name="digits", alias="best", version="1")
    rest.delete("model-versions/delete", name="digits", version="1")
    assert "aliases" not in rest.get("registered-models/get", name="digits")["registered_model"]
    with pytest.raises(Refusal, match="404"):
        rest.get("registered-models/alias", name="digits", alias="latest")


@pytest.mark.parametrize(
    ("alias", "sentence"),
    [
        ("latest", "reserved"),
        ("LATEST", "reserved"),
        ("v12", "Version alias name 'v12' is reserved."),
        ("a b", "Names may only contain alphanumerics, underscores"),
        ("a" * 256, "maximum length of 255"),
        ("", "Missing value for required parameter 'alias'"),
    ],
)
def test_an_alias_that_would_mislead_is_refused(rest: Rest, saved: Saved, alias: str, sentence: str) -> None:
    register(rest, saved)
    with pytest.raises(Refusal, match="INVALID_PARAMETER_VALUE") as refused:
        rest.post("registered-models/alias", name="digits", alias=alias, version="1")
    assert sentence in refused.value.message


def test_versions_are_described_and_tagged(rest: Rest, saved: Saved) -> None:
    register(rest, saved)
    assert (
        rest.patch("model-versions/update", name="digits", version="1", description="new")["model_version"]["description"]
        == "new"
    )
    for value in ("1", "2"):
        rest.post("model-versions/set-tag", name="digits", version="1", key="k", value=value)
    assert rest.get("model-versions/get", name="digits", version="1")["model_version"]["tags"] == [{"key": "k", "value": "2"}]
    for _ in range(2):
        rest.delete("model-versions/delete-tag", name="digits", version="1", key="k")
    assert "tags" not in rest.get("model-versions/get", name="digits", version="1")["model_version"]
    with pytest.raises(Refusal, match="404"):
        rest.post("model-versions/set-tag", name="digits", version="7", key="k", value="v")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("name = 'digits'", ["3", "2", "1"]),
        ("version_number > 1 AND name = 'digits'", ["3", "2"]),
        ("version_number = 2", ["2"]),
        ("tags.n = '1'", ["1"]),
        ("source_path LIKE 'models:/m-%'", ["3", "2", "1"]),
        ("run_id = 'none'", []),
    ],
)
def test_versions_are_found(rest: Rest, saved: Saved, search: str, found: list[str]) -> None:
    for number in range(1, 4):
        register(rest, saved, tags=[{"key": "n", "value": str(number)}])
    assert _numbers(rest, filter=search, order_by=["version_number DESC"]) == found


def test_versions_of_a_run_are_found_and_the_last_changed_come_first(rest: Rest, saved: Saved) -> None:
    for _ in range(3):
        register(rest, saved)
    rest.post("model-versions/transition-stage", name="digits", version="1", stage="Staging")
    assert _numbers(rest, filter=f"run_id = '{saved.run_id}'")[0] == "1"
    assert _numbers(rest, filter=f"run_id IN ('{saved.run_id}')", order_by=["name", "creation_timestamp ASC"]) == [
        "1",
        "2",
        "3",
    ]
    first = rest.get("model-versions/search", max_results=2, order_by=["version_number ASC"])
    assert _numbers(rest, max_results=2, order_by=["version_number ASC"], page_token=first["next_page_token"]) == ["3"]
    for bad in ("version_number = 1.5", "version_number = '1'", "status = 'READY'"):
        with pytest.raises(Refusal, match="400 INVALID_PARAMETER_VALUE"):
            rest.get("model-versions/search", filter=bad)
    with pytest.raises(Refusal, match="at most 200000"):
        rest.get("model-versions/search", max_results=200_001)


def test_a_stranger_reaches_no_version(rest: Rest, stranger: Rest, saved: Saved) -> None:
    register(rest, saved)
    for path in ("model-versions/get", "model-versions/get-download-uri"):
        with pytest.raises(Refusal, match="404"):
            stranger.get(path, name="digits", version="1")
    assert stranger.get("model-versions/search") == {}
    stranger.post("registered-models/create", name="digits")
    with pytest.raises(Refusal, match="Logged model with ID"):
        stranger.post("model-versions/create", name="digits", source=saved.source, model_id=saved.model_id)
