"""Workspaces are teams: who names one reaches what belongs to it, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from assay.accounts.domain.roles import Permission
from assay.accounts.domain.teams import TeamView
from assay.core.ids import new_id
from assay.tracking.api.mlflow.workspace_names import name_teams
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer
from tests.unit.tracking.rest import Refusal, Rest
from tests.unit.tracking.test_mlflow_isolation import ARTIFACT, make_one_of_each

NEW = "/api/3.0/mlflow/workspaces"
STORE = "/api/2.0/mlflow-artifacts"
METRIC: dict[str, Any] = {"key": "m", "value": 1, "timestamp": 1}


def _within(rest: Rest, workspace: str) -> Rest:
    return Rest(rest.client, {**rest.headers, "X-MLFLOW-WORKSPACE": workspace})


def _trace_info(trace_id: str) -> dict[str, Any]:
    place = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}}
    return {"trace_id": trace_id, "trace_location": place, "request_time": "2024-01-01T00:00:00Z"}


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
        lambda rest, ids: rest.post("/api/3.0/mlflow/traces", trace={"trace_info": _trace_info(ids["trace"])}),
        lambda rest, ids: rest.post("runs/log-metric", run_id=rest.start_run(), **METRIC, model_id=ids["model"]),
        lambda rest, ids: rest.post(
            "runs/log-batch", run_id=rest.start_run(), metrics=[METRIC, {**METRIC, "model_id": ids["model"]}]
        ),
        lambda rest, ids: rest.post("runs/log-inputs", run_id=rest.start_run(), models=[{"model_id": ids["model"]}]),
        lambda rest, ids: rest.get(ARTIFACT.format(**ids)),
        lambda rest, ids: rest.send("PUT", ARTIFACT.format(**ids), b"other"),
        lambda rest, ids: rest.send("DELETE", ARTIFACT.format(**ids), b""),
        lambda rest, ids: rest.send("PUT", f"{STORE}/artifacts/{ids['number']}/notes.txt", b"other"),
        lambda rest, ids: rest.send("DELETE", f"{STORE}/artifacts/{ids['number']}", b""),
        lambda rest, ids: rest.send("PUT", f"{STORE}/artifacts/{ids['number']}/models/{ids['model']}/artifacts/m", b"other"),
        lambda rest, ids: rest.send("PUT", f"{STORE}/artifacts/{ids['number']}/traces/{ids['trace']}/artifacts/t", b"other"),
        lambda rest, ids: rest.post(
            f"{STORE}/mpu/create/{ids['number']}/{ids['run']}/artifacts", path="model.txt", num_parts=1
        ),
        lambda rest, ids: rest.get(f"{STORE}/presigned/{ids['number']}/{ids['run']}/artifacts/model.txt"),
        lambda rest, ids: rest.get("/get-artifact", run_id=ids["run"], path="model.txt"),
        lambda rest, ids: rest.send(
            "POST", f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={ids['run']}&path=model.txt", b"other"
        ),
        lambda rest, ids: rest.post("artifacts/presigned-download-url", run_id=ids["run"], path="model.txt"),
        lambda rest, ids: rest.post("artifacts/presigned-upload-url", run_id=ids["run"], path="model.txt"),
        lambda rest, ids: rest.post("artifacts/presigned-upload-url", model_id=ids["model"], path="model.txt"),
        lambda rest, ids: rest.get("artifacts/list", run_id=ids["run"]),
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
    path = ARTIFACT.format(**ids)
    assert vision.client.get(path, headers=dict(vision.headers)).getvalue() == b"weights"


def test_files_of_the_own_team_and_of_the_default_experiment_are_reached(
    vision: Rest, speech: Rest, settings: Any, tmp_path: Any
) -> None:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path)
    ids = make_one_of_each(vision)
    for path in (f"{ids['number']}/notes.txt", f"{ids['number']}/models/{ids['model']}/artifacts/m", "0/notes.txt"):
        vision.send("PUT", f"{STORE}/artifacts/{path}", b"mine")
    assert speech.client.get(f"{STORE}/artifacts/0/notes.txt", headers=dict(speech.headers)).getvalue() == b"mine"
    listed = vision.get(f"{STORE}/artifacts", path=ids["number"])["files"]
    assert "notes.txt" in {entry["path"] for entry in listed}
    assert speech.get(f"{STORE}/artifacts") == {}
    with pytest.raises(Refusal, match="No Experiment with id=2 exists"):
        speech.get(f"{STORE}/artifacts", path=ids["number"])


def test_a_root_that_a_later_experiment_claims_stays_the_first_ones(
    vision: Rest, speech: Rest, settings: Any, tmp_path: Any
) -> None:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path)
    vision.post("experiments/create", name="shared", artifact_location="mlflow-artifacts:/shared")
    number = vision.post("experiments/create", name="cats")["experiment_id"]
    for place in ("shared", "shared/inner", number):
        vision.send("PUT", f"{STORE}/artifacts/{place}/secret.txt", b"mine")
        speech.post("experiments/create", name=f"claim {place}", artifact_location=f"mlflow-artifacts:/{place}")
        with pytest.raises(Refusal, match="404"):
            speech.get(f"{STORE}/artifacts/{place}/secret.txt")


def test_spans_do_not_reach_another_workspaces_traces_and_runs(
    vision: Rest, speech: Rest, settings: Any, tmp_path: Any
) -> None:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path)
    ids = make_one_of_each(vision)
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add()
    span.trace_id, span.span_id = b"t" * 16, b"s" * 8
    content = request.SerializeToString()

    def export(rest: Rest, **headers: str) -> int:
        sent = {**rest.headers, "X-MLflow-Experiment-Id": "0", **headers}
        return rest.client.post("/v1/traces", content, content_type="application/x-protobuf", headers=sent).status_code

    assert export(speech, **{"X-MLflow-Run-Id": ids["run"]}) == 404
    assert export(vision, **{"X-MLflow-Experiment-Id": ids["number"]}) == 200
    assert export(speech) == 404


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
