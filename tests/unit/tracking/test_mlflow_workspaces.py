"""Workspaces are teams: who names one reaches what belongs to it, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assay.accounts.domain.roles import Permission
from assay.accounts.domain.teams import TeamView
from assay.core.ids import new_id
from assay.tracking.api.mlflow.workspace_names import name_teams
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer
from tests.unit.tracking.rest import Refusal, Rest
from tests.unit.tracking.test_mlflow_isolation import make_one_of_each

NEW = "/api/3.0/mlflow/workspaces"


def _within(rest: Rest, workspace: str) -> Rest:
    return Rest(rest.client, {**rest.headers, "X-MLFLOW-WORKSPACE": workspace})


def _create(rest: Rest, **body: object) -> Any:
    headers = dict(rest.headers)
    return rest.client.post(NEW, body, content_type="application/json", headers=headers)


@pytest.fixture
def vision(rest: Rest) -> Rest:
    assert _create(rest, name="vision").status_code == 201
    return _within(rest, "vision")


@pytest.fixture
def speech(rest: Rest) -> Rest:
    assert _create(rest, name="speech").json() == {"workspace": {"name": "speech"}}
    return _within(rest, "speech")


def _names(rest: Rest) -> list[str]:
    return sorted(experiment["name"] for experiment in rest.post("experiments/search", view_type="ALL")["experiments"])


def test_an_experiment_belongs_to_the_workspace_it_was_made_in(rest: Rest, vision: Rest, speech: Rest) -> None:
    number = vision.post("experiments/create", name="cats")["experiment_id"]
    speech.post("experiments/create", name="words")
    rest.post("experiments/create", name="everybody's")
    assert _names(vision) == ["Default", "cats"]
    assert _names(speech) == ["Default", "words"]
    assert _names(rest) == _names(_within(rest, "default")) == ["Default", "cats", "everybody's", "words"]
    assert vision.get("experiments/get-by-name", experiment_name="cats")["experiment"]["experiment_id"] == number
    with pytest.raises(Refusal, match=r"Experiment\(name=cats\) already exists"):
        speech.post("experiments/create", name="cats")


@pytest.mark.parametrize(
    "act",
    [
        lambda rest, ids: rest.get("experiments/get", experiment_id=ids["number"]),
        lambda rest, ids: rest.get("experiments/get-by-name", experiment_name="secret"),
        lambda rest, ids: rest.post("experiments/delete", experiment_id=ids["number"]),
        lambda rest, ids: rest.post("runs/create", experiment_id=ids["number"]),
        lambda rest, ids: rest.get("runs/get", run_id=ids["run"]),
        lambda rest, ids: rest.get("runs/get", run_uuid=ids["run"]),
        lambda rest, ids: rest.post("runs/set-tag", run_id=ids["run"], key="k", value="v"),
        lambda rest, ids: rest.post("runs/log-batch", run_id=ids["run"], tags=[{"key": "k", "value": "v"}]),
        lambda rest, ids: rest.post("logged-models", experiment_id="0", source_run_id=ids["run"]),
        lambda rest, ids: rest.get("metrics/get-history-bulk-interval", run_ids=[ids["run"]], metric_key="m"),
        lambda rest, ids: rest.get(f"logged-models/{ids['model']}"),
        lambda rest, ids: rest.delete(f"logged-models/{ids['model']}/tags/k"),
        lambda rest, ids: rest.get(f"traces/{ids['trace']}/info"),
        lambda rest, ids: rest.post("/api/3.0/mlflow/traces/batchGetInfos", trace_ids=[ids["trace"]]),
    ],
)
def test_what_another_workspace_has_is_not_found(
    rest: Rest, vision: Rest, speech: Rest, act: Callable[[Rest, dict[str, str]], object], settings: Any, tmp_path: Any
) -> None:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path)
    ids = make_one_of_each(vision)
    with pytest.raises(Refusal) as refused:
        act(speech, ids)
    assert (refused.value.status, refused.value.error_code) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert vision.get("runs/get", run_id=ids["run"])["run"]["data"] == rest.get("runs/get", run_id=ids["run"])["run"]["data"]


def test_searches_look_at_the_own_workspace(vision: Rest, speech: Rest) -> None:
    number = vision.post("experiments/create", name="cats")["experiment_id"]
    vision.start_run(experiment_id=number)
    assert len(vision.post("runs/search", experiment_ids=[number])["runs"]) == 1
    assert speech.post("runs/search", experiment_ids=[number]) == {}


def test_the_default_experiment_is_everybodys(vision: Rest, speech: Rest) -> None:
    run_id = vision.start_run()
    assert speech.get("runs/get", run_id=run_id)["run"]["info"]["experiment_id"] == "0"


@pytest.mark.parametrize("name", ["nobodys", "../vision", "VISION", "x" * 300])
def test_a_workspace_that_there_is_not_is_not_found(rest: Rest, vision: Rest, name: str) -> None:
    for act in (lambda: _names(_within(rest, name)), lambda: _within(rest, name).start_run()):
        with pytest.raises(Refusal, match="not found") as refused:
            act()
        assert (refused.value.status, refused.value.error_code) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_a_strangers_workspace_is_not_found(rest: Rest, stranger: Rest, vision: Rest) -> None:
    with pytest.raises(Refusal, match="Workspace 'vision' not found"):
        _names(_within(stranger, "vision"))
    assert stranger.get(NEW) == {"workspaces": [{"name": "default"}]}
    with pytest.raises(Refusal, match="not found"):
        stranger.get(f"{NEW}/vision")


def test_workspaces_are_listed_and_deleted_when_nothing_is_in_them(rest: Rest, vision: Rest, speech: Rest) -> None:
    assert rest.get(NEW) == {"workspaces": [{"name": "default"}, {"name": "speech"}, {"name": "vision"}]}
    assert rest.get(f"{NEW}/vision") == {"workspace": {"name": "vision"}}
    assert rest.client.delete(f"{NEW}/speech", headers=dict(rest.headers)).status_code == 204
    vision.post("experiments/create", name="cats")
    refused = rest.client.delete(f"{NEW}/vision", headers=dict(rest.headers))
    assert (refused.status_code, refused.json()["error_code"]) == (409, "RESOURCE_CONFLICT")
    for name in ("default", "api", "A", "x", "has space", "vision"):
        assert _create(rest, name=name).status_code == 400


def test_only_who_may_change_teams_may_make_workspaces(db: None, client: Client) -> None:
    engineer = Rest(client, bearer(found_organization(owner_email="ada@example.com"), [Permission.TRACKING_WRITE]))
    refused = _create(engineer, name="mine")
    assert (refused.status_code, refused.json()["error_code"]) == (403, "PERMISSION_DENIED")


def test_teams_have_names_that_clients_can_say() -> None:
    one, two, three = (new_id() for _ in range(3))
    teams = [
        TeamView(one, None, "Computer Vision (EU)", ("Computer Vision (EU)",), 0),
        TeamView(two, one, "Ops", ("A", "Ops"), 0),
        TeamView(three, one, "ops", ("B", "ops"), 0),
        TeamView(new_id(), None, "✓", ("✓",), 0),
        TeamView(new_id(), None, "Default", ("Default",), 0),
    ]
    named = {name: team.id for name, team in name_teams(teams).items()}
    assert named == {"computer-vision-eu": one, "a-ops": two, "b-ops": three}
