"""A registered model belongs to the workspace it was made in: who names one reaches its models and no others."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.registry.conftest import Saved, register
from tests.unit.tracking.rest import Refusal, Rest

TEAMS = "/api/3.0/mlflow/workspaces"


def _within(rest: Rest, workspace: str) -> Rest:
    return Rest(rest.client, {**rest.headers, "X-MLFLOW-WORKSPACE": workspace})


@pytest.fixture
def teams(rest: Rest) -> tuple[Rest, Rest]:
    """vision and speech."""
    for name in ("vision", "speech"):
        assert (
            rest.client.post(TEAMS, {"name": name}, content_type="application/json", headers=dict(rest.headers)).status_code
            == 201
        )
    return _within(rest, "vision"), _within(rest, "speech")


@pytest.fixture
def vision(teams: tuple[Rest, Rest], saved: Saved) -> Rest:
    """With a model `cats`, one version of it with an alias. The run is the Default experiment's, and so everybody's."""
    vision, _ = teams
    register(vision, saved, "cats")
    vision.post("registered-models/alias", name="cats", alias="champion", version="1")
    return vision


def _names(rest: Rest) -> list[str]:
    return [model["name"] for model in rest.get("registered-models/search").get("registered_models", [])]


def _versions(rest: Rest) -> list[str]:
    return [version["name"] for version in rest.get("model-versions/search").get("model_versions", [])]


def test_searches_look_at_the_own_workspace(rest: Rest, vision: Rest, teams: tuple[Rest, Rest], saved: Saved) -> None:
    speech = teams[1]
    register(rest, saved, "shared")
    register(speech, saved, "words")
    assert (_names(vision), _names(speech)) == (["cats"], ["words"])
    assert (_versions(vision), _versions(speech)) == (["cats"], ["words"])
    assert _names(rest) == ["cats", "shared", "words"]
    assert sorted(_versions(rest)) == ["cats", "shared", "words"]


@pytest.mark.parametrize(
    "act",
    [
        lambda rest: rest.get("registered-models/get", name="cats"),
        lambda rest: rest.post("registered-models/rename", name="cats", new_name="mine"),
        lambda rest: rest.patch("registered-models/update", name="cats", description="mine"),
        lambda rest: rest.delete("registered-models/delete", name="cats"),
        lambda rest: rest.post("registered-models/get-latest-versions", name="cats"),
        lambda rest: rest.post("registered-models/set-tag", name="cats", key="k", value="v"),
        lambda rest: rest.delete("registered-models/delete-tag", name="cats", key="k"),
        lambda rest: rest.post("registered-models/alias", name="cats", alias="mine", version="1"),
        lambda rest: rest.get("registered-models/alias", name="cats", alias="champion"),
        lambda rest: rest.delete("registered-models/alias", name="cats", alias="champion"),
        lambda rest: rest.get("model-versions/get", name="cats", version="1"),
        lambda rest: rest.get("model-versions/get-download-uri", name="cats", version="1"),
        lambda rest: rest.post("model-versions/create", name="cats", source="s3://models/cats"),
        lambda rest: rest.patch("model-versions/update", name="cats", version="1", description="mine"),
        lambda rest: rest.post("model-versions/transition-stage", name="cats", version="1", stage="Production"),
        lambda rest: rest.post("model-versions/set-tag", name="cats", version="1", key="k", value="v"),
        lambda rest: rest.delete("model-versions/delete-tag", name="cats", version="1", key="k"),
        lambda rest: rest.delete("model-versions/delete", name="cats", version="1"),
        lambda rest: rest.get("/model-versions/get-artifact", name="cats", version="1", path="MLmodel"),
        lambda rest: _copy(rest, "models:/cats/1"),
        lambda rest: _copy(rest, "models:/cats@champion"),
    ],
)
def test_another_workspaces_model_is_not_found(vision: Rest, teams: tuple[Rest, Rest], act: Callable[[Rest], object]) -> None:
    before = vision.get("registered-models/get", name="cats")
    with pytest.raises(Refusal) as refused:
        act(teams[1])
    assert (refused.value.status, refused.value.error_code) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert vision.get("registered-models/get", name="cats") == before


def _copy(rest: Rest, source: str) -> dict[str, Any]:
    if "copy" not in _names(rest):
        rest.post("registered-models/create", name="copy")
    return rest.post("model-versions/create", name="copy", source=source)


def test_the_own_team_and_who_names_no_workspace_do_as_ever(rest: Rest, vision: Rest) -> None:
    for asker in (vision, rest):
        assert asker.get("registered-models/alias", name="cats", alias="champion")["model_version"]["version"] == "1"
    assert _copy(vision, "models:/cats@champion")["model_version"]["source"] == "models:/cats/1"


def test_names_are_given_once_in_the_organization(vision: Rest, teams: tuple[Rest, Rest]) -> None:
    with pytest.raises(Refusal, match="RESOURCE_ALREADY_EXISTS"):
        teams[1].post("registered-models/create", name="cats")


def test_a_version_needs_a_run_of_the_own_team(vision: Rest, teams: tuple[Rest, Rest]) -> None:
    number = vision.post("experiments/create", name="cats")["experiment_id"]
    run_id = vision.start_run(experiment_id=number)
    speech = teams[1]
    speech.post("registered-models/create", name="words")
    with pytest.raises(Refusal, match=f"Run with id={run_id} not found"):
        speech.post("model-versions/create", name="words", source=f"runs:/{run_id}/model", run_id=run_id)


def test_a_workspace_with_models_is_not_deleted(rest: Rest, vision: Rest) -> None:
    refused = rest.client.delete(f"{TEAMS}/vision", headers=dict(rest.headers))
    assert (refused.status_code, refused.json()["error_code"]) == (409, "RESOURCE_CONFLICT")
    vision.delete("registered-models/delete", name="cats")
    assert rest.client.delete(f"{TEAMS}/vision", headers=dict(rest.headers)).status_code == 204


@pytest.mark.parametrize("source", ["models:/a\x00b/1", "models://", "models:/a/b/c", "\x00", "["])
def test_a_source_that_cannot_be_read_is_refused_in_a_workspace_too(vision: Rest, source: str) -> None:
    with pytest.raises(Refusal) as refused:
        vision.post("model-versions/create", name="cats", source=source)
    assert refused.value.status == 400
