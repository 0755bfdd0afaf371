"""What holds for every operation of /api/v1: who is known, in which scope, and how errors look."""

import json
from collections.abc import Iterator

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client, override_settings
from ninja import Router, Schema

from assay import api as assay_api
from assay.accounts.domain.roles import Permission
from assay.accounts.models import Organization, Team, User
from assay.accounts.services.access import MemberRequest, require
from assay.core import tenancy
from assay.core.errors import Conflict, Unavailable
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db

router = Router()


class Pair(Schema):
    name: str
    count: int


@router.post("pairs")
def take_pair(request: HttpRequest, pair: Pair) -> dict[str, int]:
    return {"count": pair.count}


@router.post("teams-and-failure/{kind}")
def fail_after_writing(request: MemberRequest, kind: str) -> None:
    Team.objects.create(organization_id=request.principal.organization_id, name="half")
    raise {
        "conflict": Conflict("Already there.", team="half"),
        "unavailable": Unavailable("Not now.", retry_after_seconds=7),
        "database": OperationalError("gone"),
        "defect": ZeroDivisionError("secret detail"),
    }[kind]


@router.get("bill")
@require(Permission.COSTS_READ)
def read_bill(request: MemberRequest) -> dict[str, str]:
    return {"of": str(tenancy.current())}


def receive(request: HttpRequest) -> dict[str, bool]:
    return {"in_scope": tenancy.find_current() is not None}


receive.enters_scope_itself = True  # type: ignore[attr-defined]  # the mark under test
router.post("long-body")(receive)

URLS = type("urls", (), {"urlpatterns": assay_api.build_urls(assay_api.build_api([*assay_api.ROUTERS, router]))})


@pytest.fixture
def client() -> Iterator[Client]:
    """The real API with a few operations more."""
    with override_settings(ROOT_URLCONF=URLS):
        yield Client()


@pytest.fixture
def ada() -> Organization:
    return found_organization("ada", owner_email="ada@example.com")


def test_a_token_opens_the_api_in_its_own_organization(client: Client, ada: Organization) -> None:
    answer = client.get("/api/v1/me", headers=bearer(ada, [Permission.COSTS_READ]))
    assert answer.status_code == 200
    assert answer.json()["organization"] == {
        "id": str(ada.id), "slug": "ada", "name": "Ada", "currency": "USD", "timezone": "UTC", "silent_run_hours": 24,
    }  # fmt: skip
    assert answer.json()["user"]["email"] == "ada@example.com"
    assert answer.json()["permissions"] == ["costs.read"]
    assert client.get("/api/v1/bill", headers=bearer(ada)).json() == {"of": str(ada.id)}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer assay_wrong"}, {"Authorization": "Basic x"}])
def test_without_a_known_token_the_answer_is_401_and_says_what_to_do(client: Client, headers: dict[str, str]) -> None:
    answer = client.get("/api/v1/me", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["error"]["message"].endswith(".")


def test_a_permission_outside_the_tokens_scopes_is_403(client: Client, ada: Organization) -> None:
    answer = client.get("/api/v1/bill", headers=bearer(ada, [Permission.TRACKING_READ]))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    assert answer.json()["error"]["details"] == {"permission": "costs.read"}


def test_the_session_of_a_signed_in_member_works_too(client: Client, ada: Organization) -> None:
    client.force_login(User.objects.get(email="ada@example.com"))
    assert client.get("/api/v1/bill").json() == {"of": str(ada.id)}


def test_a_write_by_session_needs_the_csrf_token(ada: Organization) -> None:
    with override_settings(ROOT_URLCONF=URLS):
        client = Client(enforce_csrf_checks=True)
        client.force_login(User.objects.get(email="ada@example.com"))
        pair = json.dumps({"name": "a", "count": 1})
        refused = client.post("/api/v1/pairs", pair, content_type="application/json")
        client.cookies["csrftoken"] = "a" * 32
        accepted = client.post("/api/v1/pairs", pair, content_type="application/json", headers={"X-CSRFToken": "a" * 32})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
    assert accepted.json() == {"count": 1}


def test_a_person_without_an_organization_is_told_so(client: Client) -> None:
    client.force_login(User.objects.create_user("ben@example.com", "long enough pass"))
    answer = client.get("/api/v1/me")
    assert answer.status_code == 403
    assert "invitation" in answer.json()["error"]["message"]


def test_bad_input_is_400_and_names_the_field(client: Client, ada: Organization) -> None:
    headers = bearer(ada)
    answer = client.post("/api/v1/pairs", '{"name": "a", "count": "x"}', content_type="application/json", headers=headers)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"]["field"]) == (400, "invalid", "count")
    assert error["message"].startswith("count: ")
    broken = client.post("/api/v1/pairs", "{", content_type="application/json", headers=headers)
    assert (broken.status_code, broken.json()["error"]["code"]) == (400, "invalid")


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("conflict", 409, "conflict"),
        ("unavailable", 503, "unavailable"),
        ("database", 503, "unavailable"),
        ("defect", 500, "internal"),
    ],
)
def test_what_fails_answers_in_one_shape_and_leaves_nothing(
    client: Client, ada: Organization, kind: str, status: int, code: str
) -> None:
    answer = client.post(f"/api/v1/teams-and-failure/{kind}", headers=bearer(ada))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert "secret detail" not in answer.text
    assert ("Retry-After" in answer) == (status == 503)
    with tenancy.scope(ada.id):
        assert Team.objects.count() == 0


def test_an_incident_can_be_found_in_the_log(client: Client, ada: Organization, capsys: pytest.CaptureFixture[str]) -> None:
    answer = client.post("/api/v1/teams-and-failure/defect", headers=bearer(ada))
    logged = capsys.readouterr().out
    assert answer.json()["error"]["details"]["incident"] in logged
    assert "ZeroDivisionError" in logged


@pytest.mark.parametrize("route", ["", "/", "/nothing", "/me/", "/teams/x/y"])
def test_an_unknown_route_is_404_in_the_same_shape(client: Client, route: str) -> None:
    answer = client.post(f"/api/v1{route}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_another_method_is_405_in_the_same_shape(client: Client) -> None:
    answer = client.delete("/api/v1/me")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
    assert answer["Allow"] == "GET"


def test_an_operation_may_enter_its_scope_itself(client: Client, ada: Organization) -> None:
    assert client.post("/api/v1/long-body", headers=bearer(ada)).json() == {"in_scope": False}
    assert client.post("/api/v1/long-body").status_code == 401
