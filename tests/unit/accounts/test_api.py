import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from assay.accounts.domain.roles import Permission, Role
from assay.accounts.models import Membership, Organization
from assay.core import tenancy
from assay.core.clock import now
from tests.factories.members import add_member, membership_id
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db


class Caller:
    """One member's use of /api/v1."""

    def __init__(self, headers: dict[str, str]) -> None:
        self.client, self.headers = Client(), headers

    def __call__(self, method: str, path: str, status: int, **body: Any) -> Any:
        data = json.dumps(body) if body else ""
        answer = self.client.generic(method, f"/api/v1/{path}", data, "application/json", headers=self.headers)
        assert answer.status_code == status, answer.text
        return json.loads(answer.text) if answer.text else None


@pytest.fixture
def ada() -> Organization:
    return found_organization("ada", owner_email="ada@example.com")


@pytest.fixture
def call(ada: Organization) -> Caller:
    return Caller(bearer(ada))


@pytest.fixture
def ben(ada: Organization) -> Caller:
    add_member(ada, "ben@example.com")
    return Caller(bearer(ada, email="ben@example.com"))


def test_members_are_listed_changed_and_removed(ada: Organization, call: Caller, ben: Caller) -> None:
    member = f"members/{membership_id(ada, 'ben@example.com')}"
    team = call("POST", "teams", 201, name="research")
    assert [item["email"] for item in ben("GET", "members", 200)["items"]] == ["ada@example.com", "ben@example.com"]
    changed = call("PATCH", member, 200, role="admin", team_id=team["id"])
    assert (changed["role"], changed["team_name"]) == ("admin", "research")
    assert call("PATCH", member, 200, role="viewer")["team_name"] == "research"
    assert call("PATCH", member, 200, team_id=None)["team_id"] is None
    call("PATCH", member, 400, role="root")
    call("DELETE", member, 204)
    call("DELETE", member, 404)
    ben("GET", "members", 401)


def test_the_only_owner_cannot_be_changed_away(ada: Organization, call: Caller) -> None:
    own = f"members/{membership_id(ada, 'ada@example.com')}"
    assert call("PATCH", own, 409, role="viewer")["error"]["code"] == "conflict"
    call("DELETE", own, 409)


def test_a_change_that_fails_half_way_changes_nothing(ada: Organization, call: Caller, ben: Caller) -> None:
    member = f"members/{membership_id(ada, 'ben@example.com')}"
    call("PATCH", member, 404, role="viewer", team_id=str(ada.id))
    with tenancy.scope(ada.id):
        assert Membership.objects.get(user__email="ben@example.com").role == Role.ENGINEER


def test_invitations_are_sent_listed_and_withdrawn(call: Caller) -> None:
    sent = call("POST", "invitations", 201, email="new@example.com", role="viewer")
    assert (sent["email"], sent["invited_by"]) == ("new@example.com", "ada@example.com")
    assert call("GET", "invitations", 200) == {"items": [sent], "next_cursor": None}
    call("POST", "invitations", 409, email="ada@example.com", role="viewer")
    assert call("POST", "invitations", 400, email="nobody", role="viewer")["error"]["message"].startswith("'nobody' is not")
    call("DELETE", f"invitations/{sent['id']}", 204)
    call("DELETE", f"invitations/{sent['id']}", 404)


def test_teams_are_made_renamed_moved_and_deleted(call: Caller) -> None:
    top = call("POST", "teams", 201, name="research")
    below = call("POST", "teams", 201, name="vision", parent_id=top["id"])
    assert below["path"] == ["research", "vision"]
    assert call("PATCH", f"teams/{top['id']}", 200, name="science")["name"] == "science"
    call("PATCH", f"teams/{top['id']}", 409, parent_id=below["id"])
    call("PATCH", f"teams/{top['id']}", 400)
    call("DELETE", f"teams/{top['id']}", 409)
    assert call("PATCH", f"teams/{below['id']}", 200, parent_id=None)["path"] == ["vision"]
    call("DELETE", f"teams/{top['id']}", 204)
    assert [item["name"] for item in call("GET", "teams", 200)["items"]] == ["vision"]


def test_a_token_is_shown_once_works_and_is_revoked(call: Caller) -> None:
    end = (now() + timedelta(minutes=30)).isoformat()
    made = call("POST", "tokens", 201, name="ci", scopes=["tracking.read"], expires_at=end)
    other = Caller({"Authorization": f"Bearer {made['token']}"})
    assert other("GET", "me", 200)["permissions"] == ["tracking.read"]
    listed = call("GET", "tokens", 200)["items"]
    assert made["token"].startswith(listed[0]["prefix"])
    assert all("token" not in item and "token_hash" not in item for item in listed)
    call("DELETE", f"tokens/{made['id']}", 204)
    other("GET", "me", 401)


@pytest.mark.parametrize("change", [{"scopes": []}, {"scopes": ["root"]}, {"name": ""}, {"expires_at": "2020-01-01T00:00:00Z"}])
def test_a_token_that_makes_no_sense_is_refused_by_field(call: Caller, change: dict[str, Any]) -> None:
    good = {"name": "ci", "scopes": ["tracking.read"], "expires_at": (now() + timedelta(minutes=1)).isoformat()}
    error = call("POST", "tokens", 400, **(good | change))["error"]
    assert error["details"]["field"].split(".")[0] in change


def test_members_see_their_own_tokens_and_admins_all(call: Caller, ben: Caller) -> None:
    assert {item["user_email"] for item in ben("GET", "tokens", 200)["items"]} == {"ben@example.com"}
    everything = call("GET", "tokens", 200)["items"]
    assert {item["user_email"] for item in everything} == {"ada@example.com", "ben@example.com"}
    adas = next(item for item in everything if item["user_email"] == "ada@example.com")
    ben("DELETE", f"tokens/{adas['id']}", 404)


def test_what_manages_people_and_settings_needs_its_permission(ada: Organization, call: Caller, ben: Caller) -> None:
    scoped = Caller(bearer(ada, [Permission.TRACKING_READ]))
    for caller in (ben, scoped):
        for method, path in (
            ("GET", "invitations"), ("GET", "audit"), ("DELETE", f"members/{membership_id(ada, 'ada@example.com')}"),
            ("DELETE", f"teams/{ada.id}"),
        ):  # fmt: skip
            assert caller(method, path, 403)["error"]["code"] == "forbidden"
        caller("POST", "teams", 403, name="x")
        caller("POST", "invitations", 403, email="x@example.com", role="viewer")


def test_every_change_is_in_the_audit_log_page_by_page(call: Caller) -> None:
    for name in ("one", "two", "three"):
        call("POST", "teams", 201, name=name)
    first = call("GET", "audit?limit=2", 200)
    assert [entry["subject"] for entry in first["items"]] == ["three", "two"]
    assert first["items"][0]["actor"] == "ada@example.com"
    second = call("GET", f"audit?limit=2&cursor={first['next_cursor']}", 200)
    assert [entry["action"] for entry in second["items"]] == ["team.created", "token.issued"]
    assert second["next_cursor"] is None
    call("GET", "audit?limit=0", 400)


def test_the_organization_is_changed_by_those_who_may(call: Caller, ben: Caller) -> None:
    before = call("GET", "organization", 200)
    assert (before["name"], before["timezone"], before["silent_run_hours"]) == ("Ada", "UTC", 24)
    changed = call("PATCH", "organization", 200, silent_run_hours=72, timezone="Europe/Berlin")
    assert changed == {**before, "silent_run_hours": 72, "timezone": "Europe/Berlin"} == ben("GET", "organization", 200)
    assert ben("PATCH", "organization", 403, name="Ben's")["error"]["code"] == "forbidden"
    assert call("PATCH", "organization", 400, timezone="Mars/Olympus")["error"]["details"]["field"] == "timezone"
    assert call("GET", "organization", 200) == changed
