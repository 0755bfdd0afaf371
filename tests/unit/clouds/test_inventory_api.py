"""Inventory in /api/v1."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from assay.accounts.domain.roles import Permission, Role
from assay.accounts.models import Organization
from assay.clouds.domain.inventory import Instance, ResourceKind
from assay.clouds.domain.utilization import Metric
from assay.clouds.selectors.inventory import ResourceFilter, list_resources
from assay.clouds.services.connections import create_connection
from assay.core import tenancy
from assay.core.clock import frozen
from tests.factories.inventories import ACCOUNT, AT, REGION, hold, hold_instances, measure, refresh_with_refusal, report
from tests.factories.members import add_member
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db


def get(organization: Organization, path: str, *, status: int = 200, **query: str) -> Any:
    answer = Client().get(f"/api/v1/inventory{path}", query, headers=bearer(organization))
    assert answer.status_code == status, answer.content
    return answer.json()


def test_resources_are_listed_page_by_page_and_narrowed(ada: Organization) -> None:
    with tenancy.scope(ada.id):
        hold_instances(ada.id, "i-1", "i-2", "i-3")
    first = get(ada, "", limit="2")
    rest = get(ada, "", limit="2", cursor=first["next_cursor"])
    assert [one["native_id"] for one in first["items"] + rest["items"]] == ["i-1", "i-2", "i-3"]
    assert rest["next_cursor"] is None
    assert [one["native_id"] for one in get(ada, "", text="of i-2")["items"]] == ["i-2"]
    assert get(ada, "", kind="volume")["items"] == []
    assert [get(ada, "", **{name: "a\0b"})["items"] for name in ("text", "region", "account_id", "state")] == [[]] * 4
    assert [len(get(ada, "", region=region)["items"]) for region in (REGION, "us-east-1")] == [3, 0]


def test_one_resource_has_its_facts_series_and_history(ada: Organization) -> None:
    with tenancy.scope(ada.id):
        hold_instances(ada.id, "i-1")
        hold(ada.id, [report(ResourceKind.INSTANCE, "i-1", Instance("m5.xlarge"), "stopped")], at=AT + timedelta(hours=1))
        [view] = list_resources(ada.id, ResourceFilter())
        measure(ada.id, view.id, Metric.CPU, date(2026, 3, 4), 10, 30)
    found = get(ada, f"/{view.id}")
    assert (found["details"]["instance_type"], found["state"], found["account_id"]) == ("m5.xlarge", "stopped", ACCOUNT)
    [change, _] = get(ada, f"/{view.id}/changes")["items"]
    assert (change["before"]["state"], change["after"]["state"]) == ("running", "stopped")
    with frozen(datetime(2026, 3, 5, 9, tzinfo=UTC)):
        [series] = get(ada, f"/{view.id}/series", days="2")["items"]
    assert (series["metric"], series["start"], series["step_seconds"]) == ("cpu_percent", "2026-03-03T00:00:00Z", 300)
    assert (len(series["average"]), series["average"][288:290], series["maximum"][-1]) == (576, [None, 10], 30)
    get(ada, f"/{view.id}/series", days="0", status=400)


def test_a_refresh_tells_what_was_refused(ada: Organization) -> None:
    refresh_id = refresh_with_refusal(ada.id, "ec2:DescribeVolumes")
    found = get(ada, f"/refreshes/{refresh_id}")
    assert (found["state"], found["calls"]) == ("partial", {"ok": 1, "denied": 1, "failed": 0})
    assert (found["asked"][0]["permission"], found["asked"][0]["state"]) == ("ec2:DescribeVolumes", "denied")
    [listed] = get(ada, "/refreshes", subject="inventory")["items"]
    assert listed["id"] == str(refresh_id)
    grants = {one["permission"]: one for one in get(ada, "/permissions")["items"]}
    assert grants["ec2:DescribeVolumes"]["refused"] == [{"account_id": ACCOUNT, "region": REGION}]
    assert grants["ec2:DescribeVolumes"]["is_missing"]
    assert not grants["ec2:DescribeInstances"]["is_missing"]


def post(organization: Organization, body: dict[str, object], email: str = "") -> Any:
    return Client().post("/api/v1/inventory/refreshes", body, "application/json", headers=bearer(organization, email=email))


def test_a_refresh_is_started_for_every_connection_or_for_one(ada: Organization) -> None:
    assert post(ada, {}).status_code == 409
    with tenancy.scope(ada.id):
        made = create_connection(ada.id, name="main", role_arn=f"arn:aws:iam::{ACCOUNT}:role/assay", actor_id=None)
    [started] = post(ada, {}).json()["items"]
    assert (started["state"], started["connection"], started["trigger"]) == ("queued", "main", "person")
    again = post(ada, {"connection_id": str(made.id)})
    assert (again.status_code, again.json()["items"][0]["id"]) == (202, started["id"])
    other = post(ada, {"connection_id": str(made.id), "subject": "utilization"}).json()["items"][0]
    assert other["id"] != started["id"]


def test_only_those_who_may_change_costs_start_one_and_only_those_who_may_read_them_look(ada: Organization) -> None:
    add_member(ada, "ben@example.com", Role.ENGINEER)
    assert post(ada, {}, "ben@example.com").status_code == 403
    ben = bearer(ada, [Permission.TRACKING_READ], email="ben@example.com")
    assert Client().get("/api/v1/inventory", headers=ben).status_code == 403


def test_a_connection_says_how_far_it_reaches(ada: Organization) -> None:
    body = {"name": "org", "member_role": "assay-inventory", "regions": ["us-east-1", "eu-central-1", ""]}
    made = Client().post("/api/v1/costs/connections", body, "application/json", headers=bearer(ada)).json()
    assert (made["member_role"], made["regions"]) == ("assay-inventory", ["eu-central-1", "us-east-1"])
    for wrong in ({"regions": ["mars"]}, {"member_role": "arn:aws:iam::1:role/x"}):
        refused = Client().post("/api/v1/costs/connections", {"name": "b"} | wrong, "application/json", headers=bearer(ada))
        assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (400, next(iter(wrong)))


def test_what_a_change_of_a_connection_does_not_name_stays(ada: Organization) -> None:
    member = Client(headers=bearer(ada))
    body = {"name": "a", "role_arn": f"arn:aws:iam::{ACCOUNT}:role/assay", "member_role": "assay-member", "regions": [REGION]}
    made = member.post("/api/v1/costs/connections", body, "application/json").json()
    changed = member.patch(f"/api/v1/costs/connections/{made['id']}", {"name": "b"}, "application/json").json()
    assert changed == made | {"name": "b"}
    cleared = member.patch(f"/api/v1/costs/connections/{made['id']}", {"regions": []}, "application/json").json()
    assert cleared == made | {"name": "b", "regions": []}
