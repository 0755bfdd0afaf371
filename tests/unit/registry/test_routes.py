"""Every route of the registry: a stranger finds nothing there, and whatever a body holds is taken or refused."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from assay.registry.api.mlflow.urls import urlpatterns
from assay.tracking.api.mlflow.errors import STATUS
from tests.breadth import examples
from tests.unit.registry.conftest import Saved, register
from tests.unit.tracking.rest import API, Refusal, Rest
from tests.unit.tracking.test_mlflow_malformed import JUNK

EVENTS = [{"entity": "MODEL_VERSION", "action": "CREATED"}]
VERSION = {"name": "digits", "version": "1"}
TAG = {"key": "k", "value": "v"}
FOREIGN: dict[tuple[str, str], dict[str, object]] = {
    ("POST", "registered-models/rename"): {"name": "digits", "new_name": "digits"},
    ("PATCH", "registered-models/update"): {"name": "digits", "description": "d"},
    ("DELETE", "registered-models/delete"): {"name": "digits"},
    ("GET", "registered-models/get"): {"name": "digits"},
    ("POST", "registered-models/get-latest-versions"): {"name": "digits", "stages": ["None"]},
    ("GET", "registered-models/get-latest-versions"): {"name": "digits"},
    ("POST", "registered-models/set-tag"): {"name": "digits", **TAG},
    ("DELETE", "registered-models/delete-tag"): {"name": "digits", **TAG},
    ("POST", "registered-models/alias"): {**VERSION, "alias": "best"},
    ("DELETE", "registered-models/alias"): {"name": "digits", "alias": "none"},
    ("GET", "registered-models/alias"): {"name": "digits", "alias": "best"},
    ("POST", "model-versions/create"): {"name": "digits", "source": "s3://b/x", "tags": [TAG]},
    ("GET", "model-versions/get"): VERSION,
    ("PATCH", "model-versions/update"): {**VERSION, "description": "d"},
    ("DELETE", "model-versions/delete"): VERSION,
    ("GET", "model-versions/get-download-uri"): VERSION,
    ("POST", "model-versions/transition-stage"): {**VERSION, "stage": "Staging", "archive_existing_versions": True},
    ("POST", "model-versions/set-tag"): {**VERSION, **TAG},
    ("DELETE", "model-versions/delete-tag"): {**VERSION, **TAG},
    ("GET", "webhooks/{webhook}"): {},
    ("PATCH", "webhooks/{webhook}"): {"name": "ci", "events": EVENTS},
    ("DELETE", "webhooks/{webhook}"): {},
    ("POST", "webhooks/{webhook}/test"): {"event": EVENTS[0]},
}
OPEN: dict[tuple[str, str], dict[str, object]] = {
    ("POST", "registered-models/create"): {"name": "other", "tags": [TAG]},
    ("GET", "registered-models/search"): {"filter": "name LIKE '%'", "order_by": ["name"], "max_results": 5},
    ("GET", "model-versions/search"): {"filter": "version_number > 0", "order_by": ["name"], "max_results": 5},
    ("POST", "webhooks"): {"name": "w", "url": "https://127.0.0.1/", "events": EVENTS},
    ("GET", "webhooks"): {"max_results": 5},
}
REMOVING = {("DELETE", "registered-models/delete"), ("DELETE", "model-versions/delete"), ("DELETE", "webhooks/{webhook}")}
BODIES = {route: body for route, body in {**FOREIGN, **OPEN}.items() if route not in REMOVING}
FIELDS = [
    "name", "new_name", "description", "tags", "key", "value", "stages", "filter", "max_results", "order_by", "page_token",
    "alias", "version", "source", "run_id", "run_link", "model_id", "stage", "archive_existing_versions", "url", "events",
    "secret", "status", "event", "entity", "action",
]  # fmt: skip
SOURCES = [
    "models:/digits/1",
    "models:/digits@best",
    "models:/m-0",
    "runs:/x/y",
    "//",
    "https://[",
    "s3://\udcff",
    "a:b:c",
    "%00",
]


@pytest.fixture
def webhook(rest: Rest, saved: Saved, settings: Settings) -> str:
    """With a model that has a version and an alias."""
    settings.ASSAY_WEBHOOK_PRIVATE_HOSTS = True
    register(rest, saved)
    rest.post("registered-models/alias", name="digits", alias="best", version="1")
    made: str = rest.post("webhooks", name="ci", url="http://127.0.0.1:9/", events=EVENTS)["webhook"]["webhook_id"]
    return made


def _ask(rest: Rest, method: str, path: str, body: dict[str, object]) -> dict[str, Any]:
    return rest.get(path, **body) if method == "GET" else rest.send(method, path, body)


@pytest.mark.parametrize("route", FOREIGN, ids=" ".join)
def test_a_stranger_finds_nothing(rest: Rest, stranger: Rest, webhook: str, route: tuple[str, str]) -> None:
    method, path = route
    with pytest.raises(Refusal) as refused:
        _ask(stranger, method, path.format(webhook=webhook), FOREIGN[route])
    assert (refused.value.status, refused.value.error_code) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_every_route_is_tried() -> None:
    """But for the files of a version, which have a test of their own (test_version_files)."""
    addresses = [str(pattern.pattern) for pattern in urlpatterns if "mlflow/" in str(pattern.pattern)]
    served = {address.partition("mlflow/")[2].replace("<str:webhook_id>", "{webhook}") for address in addresses}
    assert served == {path for _, path in (*FOREIGN, *OPEN)}


def _check(response: Any) -> None:
    body = json.loads(response.content)
    if response.status_code != 200:
        assert set(body) == {"error_code", "message"}, body
        assert response.status_code < 500, body
        assert response.status_code == STATUS[body["error_code"]], body


@settings(max_examples=examples(60, many=400), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    route=st.sampled_from(sorted(BODIES)),
    changes=st.dictionaries(st.sampled_from(FIELDS), st.one_of(JUNK, st.sampled_from(SOURCES)), min_size=1, max_size=3),
)
def test_changed_fields_are_taken_or_refused(rest: Rest, webhook: str, route: tuple[str, str], changes: dict[str, Any]) -> None:
    method, url = route[0], API + route[1].format(webhook=webhook)
    body, headers = BODIES[route] | changes, dict(rest.headers)
    if method == "GET":
        plain = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
        query = {name: text.encode("utf-8", "replace").decode() for name, text in plain.items()}
        _check(rest.client.get(url, query, headers=headers))
        return
    content = json.dumps(body).encode()
    _check(rest.client.generic(method, url, content, content_type="application/json", headers=headers))
