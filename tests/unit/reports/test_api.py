from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from assay.accounts.domain.roles import Role
from assay.accounts.models import Organization
from assay.core.clock import now
from assay.core.ids import new_id
from assay.reports.domain.weeks import last_complete_week
from tests.factories.bills import charge, import_bill
from tests.factories.callers import Caller
from tests.factories.members import add_member
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db
BODY: dict[str, Any] = {"recipients": ["ada@example.com"], "weekday": "friday", "hour": 7}


@pytest.fixture
def organization() -> Organization:
    made = found_organization(owner_email="ada@example.com")
    monday = last_complete_week(now(), ZoneInfo("UTC")).interval.start
    import_bill(made.id, [charge("i-1", monday + timedelta(days=day, hours=1), "2.5") for day in range(7)])
    return made


@pytest.fixture
def ada(organization: Organization) -> Caller:
    return Caller(bearer(organization))


@pytest.fixture
def eve() -> Caller:
    return Caller(bearer(found_organization(owner_email="eve@example.com")))


def test_subscriptions_are_made_read_changed_and_ended(ada: Caller) -> None:
    made = ada("POST", "reports/subscriptions", 201, **BODY)
    assert (made["weekday"], made["hour"], made["basis"], made["active"]) == ("friday", 7, "effective", True)
    assert datetime.fromisoformat(made["next_at"]).weekday() == 4
    address = f"reports/subscriptions/{made['id']}"
    assert ada("GET", "reports/subscriptions", 200) == {"items": [made], "next_cursor": None}
    assert ada("PUT", address, 200, **BODY | {"active": False})["next_at"] is None
    assert ada("GET", address, 200)["active"] is False
    ada("DELETE", address, 204)
    ada("GET", address, 404)


def test_a_report_is_sent_once_and_its_mail_can_be_read(ada: Caller) -> None:
    address = f"reports/subscriptions/{ada('POST', 'reports/subscriptions', 201, **BODY)['id']}"
    sent = ada("POST", f"{address}/send", 202)
    error = ada("POST", f"{address}/send", 409)["error"]
    assert (error["code"], error["details"]["message_id"]) == ("conflict", sent["message_id"])
    assert ada("GET", "reports/deliveries", 200)["items"] == [sent]
    (listed,) = ada("GET", "mail", 200)["items"]
    mail = ada("GET", f"mail/{sent['message_id']}", 200)
    assert (listed["id"], listed["kind"], listed["state"]) == (sent["message_id"], "report.weekly_costs", "waiting")
    assert "$17.50" in mail["subject"]
    assert "$17.50" in mail["text"]
    assert 'src="data:image/png;base64,' in mail["html"]


def test_a_preview_shows_the_report_and_sends_nothing(ada: Caller) -> None:
    address = f"reports/subscriptions/{ada('POST', 'reports/subscriptions', 201, **BODY)['id']}"
    preview = ada("GET", f"{address}/preview", 200)
    assert "$17.50" in preview["text"]
    assert 'src="data:image/png;base64,' in preview["html"]
    earlier = ada("GET", f"{address}/preview?day=2001-01-03", 200)
    assert "no charges for 1 – 7 January 2001" in earlier["subject"]
    assert ada("GET", "mail", 200)["items"] == []


def test_finance_may_subscribe_and_engineers_may_not_even_look(organization: Organization, ada: Caller) -> None:
    add_member(organization, "ben@example.com", Role.ENGINEER)
    add_member(organization, "finance@example.com", Role.FINANCE)
    ben, finance = (Caller(bearer(organization, email=f"{name}@example.com")) for name in ("ben", "finance"))
    made = finance("POST", "reports/subscriptions", 201, **BODY)
    finance("POST", f"reports/subscriptions/{made['id']}/send", 202)
    assert ben("GET", "mail", 200)["items"] == []
    for method, path in (("GET", ""), ("POST", ""), ("PUT", f"/{made['id']}"), ("DELETE", f"/{made['id']}")):
        ben(method, f"reports/subscriptions{path}", 403, **BODY)
    for path in ("send", "preview"):
        ben("POST" if path == "send" else "GET", f"reports/subscriptions/{made['id']}/{path}", 403)
    ben("GET", "reports/deliveries", 403)
    Caller({})("GET", "mail", 401)


def test_a_stranger_gets_404_by_every_way(ada: Caller, eve: Caller) -> None:
    made = ada("POST", "reports/subscriptions", 201, **BODY)
    sent = ada("POST", f"reports/subscriptions/{made['id']}/send", 202)
    address = f"reports/subscriptions/{made['id']}"
    for method, path in (("GET", address), ("PUT", address), ("DELETE", address), ("POST", f"{address}/send")):
        eve(method, path, 404, **(BODY if method == "PUT" else {}))
    eve("GET", f"{address}/preview", 404)
    eve("GET", f"mail/{sent['message_id']}", 404)
    eve("GET", f"mail/{new_id()}", 404)
    for path in ("reports/subscriptions", "reports/deliveries", "mail"):
        assert eve("GET", path, 200)["items"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [({"weekday": "someday"}, "weekday"), ({"hour": 24}, "hour"), ({"basis": "guessed"}, "basis")],
)
def test_bad_input_is_named_by_field(ada: Caller, change: dict[str, Any], field: str) -> None:
    assert ada("POST", "reports/subscriptions", 400, **BODY | change)["error"]["details"]["field"] == field


def test_addresses_and_unfinished_weeks_are_refused_with_a_reason(ada: Caller) -> None:
    error = ada("POST", "reports/subscriptions", 400, **BODY | {"recipients": ["nobody"]})["error"]
    assert error["message"] == "'nobody' is not an e-mail address."
    made = ada("POST", "reports/subscriptions", 201, **BODY)
    today = now().astimezone(UTC).date()
    error = ada("POST", f"reports/subscriptions/{made['id']}/send", 400, day=today.isoformat())["error"]
    assert "has not ended" in error["message"]
