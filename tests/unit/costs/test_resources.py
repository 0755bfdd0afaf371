"""Machines: total, runs and idle, by day and through the API."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assay.accounts.domain.roles import Permission, Role
from assay.accounts.models import Organization
from assay.core import tenancy
from assay.core.intervals import Interval
from assay.costs.domain.run_costs import ResourceCostView
from assay.costs.selectors.resources import resource_costs
from assay.costs.services.allocation import allocate_import
from tests.factories.bills import charge, import_bill
from tests.factories.callers import Caller
from tests.factories.holds import hold_machine
from tests.factories.members import add_member
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)
MIDNIGHT = NOON - DAY / 2
GPU = "i-0d18c6e2a9b4f0754"


@pytest.fixture
def organization() -> Organization:
    """A machine held for half an hour at noon on each of two days; another one that nobody held."""
    found = found_organization(owner_email="ada@example.com")
    with tenancy.scope(found.id):
        for start in (NOON, NOON + DAY):
            hold_machine(found.id, GPU, start, start + timedelta(minutes=30))
    bill = [charge(GPU, NOON, "4"), charge(GPU, NOON + DAY, "6"), charge("i-0bbbbbbbbbbbbbbbb", NOON, "9")]
    delivery = import_bill(found.id, bill)
    with tenancy.scope(found.id):
        allocate_import(found.id, delivery)
    return found


def view(total: int, runs: int) -> ResourceCostView:
    return ResourceCostView(GPU, "USD", Decimal(total), Decimal(runs), Decimal(total - runs))


def test_neighbouring_intervals_share_no_day(organization: Organization) -> None:
    with tenancy.scope(organization.id):
        halves = [
            resource_costs(organization.id, Interval(start, end))
            for start, end in ((MIDNIGHT - DAY, MIDNIGHT), (MIDNIGHT, MIDNIGHT + DAY), (MIDNIGHT + DAY, MIDNIGHT + 2 * DAY))
        ]
        whole = resource_costs(organization.id, Interval(MIDNIGHT - DAY, MIDNIGHT + 2 * DAY))
    assert halves == [[], [view(4, 2)], [view(6, 3)]]
    assert whole == [view(10, 5)]


def test_days_of_another_zone_are_those_of_the_bill(organization: Organization) -> None:
    in_berlin = Interval(MIDNIGHT - DAY / 24, MIDNIGHT + DAY - DAY / 24)
    with tenancy.scope(organization.id):
        assert resource_costs(organization.id, in_berlin) == [view(4, 2)]


def test_the_api_lists_machines_with_exact_amounts(organization: Organization) -> None:
    answer: Any = Caller(bearer(organization))("GET", "costs/resources?from=2026-11-06&to=2026-11-07", 200)
    [item] = answer["items"]
    assert item["resource_id"] == GPU
    assert {name: Decimal(item[name]["amount"]) for name in ("total", "runs", "idle")} == {"total": 6, "runs": 3, "idle": 3}
    assert {item[name]["currency"] for name in ("total", "runs", "idle")} == {"USD"}
    assert answer["next_cursor"] is None


def test_without_days_the_api_lists_everything(organization: Organization) -> None:
    [item] = Caller(bearer(organization))("GET", "costs/resources", 200)["items"]
    assert Decimal(item["total"]["amount"]) == 10


def test_the_api_needs_the_permission_to_read_costs(organization: Organization) -> None:
    add_member(organization, "ben@example.com", Role.ENGINEER)
    Caller(bearer(organization, email="ben@example.com"))("GET", "costs/resources", 403)
    Caller(bearer(organization, [Permission.TRACKING_READ]))("GET", "costs/resources", 403)


def test_a_stranger_sees_no_machine(organization: Organization) -> None:
    eve = found_organization(owner_email="eve@example.com")
    assert Caller(bearer(eve))("GET", "costs/resources", 200)["items"] == []


@pytest.mark.parametrize("query", ["from=2026-11-07&to=2026-11-06", "from=yesterday"])
def test_wrong_days_are_refused(organization: Organization, query: str) -> None:
    answer = Caller(bearer(organization))("GET", f"costs/resources?{query}", 400)
    assert answer["error"]["code"] == "invalid"
