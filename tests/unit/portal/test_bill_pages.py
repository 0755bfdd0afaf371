"""The bill: what the pages show adds up to what was imported."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse

from assay.accounts.models import Organization
from assay.clouds.selectors.connections import list_connections
from assay.core.intervals import Interval
from assay.costs.domain.dimensions import Dimension
from assay.costs.domain.sources import SourceView
from assay.costs.selectors.resources import resource_costs
from assay.costs.selectors.sources import list_sources
from assay.costs.services import imports
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


def test_groups_and_days_add_up_to_the_bill_by_every_dimension(ada: Client, billed: Organization) -> None:
    total = sum((Decimal(amount) for amount in AMOUNTS), Decimal(0))
    for dimension in Dimension:
        page = ada.get(reverse("explorer"), DAYS | {"group_by": dimension.value})
        found, chart = page.context["found"], page.context["chart"]
        drawn = [Decimal(str(point[1])) for series in chart["series"] for point in series["points"]]
        sums = found.total, sum((row.amount for row in found.shown), Decimal(0)), sum(drawn, Decimal(0))
        assert sums == (total, total, total), dimension


def test_a_filter_keeps_its_value_only(ada: Client, billed: Organization) -> None:
    page = ada.get(reverse("explorer"), DAYS | {"group_by": "resource", "filter": "service:Compute"})
    assert page.context["found"].total == Decimal("12.340000000000001")
    assert {row.key for row in page.context["found"].rows} == {("i-0",), ("i-1",)}


def test_a_condition_narrows_the_explorer_and_a_faulty_one_says_where(ada: Client, billed: Organization) -> None:
    page = ada.get(reverse("explorer"), DAYS | {"where": "not service = 'Compute' and resource like 'i-%'"})
    assert page.context["found"].total == Decimal("4.099999999999991")
    faulty = ada.get(reverse("explorer"), DAYS | {"where": "service = Compute"})
    assert faulty.status_code == 400
    assert "position 11" in faulty.text


def test_what_is_gone_stays_visible(ada: Client, billed: Organization) -> None:
    page = ada.get(reverse("explorer"), {"from": "2026-04-01", "to": "2026-04-30"})
    found = page.context["found"]
    assert found.total == 0
    assert {row.key[0] for row in found.rows if row.before} == {"Compute", "Storage", "Credits"}
    changes = ada.get(reverse("changes"), {"from": "2026-04-01", "to": "2026-04-30"}).context["found"]
    assert sum(changes.causes.values(), Decimal(0)) == -found.total_before


def test_a_bar_leads_to_its_charges_and_a_charge_shows_every_column(ada: Client, billed: Organization) -> None:
    page = ada.get(reverse("explorer"), DAYS | {"then_by": "resource"})
    series = page.context["chart"]["series"][0]
    charges = ada.get(f"{series['href']}2026-03-06")
    assert [row.amount for row in charges.context["rows"]] == [Decimal("12.34")]
    charge = ada.get(charges.context["rows"][0].href)
    assert charge.status_code == 200
    assert "m5.large, on demand" in charge.text
    assert "pricing_quantity" in charge.text
    assert ada.get(reverse("charge", args=["99-0"]), DAYS).status_code == 400


def test_days_that_still_fill_are_said_to(ada: Client, billed: Organization) -> None:
    chart = ada.get(reverse("explorer"), DAYS).context["chart"]
    assert chart["x"]["open_from"] == chart["x"]["keys"].index("2026-03-08")
    assert "may still be added" in ada.get(reverse("explorer"), DAYS).text
    assert "may still be added" not in ada.get(reverse("explorer"), {"from": "2026-03-01", "to": "2026-03-06"}).text


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


def test_a_folder_is_added_in_the_portal_and_its_page_tells_how_it_is(ada: Client, organization: Organization) -> None:
    assert ada.get(reverse("source_new"), {"kind": "folder"}).status_code == 200
    refused = ada.post(reverse("source_new") + "?kind=folder", {"name": "aws", "path": "../x", "poll_minutes": "60"})
    assert "without `..`" in refused.text
    made = ada.post(reverse("source_new") + "?kind=folder", {"name": "aws", "path": "focus", "poll_minutes": "60"})
    page = ada.get(made["Location"]).text
    assert "Nothing yet" in page
    assert "Look now" in page
    assert "aws" in ada.get(reverse("sources")).text


def test_a_refused_delivery_is_tried_again_in_the_portal(ada: Client, organization: Organization) -> None:
    received = imports.receive_bill(organization.id, source_name="aws", file_name="bad.csv", chunks=[b"a,b\n1,2\n"])
    imports.import_bills(organization.id)
    address = reverse("import", args=[received.id])
    assert "Try again" in ada.get(address).text
    ada.post(reverse("import_retry", args=[received.id]))
    assert "Received" in ada.get(address).text


def test_the_months_of_a_source_are_a_grid(ada: Client, billed: Organization) -> None:
    page = ada.get(reverse("sources")).text
    assert page.count("month-imported") == 1
    with inside(billed):
        [source] = list_sources(billed.id)
    assert "month-imported" in ada.get(reverse("source", args=[source.id])).text
    assert "Charged until" in page


def test_connecting_aws_leads_from_the_external_id_to_the_source(ada: Client, organization: Organization) -> None:
    made = ada.post(reverse("connections"), {"name": "payer", "region": "eu-central-1"})
    page = ada.get(made["Location"]).text
    with inside(organization):
        [connection] = list_connections(organization.id)
    assert connection.external_id in page
    assert "Name the role first" in page
    refused = ada.post(made["Location"], {"name": "payer", "region": "", "role_arn": "admin"})
    assert "must be that of an IAM role" in refused.text
    ada.post(made["Location"], {"name": "payer", "region": "", "role_arn": "arn:aws:iam::123456789012:role/assay"})
    assert "Name the role first" not in ada.get(made["Location"]).text
    new = ada.get(reverse("source_new"), {"kind": "s3", "connection": str(connection.id), "bucket": "bills"}).text
    assert f'value="{connection.id}" selected' in new


def test_the_checks_of_the_ledger_show_what_breaks_them_and_lead_to_the_charges(
    ada: Client, organization: Organization
) -> None:
    import_bill(organization.id, [charge("i-1", START, "2", ListCost=None), charge("i-2", START, "1")])
    page = ada.get(reverse("checks"), {"source": "aws", "period": "2026-03"})
    assert page.context["report"].rows == 2
    assert "ListCost is given" in page.text
    assert "1 of 2" in page.text
    ((_, examples),) = [pair for pair in page.context["failing"] if pair[0].check.name == "given-list-cost"]
    charges = ada.get(examples[0].href)
    assert [row.charge.resource_id for row in charges.context["rows"]] == ["i-1"]
    delivered = list_sources_of(organization)[0]
    assert reverse("checks") in ada.get(reverse("source", args=[delivered.id])).text
    assert f"{reverse('checks')}?source=aws" in ada.get(reverse("import", args=[delivered.periods[0].import_id])).text
    assert ada.get(reverse("checks"), {"source": "nowhere"}).status_code == 404


def test_charges_are_files_of_focus_whose_texts_no_spreadsheet_calculates(ada: Client, billed: Organization) -> None:
    import_bill(billed.id, [charge("=1+1", START, "9", ServiceName="Compute")], source_name="other")
    kept = DAYS | {"where": "service = 'Compute'"}
    for address in (reverse("focus_export", args=["focus-1-2", "csv"]), reverse("charges_csv")):
        rows = list(csv.DictReader(io.StringIO(ada.get(address, kept).getvalue().decode())))
        assert sorted(row["ResourceId"] for row in rows) == ["'=1+1", "i-0", "i-1"]
    parquet = pq.read_table(io.BytesIO(ada.get(reverse("focus_export", args=["focus-1-4", "parquet"]), kept).getvalue()))
    assert "=1+1" in parquet["ResourceId"].to_pylist()
    assert ada.get(reverse("focus_export", args=["focus-2", "csv"])).status_code == 404
    assert reverse("charges_csv") in ada.get(reverse("charges"), kept).text


def list_sources_of(organization: Organization) -> list[SourceView]:
    with inside(organization):
        return list_sources(organization.id)
