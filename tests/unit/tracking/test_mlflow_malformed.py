"""Whatever a body holds, the answer is the protocol's own: never a failure of the server."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from assay.tracking.api.mlflow.errors import STATUS
from tests.breadth import examples
from tests.unit.tracking.rest import API, Rest
from tests.unit.tracking.test_mlflow_isolation import EMPTY, REFUSED, fill, make_one_of_each

OTHERS: dict[tuple[str, str], dict[str, object]] = {
    ("POST", "experiments/create"): {"name": "other"},
    ("POST", "experiments/search"): {"max_results": 5},
    ("GET", "experiments/search"): {"max_results": "5"},
    ("POST", "runs/log-batch"): {"run_id": "{run}", "metrics": [{"key": "a", "value": 1, "timestamp": 1, "step": 1}]},
    ("POST", "runs/log-inputs"): {
        "run_id": "{run}",
        "datasets": [{"dataset": {"name": "d", "digest": "e", "source_type": "code", "source": "s"}}],
    },
}
REMOVING = {"experiments/delete", "runs/delete", "logged-models/{model}", "traces/delete-traces"}
BODIES = {
    route: body
    for route, body in {**REFUSED, **EMPTY, **OTHERS}.items()
    if "artifact" not in route[1] and not (route[0] == "DELETE" and route[1] in REMOVING) and route[1] not in REMOVING
}
FIELDS = [
    "artifact_location", "assessments", "datasets", "dataset_digest", "dataset_name", "end_step", "end_time", "experiment_id",
    "experiment_ids", "experimentId", "filter", "key", "max_results", "max_traces", "metric_key", "metrics", "model_id",
    "model_type", "models", "name", "new_name", "order_by", "page_token", "params", "request_metadata", "run_id", "run_ids",
    "run_name", "run_uuid", "run_view_type", "source_run_id", "start_step", "start_time", "status", "step", "tags",
    "timestamp", "timestamp_ms", "trace", "trace_ids", "user_id", "value", "view_type", "model_json", "locations",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "\x00", "a\x00b", "\ud800", "🧪" * 20, "x" * 1_000_000, "../../etc", "0", "-1", "9" * 30, "NaN", "m-" + "0" * 32,
         "metrics.a > 1", "metrics.`a` = 'x'", "start_time > 99999999999999999999", "tags.a LIKE '\\'", "eyJhIjoxfQ", "0" * 32]
    ),
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(),
    st.sampled_from([2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**40]),
    st.floats(),
)
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(st.sampled_from(FIELDS), TEXTS), inner, max_size=4)
    ),
    max_leaves=8,
)
DEEP = b"[" * 5_000 + b"]" * 5_000


@pytest.fixture
def ids(rest: Rest, settings: Settings, tmp_path: Any) -> dict[str, str]:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path)
    return make_one_of_each(rest)


def _check(response: Any) -> None:
    body = json.loads(response.content)
    if response.status_code == 200:
        assert isinstance(body, dict)
        return
    assert set(body) == {"error_code", "message"}, body
    assert response.status_code < 500, body
    assert response.status_code == STATUS[body["error_code"]], body


def _send(rest: Rest, method: str, path: str, content: bytes) -> Any:
    url = path if path.startswith("/") else API + path
    return rest.client.generic(method, url, content, content_type="application/json", headers=dict(rest.headers))


@settings(max_examples=examples(120, many=600), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    route=st.sampled_from(sorted(BODIES)),
    changes=st.dictionaries(st.sampled_from(FIELDS), JUNK, min_size=1, max_size=3),
    inside=st.booleans(),
)
def test_changed_fields_are_taken_or_refused(
    rest: Rest, ids: dict[str, str], route: tuple[str, str], changes: dict[str, Any], inside: bool
) -> None:
    method, path = route
    body = fill(BODIES[route], ids)
    assert isinstance(body, dict)
    nested = [value[0] for value in body.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    (nested[0] if inside and nested else body).update(changes)
    if method == "GET":
        query = {name: value if isinstance(value, str | list) else json.dumps(value) for name, value in body.items()}
        texts = {name: json.dumps(value) if isinstance(value, list) else value for name, value in query.items()}
        plain = {name: text.encode("utf-8", "replace").decode() for name, text in texts.items()}
        _check(
            rest.client.get(
                API + path.format(**ids) if path[0] != "/" else path.format(**ids), plain, headers=dict(rest.headers)
            )
        )
        return
    _check(_send(rest, method, path.format(**ids), json.dumps(body).encode()))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    route=st.sampled_from(sorted(BODIES)),
    content=st.one_of(st.binary(max_size=60), JUNK.map(lambda junk: json.dumps(junk).encode())),
)
def test_any_body_is_taken_or_refused(rest: Rest, ids: dict[str, str], route: tuple[str, str], content: bytes) -> None:
    if route[0] != "GET":
        _check(_send(rest, route[0], route[1].format(**ids), content))


@pytest.mark.parametrize(
    "content",
    [
        DEEP,
        b'{"run_name": ' + DEEP + b"}",
        b'{"unknown": ' + DEEP + b"}",
        b'{"tags": ' + DEEP + b"}",
        b'{"start_time": ' + b"9" * 10_000 + b"}",
        b'{"tags": [{"key": "k", "value": "' + b"v" * 1_000_000 + b'"}]}',
        b'{"run_name": "\\u0000"}',
        b'{"experiment_id": "' + "٣".encode() + b'"}',
        b'"' * 3,
    ],
    ids=range(9),
)
def test_deep_and_huge_bodies_are_refused(rest: Rest, content: bytes) -> None:
    response = _send(rest, "POST", "runs/create", content)
    _check(response)
    assert response.status_code == 400


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=st.binary(max_size=80))
def test_any_bytes_as_spans_are_refused(rest: Rest, client: Client, content: bytes) -> None:
    headers = {**rest.headers, "X-MLflow-Experiment-Id": "0"}
    response = client.generic("POST", "/v1/traces", content, content_type="application/x-protobuf", headers=headers)
    if response.status_code != 200:
        _check(response)
