"""The bill: what the pages show adds up to what was imported."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from assay.accounts.models import Organization
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.dimensions import Dimension
from assay.costs.selectors.resources import resource_costs
from assay.costs.services import imports
from assay.portal.domain.exploration import read_filters
from assay.portal.domain.ranges import read_range
from assay.portal.selectors.exploration import Question, explore
from assay.portal.selectors.machines import add_up
from tests.factories.bills import charge, import_bill
from tests.unit.portal.conftest import START, inside

DAYS = {"from": "2026-03-01", "to": "2026-03-31"}
AMOUNTS = ("0.000000000000001", "12.34", "7.1", "-3.000000000000009")


@pytest.fixture
def billed(organization: Organization) -> Organization:
    """Four charges of three services on three machines over four days."""
    services = ("Compute", "Compute", "Storage", "Credits")
    charges = [
        charge(f"i-{i % 3}", START + timedelta(days=i), amount, ServiceName=service)
        for i, (amount, service) in enumerate(zip(AMOUNTS, services, strict=True))
    ]
    import_bill(organization.id, charges)
    return organization


def question(dimension: Dimension, *filters: str) -> Question:
    span = read_range(key="", first=DAYS["from"], last=DAYS["to"], at=START, zone_name="UTC")
    return Question(span, Basis.EFFECTIVE, dimension, read_filters(filters))


@pytest.mark.parametrize("dimension", list(Dimension))
def test_groups_and_days_add_up_to_the_bill_by_every_dimension(billed: Organization, dimension: Dimension) -> None:
    with inside(billed):
        found = explore(billed.id, question(dimension))
    total = sum((Decimal(amount) for amount in AMOUNTS), Decimal(0))
    assert found.total == total
    assert sum((group.amount for group in found.groups), Decimal(0)) == total
    drawn = [Decimal(str(point[1])) for series in found.chart["series"] for point in series["points"]]
    assert sum(drawn, Decimal(0)) == total


def test_a_filter_keeps_its_value_only(billed: Organization) -> None:
    with inside(billed):
        found = explore(billed.id, question(Dimension.RESOURCE, "service:Compute"))
    assert found.total == Decimal("12.340000000000001")
    assert {group.value for group in found.groups} == {"i-0", "i-1"}


def test_what_is_gone_stays_visible(billed: Organization) -> None:
    span = read_range(key="", first="2026-04-01", last="2026-04-30", at=START, zone_name="UTC")
    with inside(billed):
        found = explore(billed.id, Question(span, Basis.EFFECTIVE, Dimension.SERVICE, ()))
    assert found.total == 0
    assert {group.label for group in found.groups if group.before} == {"Compute", "Storage", "Credits"}


def test_the_explorers_address_holds_its_whole_state(ada: Client, billed: Organization) -> None:
    page = ada.get(reverse("explorer"), DAYS | {"group_by": "resource", "filter": "service:Storage", "basis": "list"}).text
    assert "Service: Storage" in page
    assert 'value="resource" selected' in page
    assert 'value="list" selected' in page
    assert "$7.10" in page


def test_a_service_leads_to_its_resources_and_a_resource_to_its_runs(ada: Client, billed: Organization) -> None:
    services = ada.get(reverse("explorer"), DAYS).text
    assert "filter=service%3AStorage" in services
    resources = ada.get(reverse("explorer"), DAYS | {"group_by": "resource"}).text
    assert f"{reverse('resource')}?id=i-2" in resources
    assert ada.get(reverse("resource"), {"id": "i-2"} | DAYS).status_code == 200


@pytest.mark.parametrize("query", [{"filter": "nonsense"}, {"from": "2026-13-01"}, {"month": "soon"}])
def test_an_address_that_makes_no_sense_is_refused_with_a_reason(ada: Client, query: dict[str, str]) -> None:
    assert ada.get(reverse("explorer"), query).status_code == 400


def test_the_table_is_exported_with_every_digit(ada: Client, billed: Organization) -> None:
    rows = list(csv.DictReader(io.StringIO(ada.get(reverse("explorer_csv"), DAYS).text)))
    assert {row["service"]: row["amount"] for row in rows}["Compute"] == "12.340000000000001"


def test_every_delivery_is_a_row_with_totals_and_checks(ada: Client, billed: Organization) -> None:
    page = ada.get(reverse("sources")).text
    assert "bill.csv" in page
    assert "Imported" in page


def test_the_latest_days_of_the_bill_are_shown_first(ada: Client, billed: Organization) -> None:
    page = ada.get(reverse("explorer")).text
    assert "Bill through 8 Mar 2026" in page
    assert "Compute" in page


def test_machines_add_up(billed: Organization) -> None:
    with inside(billed):
        machines = resource_costs(billed.id, Interval(START, START + timedelta(days=30)))
    assert all(sums.total == sums.runs + sums.idle for sums in add_up(machines))


def test_home_opens_with_a_bill(ada: Client, billed: Organization) -> None:
    assert "Spend by day" in ada.get(reverse("home")).text


def test_a_refused_delivery_shows_the_reason_and_no_amounts(ada: Client, organization: Organization) -> None:
    received = imports.receive_bill(organization.id, source_name="aws", file_name="bad.csv", chunks=[b"a,b\n1,2\n"])
    imports.import_bills(organization.id)
    assert "Refused" in ada.get(reverse("sources")).text
    page = ada.get(reverse("import", args=[received.id]))
    assert page.status_code == 200
    assert "note-error" in page.text
    assert "bad.csv was refused" in ada.get(reverse("home")).text


def test_a_delivery_that_waits_is_asked_for_again(ada: Client, organization: Organization) -> None:
    received = imports.receive_bill(organization.id, source_name="aws", file_name="new.csv", chunks=[b"x"])
    assert "every 2s" in ada.get(reverse("sources")).text
    assert "every 2s" in ada.get(reverse("import", args=[received.id])).text
