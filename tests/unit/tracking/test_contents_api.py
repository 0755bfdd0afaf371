"""What a run holds, through /api/v1."""

from typing import Any

import pytest

from assay.accounts.domain.roles import Role
from assay.accounts.models import Organization
from assay.core import tenancy
from assay.core.ids import new_id
from assay.tracking.domain.values import RunView
from assay.tracking.services import experiments, runs
from tests.factories.callers import Caller
from tests.factories.members import add_member
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db

CONSOLE: dict[str, Any] = {"chunks": [{"stream": "stdout", "offset": 0, "text": "epoch 1\n"}]}
SOURCE = {"commit": "a" * 40, "diff": "-a\n+b\n", "is_dirty": True, "packages": {"numpy": "2.0"}}


@pytest.fixture
def organization() -> Organization:
    return found_organization(owner_email="ada@example.com")


@pytest.fixture
def run(organization: Organization) -> RunView:
    with tenancy.scope(organization.id):
        experiment = experiments.create_experiment(organization.id, name="digits")
        return runs.create_run(organization.id, experiment_id=experiment.id, name="first")


@pytest.fixture
def ada(organization: Organization) -> Caller:
    return Caller(bearer(organization))


@pytest.fixture
def eve() -> Caller:
    return Caller(bearer(found_organization(owner_email="eve@example.com")))


def event(kind: str, name: str, at: str) -> dict[str, Any]:
    return {"key": str(new_id()), "kind": kind, "name": name, "at": at, "step": 3}


def test_events_are_added_once_and_listed(ada: Caller, run: RunView) -> None:
    body = {"events": [event("stage", "fit", "2026-05-04T12:00:00Z"), event("milestone", "best", "2026-05-04T12:05:00+00:00")]}
    for _ in range(2):
        listed = ada("POST", f"runs/{run.id.hex}/events", 201, **body)["items"]
    assert ada("GET", f"runs/{run.id}/events", 200)["items"] == listed
    assert [(one["kind"], one["name"], one["step"], one["ended_at"]) for one in listed] == [
        ("stage", "fit", 3, None), ("milestone", "best", 3, None),
    ]  # fmt: skip


def test_console_is_appended_followed_and_refused_with_the_expected_offset(ada: Caller, run: RunView) -> None:
    address = f"runs/{run.id}/console"
    assert ada("POST", address, 200, **CONSOLE) == {"stdout": 8, "stderr": 0}
    assert ada("POST", address, 200, **CONSOLE) == {"stdout": 8, "stderr": 0}
    error = ada("POST", address, 409, chunks=[{"stream": "stdout", "offset": 9, "text": "x"}])["error"]
    assert (error["code"], error["details"]["expected"]) == ("conflict", 8)
    page = ada("GET", f"{address}?after=0", 200)
    assert ([item["text"] for item in page["items"]], page["is_live"]) == (["epoch 1\n"], True)
    assert ada("GET", f"{address}?after={page['next_cursor']}", 200)["items"] == []
    assert ada("GET", f"{address}?limit_bytes=1", 200)["items"] == page["items"]


def test_source_is_put_and_read(ada: Caller, run: RunView) -> None:
    ada("GET", f"runs/{run.id}/source", 404)
    put = ada("PUT", f"runs/{run.id}/source", 200, **SOURCE)
    assert ada("GET", f"runs/{run.id}/source", 200) == put
    assert (put["commit"], put["packages"], len(put["packages_digest"])) == ("a" * 40, {"numpy": "2.0"}, 64)


BODIES = [
    ("POST", "events", {"events": [{"key": "x"}]}),
    ("POST", "events", {"events": [{"key": str(new_id()), "kind": "stage", "name": "fit", "at": "2026-05-04T12:00:00"}]}),
    ("POST", "events", {"events": [{"key": str(new_id()), "kind": "stage", "name": "fit", "step": 2**70}]}),
    ("POST", "console", {"chunks": [{"stream": "other", "offset": 0, "text": "x"}]}),
    ("POST", "console", {"chunks": [{"stream": "stdout", "offset": 2**80, "text": "x"}]}),
    ("PUT", "source", {"commit": "a\x00"}),
    ("PUT", "source", {"diff_omitted_bytes": 2**70}),
    ("PUT", "source", {"packages": {"numpy": "\ud800"}}),
]


@pytest.mark.parametrize(("method", "path", "body"), BODIES)
def test_bad_bodies_are_refused_in_words(ada: Caller, run: RunView, method: str, path: str, body: dict[str, Any]) -> None:
    status = 409 if "offset" in str(body) and "other" not in str(body) else 400
    assert ada(method, f"runs/{run.id}/{path}", status, **body)["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "body"), [("POST", "events", {"events": []}), ("POST", "console", CONSOLE), ("PUT", "source", SOURCE)]
)
def test_writing_needs_the_permission_and_a_stranger_finds_nothing(
    organization: Organization, eve: Caller, run: RunView, method: str, path: str, body: dict[str, Any]
) -> None:
    add_member(organization, "ben@example.com", Role.VIEWER)
    ben = Caller(bearer(organization, email="ben@example.com"))
    ben(method, f"runs/{run.id}/{path}", 403, **body)
    eve(method, f"runs/{run.id}/{path}", 404, **body)
    eve("GET", f"runs/{run.id}/{path}", 404)
