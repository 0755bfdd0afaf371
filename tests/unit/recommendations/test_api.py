"""Findings through /api/v1."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from assay.accounts.domain.roles import Permission
from assay.accounts.models import Organization
from assay.clouds.domain.inventory import ResourceKind, Volume
from assay.core import tenancy
from assay.core.clock import now
from tests.factories import clouds
from tests.factories.tokens import bearer
from tests.unit.recommendations.conftest import RunChecks

pytestmark = pytest.mark.django_db


class Caller:
    """A member's token at work; answers come as they are, since refusals are looked at too."""

    def __init__(self, headers: dict[str, str]) -> None:
        self.client = Client(headers=headers)

    def get(self, path: str) -> Any:  # the test client's response
        return self.client.get(f"/api/v1/{path}")

    def post(self, path: str, body: dict[str, object]) -> Any:
        return self.client.post(f"/api/v1/{path}", body, "application/json")

    def patch(self, path: str, body: dict[str, object]) -> Any:
        return self.client.patch(f"/api/v1/{path}", body, "application/json")

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1/{path}")


@pytest.fixture
def caller(ada: Organization, run_checks: RunChecks) -> Caller:
    """Of an organization with three loose volumes that were found."""
    at = now()
    with tenancy.scope(ada.id):
        for number in range(3):
            known = {"state": "available", "first_seen_at": at - timedelta(days=60), "last_seen_at": at}
            clouds.keep(ada.id, ResourceKind.VOLUME, f"vol-{number}", Volume("gp3", 100), name=f"=data {number}", **known)
    run_checks(ada.id)
    return Caller(bearer(ada))


def test_findings_are_listed_page_by_page(caller: Caller) -> None:
    first = caller.get("findings?limit=2").json()
    second = caller.get(f"findings?limit=2&cursor={first['next_cursor']}").json()
    found = [item["resource"]["native_id"] for item in first["items"] + second["items"]]
    assert (found, first["total"], second["next_cursor"]) == (["vol-0", "vol-1", "vol-2"], 3, None)
    assert caller.get("findings?text=DATA%201").json()["total"] == 1
    assert caller.get("findings?check=idle_instances").json()["total"] == 0


@pytest.mark.parametrize("asked", ["state=lost", "cursor=x", "limit=0", "limit=100000", "team_id=x"])
def test_what_cannot_be_listed_is_refused_by_name(caller: Caller, asked: str) -> None:
    answer = caller.get(f"findings?{asked}")
    assert answer.status_code == 400
    assert asked.partition("=")[0] in answer.text


def test_a_finding_is_accepted_dismissed_and_opened_again(caller: Caller) -> None:
    finding = caller.get("findings").json()["items"][0]
    path = f"findings/{finding['id']}"
    assert caller.post(f"{path}/accept", {"due_on": "2026-12-31"}).json()["due_on"] == "2026-12-31"
    refused = caller.post(f"{path}/dismiss", {"reason": " "})
    assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (400, "reason")
    naive = caller.post(f"{path}/dismiss", {"reason": "x", "until": "2099-01-01T00:00:00"})
    assert "time zone" in naive.json()["error"]["message"]
    assert caller.post(f"{path}/dismiss", {"reason": "kept"}).json()["state"] == "dismissed"
    assert caller.post(f"{path}/reopen", {}).json()["state"] == "open"
    assert caller.post(f"{path}/applied", {}).json()["state"] == "applied"
    again = caller.post(f"{path}/dismiss", {"reason": "kept"})
    assert again.status_code == 409
    shown = caller.get(path).json()
    assert [event["state"] for event in shown["events"]] == ["applied", "open", "dismissed", "accepted", "open"]
    assert shown["price_source"] == "no price known", "unpriced is not nothing"


def test_an_export_has_every_finding_and_no_formula(caller: Caller) -> None:
    answer = caller.get("findings/export?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["resource"] for row in rows] == ["vol-0", "vol-1", "vol-2"]
    assert rows[0]["name"] == "'=data 0"
    assert [item["name"] for item in caller.get("findings/export?format=json").json()] == ["=data 0", "=data 1", "=data 2"]


def test_options_of_a_check_keep_their_bounds(caller: Caller) -> None:
    path = "findings/checks/unattached_volumes"
    assert caller.patch(path, {"options": {"days": 30}}).json()["options"] == {"days": 30}
    for options, field in (({"days": 0}, "days"), ({"hours": 3}, "hours"), ({"days": "many"}, "days")):
        refused = caller.patch(path, {"options": options})
        assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (400, field)
    assert caller.patch(path, {"paused": True}).json()["paused"] is True
    assert caller.patch("findings/checks/nothing", {"paused": True}).status_code == 404


def test_runs_and_their_results_are_shown(caller: Caller) -> None:
    [run] = caller.get("findings/runs").json()["items"]
    result = next(one for one in run["results"] if one["check"] == "unattached_volumes")
    assert (run["state"], result["state"], result["new"]) == ("complete", "found", 3)
    assert caller.post("findings/runs", {}).status_code == 202
    assert caller.get(f"findings/runs/{run['id']}").json() == run


def test_exclusions_come_and_go(caller: Caller) -> None:
    made = caller.post("findings/exclusions", {"native_id": "vol-1", "reason": "the audit's"}).json()
    assert caller.get("findings").json()["total"] == 2
    assert caller.get("findings?excluded=true").json()["total"] == 1
    assert [one["id"] for one in caller.get("findings/exclusions").json()["items"]] == [made["id"]]
    assert caller.delete(f"findings/exclusions/{made['id']}").status_code == 204
    assert caller.get("findings").json()["total"] == 3


def test_who_may_not_see_costs_sees_no_findings(ada: Organization, caller: Caller) -> None:
    reader = Caller(bearer(ada, [Permission.TRACKING_READ]))
    assert reader.get("findings").status_code == 403
    looker = Caller(bearer(ada, [Permission.COSTS_READ]))
    finding = looker.get("findings").json()["items"][0]
    assert looker.post(f"findings/{finding['id']}/accept", {}).status_code == 403
