"""What goes wrong is said in the MLflow protocol's shape, codes and sentences."""

import base64
from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.test import Client

from assay.accounts.domain.roles import Permission
from assay.tracking.api.mlflow import runs
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer
from tests.unit.tracking.rest import API, Refusal, Rest

ABSENT = "0" * 32


def _refusal(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("runs/log-metric", {"key": "a", "value": 1, "timestamp": 1}, "Missing value for required parameter 'run_id'"),
        ("runs/log-metric", {"run_id": "RUN", "value": 1, "timestamp": 1}, "Missing value for required parameter 'key'"),
        (
            "runs/log-metric",
            {"run_id": "RUN", "key": "", "value": 1, "timestamp": 1},
            "Missing value for required parameter 'key'",
        ),
        ("runs/log-metric", {"run_id": "RUN", "key": "a", "timestamp": 1}, "Missing value for required parameter 'value'"),
        (
            "runs/log-metric",
            {"run_id": "RUN", "key": "a", "value": "x", "timestamp": 1},
            "Invalid value \"x\" for parameter 'value'",
        ),
        (
            "runs/log-metric",
            {"run_id": 7, "key": "a", "value": 1, "timestamp": 1},
            "Invalid value 7 for parameter 'run_id' supplied",
        ),
        (
            "runs/log-batch",
            {"run_id": "RUN", "metrics": [{"key": "a", "value": [], "timestamp": 0}]},
            "parameter 'metrics[0].value'",
        ),
        ("runs/log-batch", {"run_id": "RUN", "metrics": [{"key": "a", "value": 1}]}, "parameter 'metrics[0].timestamp'"),
        ("runs/log-batch", {"run_id": "RUN", "params": [{"value": "x"}]}, "parameter 'params[0].key'"),
        ("runs/log-batch", {"run_id": "RUN", "metrics": {}}, "Invalid value {} for parameter 'metrics'"),
        (
            "runs/log-batch",
            {"run_id": "RUN", "params": [{"key": "k", "value": "1"}, {"key": "k", "value": "1"}]},
            "Duplicate parameter keys have been submitted: ['k']",
        ),
        ("runs/set-tag", {"run_id": "RUN", "key": "k", "value": "v" * 8_001}, "the limit is 8000"),
        ("runs/log-parameter", {"run_id": "RUN", "key": "k", "value": "v" * 6_001}, "the limit is 6000"),
        ("runs/log-parameter", {"run_id": "RUN", "key": "../k", "value": "v"}, "not a plain relative path"),
        ("runs/update", {"run_id": "RUN", "status": "SLEEPING"}, "Invalid value \"SLEEPING\" for parameter 'status'"),
        ("runs/create", {"start_time": 10**18}, "start_time must be milliseconds"),
        ("runs/create", {"experiment_id": "first"}, "Invalid experiment ID 'first'. Experiment ID must be a valid integer."),
        ("runs/search", {"max_results": 0}, "Invalid value 0 for parameter 'max_results'"),
        ("runs/search", {"max_results": 50_001}, "Invalid value 50001 for parameter 'max_results'"),
        ("runs/search", {"filter": "metrics.a > 'x'"}, "Invalid clause"),
        ("runs/search", {"order_by": ["nonsense"]}, "Invalid clause"),
        ("runs/search", {"page_token": "garbage"}, "Invalid page token"),
        ("runs/search", {"run_view_type": "SOME"}, "Invalid value \"SOME\" for parameter 'run_view_type'"),
        ("experiments/create", {"name": ""}, "Missing value for required parameter 'name'"),
        ("experiments/search", {"filter": "metrics.a > 1"}, "Invalid clause"),
    ],
)
def test_bad_input_is_refused_with_the_field_named(rest: Rest, path: str, body: dict[str, object], message: str) -> None:
    run_id = rest.start_run()
    refused = _refusal(lambda: rest.post(path, **{**body, **({"run_id": run_id} if body.get("run_id") == "RUN" else {})}))
    assert (refused.status, refused.error_code) == (400, "INVALID_PARAMETER_VALUE")
    assert message in refused.message


def test_a_body_that_is_no_json_is_refused(rest: Rest) -> None:
    for body in (b"{", b"\xff", b'{"run_name": "\xff"}', b'{"run_name": "\\ud800"}', b"[]", b'"no json"', b"nul"):
        assert _refusal(lambda: rest.send("POST", "runs/create", body)).error_code == "INVALID_PARAMETER_VALUE"  # noqa: B023  called at once


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda rest: rest.get("runs/get", run_id=ABSENT), f"Run with id={ABSENT} not found"),
        (lambda rest: rest.get("runs/get", run_id="what"), "Run with id=what not found"),
        (lambda rest: rest.get("experiments/get", experiment_id="12"), "No Experiment with id=12 exists"),
        (lambda rest: rest.get("experiments/get", experiment_id="9" * 20), f"No Experiment with id={'9' * 20} exists"),
        (lambda rest: rest.get("experiments/get-by-name", experiment_name="x"), "Could not find experiment with name 'x'"),
        (lambda rest: rest.get(f"logged-models/m-{ABSENT}"), f"Logged model with ID 'm-{ABSENT}' not found."),
        (lambda rest: rest.get("logged-models/what"), "Logged model with ID 'what' not found."),
        (lambda rest: rest.get("metrics/get-history", run_id=ABSENT, metric_key="a"), f"Run with id={ABSENT} not found"),
    ],
)
def test_what_does_not_exist_is_not_found(rest: Rest, act: Callable[[Rest], object], message: str) -> None:
    refused = _refusal(lambda: act(rest))
    assert (refused.status, refused.error_code, refused.message) == (404, "RESOURCE_DOES_NOT_EXIST", message)


def test_a_tag_that_is_not_there_cannot_be_deleted(rest: Rest) -> None:
    run_id = rest.start_run()
    refused = _refusal(lambda: rest.post("runs/delete-tag", run_id=run_id, key="k"))
    assert (refused.status, refused.message) == (404, f"No tag with name: k in run with id {run_id}")


def test_a_taken_experiment_name_is_said_so(rest: Rest) -> None:
    rest.post("experiments/create", name="digits")
    refused = _refusal(lambda: rest.post("experiments/create", name="digits"))
    assert (refused.status, refused.error_code) == (400, "RESOURCE_ALREADY_EXISTS")
    assert refused.message == "Experiment(name=digits) already exists."


def test_changed_params_are_told_with_both_values(rest: Rest) -> None:
    run_id = rest.start_run()
    params = [{"key": "lr", "value": "1"}, {"key": "depth", "value": "2"}]
    rest.post("runs/log-batch", run_id=run_id, params=params)
    single = _refusal(lambda: rest.post("runs/log-parameter", run_id=run_id, key="lr", value="2"))
    assert single.message == (
        "Changing param values is not allowed. Param with key='lr' was already logged with value='1' for run "
        f"ID='{run_id}'. Attempted logging new value '2'."
    )
    both = _refusal(lambda: rest.post("runs/log-batch", run_id=run_id, params=[{**pair, "value": "9"} for pair in params]))
    assert "Params were already logged='[{'key': 'lr', 'old_value': '1', 'new_value': '9'}, {'key': 'depth'" in both.message
    assert (both.status, both.error_code) == (400, "INVALID_PARAMETER_VALUE")


def test_unknown_routes_are_said_so(rest: Rest, client: Client) -> None:
    for method, path in (("GET", "nothing/here"), ("POST", "/api/2.0/mlflow/runs/create/"), ("GET", "/api/3.0/mlflow/x")):
        refused = _refusal(lambda: rest.send(method, path, {}))  # noqa: B023  called at once
        assert (refused.status, refused.error_code) == (404, "ENDPOINT_NOT_FOUND")


def test_a_known_path_says_which_methods_it_takes(rest: Rest, client: Client) -> None:
    for method, path, allowed in (
        ("POST", "/api/2.0/mlflow/runs/get", "GET"),
        ("PUT", "/api/2.0/mlflow/experiments/search", "GET, POST"),
        ("POST", "/api/2.0/mlflow-artifacts/artifacts/0/x", "DELETE, GET, PUT"),
    ):
        response = client.generic(method, path, b"{}", content_type="application/json", headers=dict(rest.headers))
        assert (response.status_code, response["Allow"]) == (405, allowed)
        assert response.json()["error_code"] == "ENDPOINT_NOT_FOUND"


def test_head_answers_as_get_without_the_body(rest: Rest, client: Client) -> None:
    run_id = rest.start_run()
    response = client.head(f"/api/2.0/mlflow/runs/get?run_id={run_id}", headers=dict(rest.headers))
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("content_type", "sentence"),
    [
        ("", "Content-Type header is missing"),
        ("text/plain", "Content-Type must be one of ['application/json']"),
        ("application/x-www-form-urlencoded", "Content-Type must be one of ['application/json']"),
    ],
)
def test_a_body_must_be_announced_as_json(rest: Rest, client: Client, content_type: str, sentence: str) -> None:
    headers = dict(rest.headers)
    refused = client.generic("POST", API + "runs/create", b"{}", content_type=content_type, headers=headers)
    assert (refused.status_code, refused.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert sentence in refused.json()["message"]
    with_charset = "application/json; charset=utf-8"
    assert client.generic("POST", API + "runs/create", b"{}", content_type=with_charset, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "name", "other"),
    [
        ("runs/create", {"experiment_id": "0", "experimentId": "0"}, "experiment_id", "experimentId"),
        ("runs/log-metric", {"run_id": "x", "runId": "y"}, "run_id", "runId"),
        (
            "runs/log-batch",
            {"run_id": "x", "metrics": [{"model_id": "a", "modelId": "b"}]},
            "model_id",
            "modelId",
        ),
        ("runs/log-inputs", {"datasets": [{"dataset": {"source_type": "a", "sourceType": "b"}}]}, "source_type", "sourceType"),
    ],
)
def test_a_field_in_both_spellings_is_refused(rest: Rest, path: str, body: dict[str, object], name: str, other: str) -> None:
    refused = _refusal(lambda: rest.send("POST", path, body))
    assert refused.message == f"Request specifies both '{name}' and '{other}'; provide only one of them."
    assert (refused.status, refused.error_code) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer nobody"}, {"Authorization": "Basic !!!"}, {"Authorization": "x"}]
)
def test_who_is_not_known_is_told_to_say_who(db: None, client: Client, headers: dict[str, str]) -> None:
    unknown = Rest(client, headers)
    for act in (
        lambda: unknown.get("runs/get", run_id=ABSENT),
        lambda: unknown.post("runs/create"),
        lambda: unknown.get("/api/2.0/mlflow-artifacts/artifacts/0/x"),
        lambda: unknown.get("/get-artifact", run_id=ABSENT, path="x"),
    ):
        refused = _refusal(act)
        assert (refused.status, refused.error_code) == (401, "UNAUTHENTICATED")
    assert "Bearer" in client.get("/api/2.0/mlflow/runs/get")["WWW-Authenticate"]


def test_basic_credentials_carry_the_token_as_password(rest: Rest, client: Client) -> None:
    token = rest.headers["Authorization"].removeprefix("Bearer ")
    basic = Rest(client, {"Authorization": "Basic " + base64.b64encode(f"ada:{token}".encode()).decode()})
    assert basic.start_run()


def test_a_token_may_do_what_its_scopes_say(db: None, client: Client) -> None:
    organization = found_organization(owner_email="ada@example.com")
    reader = Rest(client, bearer(organization, [Permission.TRACKING_READ]))
    assert reader.post("runs/search", experiment_ids=["0"]) == {}
    for act in (
        lambda: reader.post("runs/create"),
        lambda: reader.send("PUT", "/api/2.0/mlflow-artifacts/artifacts/0/x", b"x"),
        lambda: reader.delete("/api/2.0/mlflow-artifacts/artifacts/0/x"),
    ):
        refused = _refusal(act)
        assert (refused.status, refused.error_code) == (403, "PERMISSION_DENIED")
    outsider = Rest(client, bearer(organization, [Permission.COSTS_READ]))
    assert _refusal(lambda: outsider.post("runs/search")).status == 403


def test_a_silent_database_and_a_defect_have_the_protocols_shape(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    for error, status, code in (
        (OperationalError("gone"), 503, "TEMPORARILY_UNAVAILABLE"),
        (ZeroDivisionError("secret"), 500, "INTERNAL_ERROR"),
    ):

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(runs, "get_contents", fail)
        refused = _refusal(lambda: rest.get("runs/get", run_id=ABSENT))
        assert (refused.status, refused.error_code) == (status, code)
        assert "secret" not in refused.message


def test_the_server_says_what_it_can_without_credentials(client: Client) -> None:
    info = client.get("/api/3.0/mlflow/server-info").json()
    assert (info["artifact_serving_enabled"], info["multipart_uploads_enabled"], info["workspaces_enabled"]) == (
        True,
        True,
        True,
    )
    assert client.get("/health").content == b"OK"
    assert client.get("/version").content.count(b".") == 2
