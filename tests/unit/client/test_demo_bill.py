"""The demo's bill: FOCUS's own rules of money, exactly, and the same bytes for the same order."""

import csv
import gzip
import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay_client.demo.bill import BillOrder, last_complete_months, write_bill
from assay_client.demo.bill.columns import COLUMNS, COSTS
from assay_client.demo.machines import MACHINES, Machine
from assay_client.failures import ClientFailed
from tests.breadth import examples

ORDER = BillOrder(rows=24_000, seed=7, months=("2026-02", "2026-03"))
Row = dict[str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bill")
    write_bill(ORDER, folder, file_format="csv.gz")
    return folder


@pytest.fixture(scope="module")
def rows(folder: Path) -> list[Row]:
    return read_rows(folder / "focus-demo-2026-02_2026-03.csv.gz")


def read_rows(path: Path) -> list[Row]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(row: Row, column: str) -> Decimal:
    return Decimal(row[column])


def total(rows: list[Row], column: str) -> Decimal:
    return sum((number(row, column) for row in rows), Decimal(0))


def of_plan(rows: list[Row], status: str = "") -> list[Row]:
    return [row for row in rows if row["CommitmentDiscountId"] and row["CommitmentDiscountStatus"] == status]


def test_the_columns_are_those_of_focus_1_2(rows: list[Row]) -> None:
    assert len(COLUMNS) == 57
    assert list(rows[0]) == sorted(COLUMNS)


def test_a_bill_has_exactly_the_ordered_rows(rows: list[Row]) -> None:
    assert len(rows) == ORDER.rows


@pytest.mark.parametrize(
    ("column", "allowed"),
    [
        ("ChargeCategory", {"Usage", "Purchase", "Tax", "Credit"}),
        ("ChargeClass", {""}),
        ("ChargeFrequency", {"Recurring", "Usage-Based"}),
        ("PricingCategory", {"Standard", "Dynamic", "Committed", ""}),
        ("CommitmentDiscountStatus", {"Used", "Unused", ""}),
        ("CommitmentDiscountCategory", {"Spend", ""}),
        ("BillingCurrency", {"USD"}),
        ("ProviderName", {"AWS", "Databricks"}),
        ("RegionId", {"us-east-1", "us-west-2", "eu-west-1", ""}),
        (
            "ServiceCategory",
            {"Compute", "Storage", "Databases", "Networking", "AI and Machine Learning", "Analytics", "Other"},
        ),
    ],
)
def test_values_are_focus_own_and_all_kinds_occur(column: str, allowed: set[str], rows: list[Row]) -> None:
    assert {row[column] for row in rows} == allowed


@pytest.mark.parametrize(("cost", "price"), [("ListCost", "ListUnitPrice"), ("ContractedCost", "ContractedUnitPrice")])
def test_a_cost_is_its_unit_price_times_the_quantity(cost: str, price: str, rows: list[Row]) -> None:
    priced = [row for row in rows if row[price] and row["PricingQuantity"]]
    assert all(number(row, cost) == number(row, price) * number(row, "PricingQuantity") for row in priced)
    assert {row["ChargeCategory"] for row in rows if not row[price]} == {"Tax", "Credit"}


def test_a_credit_is_one_negative_figure_on_every_basis(rows: list[Row]) -> None:
    credit = [row for row in rows if row["ChargeCategory"] == "Credit"]
    assert all(len({row[cost] for cost in COSTS}) == 1 and number(row, "BilledCost") < 0 for row in credit)


@pytest.mark.parametrize("basis", COSTS)
def test_tax_derives_from_the_same_cost_of_the_usage_it_is_on(basis: str, rows: list[Row]) -> None:
    of_usage = "BilledCost" if basis == "EffectiveCost" else basis
    usage = [row for row in rows if row["ChargeCategory"] == "Usage" and row["CommitmentDiscountStatus"] != "Unused"]
    for tax in (row for row in rows if row["ChargeCategory"] == "Tax"):
        taxed = [row for row in usage if all(row[key] == tax[key] for key in ("SubAccountId", "BillingPeriodStart"))]
        assert abs(number(tax, basis) - total(taxed, of_usage) * Decimal("0.0625")) <= Decimal("0.005")


def test_a_purchase_is_billed_and_not_effective_and_covered_usage_the_reverse(rows: list[Row]) -> None:
    purchases, used, unused = (of_plan(rows, status) for status in ("", "Used", "Unused"))
    assert [number(row, "EffectiveCost") for row in purchases] == [0, 0]
    assert {row["ChargeCategory"] for row in purchases} == {"Purchase"}
    assert all(number(row, "BilledCost") == 0 < number(row, "EffectiveCost") for row in used + unused)


@pytest.mark.parametrize("month", ["2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"])
def test_used_and_unused_commitment_add_up_to_its_purchase(month: str, rows: list[Row]) -> None:
    in_month = [row for row in rows if row["BillingPeriodStart"] == month]
    committed = total(of_plan(in_month, "Used"), "EffectiveCost") + total(of_plan(in_month, "Unused"), "EffectiveCost")
    assert committed == total(of_plan(in_month), "BilledCost")
    assert committed == total(of_plan(in_month), "CommitmentDiscountQuantity")


def test_outside_the_commitment_effective_is_billed_and_so_are_the_totals(rows: list[Row]) -> None:
    assert all(row["EffectiveCost"] == row["BilledCost"] for row in rows if not row["CommitmentDiscountId"])
    assert total(rows, "EffectiveCost") == total(rows, "BilledCost")


def test_unused_commitment_is_a_row_of_the_commitment_itself(rows: list[Row]) -> None:
    unused = of_plan(rows, "Unused")
    assert len(unused) == (28 + 31) * 24
    assert all(row["ResourceId"] == row["CommitmentDiscountId"] and not row["ConsumedQuantity"] for row in unused)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_a_demo_machine_is_charged_in_every_hour(machine: Machine, rows: list[Row]) -> None:
    hours = [row for row in rows if row["ResourceId"] == machine.instance_id]
    starts = {row["ChargePeriodStart"] for row in hours}
    assert len(hours) == len(starts) == (28 + 31) * 24
    assert {row["ListUnitPrice"] for row in hours} == {str(machine.price_per_hour)}


def test_charges_lie_within_their_billing_period(rows: list[Row]) -> None:
    assert all(
        row["BillingPeriodStart"] <= row["ChargePeriodStart"] < row["ChargePeriodEnd"] <= row["BillingPeriodEnd"]
        for row in rows
    )


def test_no_charge_occurs_twice(rows: list[Row]) -> None:
    keys = ("ResourceId", "SkuId", "ChargePeriodStart", "ChargeCategory", "SubAccountId", "RegionId")
    assert Counter(tuple(row[key] for key in keys) for row in rows).most_common(1)[0][1] == 1


def test_figures_fit_the_lake_without_rounding(rows: list[Row]) -> None:
    exponents = (Decimal(row[column]).as_tuple().exponent for row in rows for column in COSTS)
    assert min(exponent for exponent in exponents if isinstance(exponent, int)) >= -15


def test_an_invoice_belongs_to_one_issuer_and_month(rows: list[Row]) -> None:
    issued = {(row["InvoiceId"], row["InvoiceIssuerName"], row["BillingPeriodStart"]) for row in rows}
    assert len(issued) == len({invoice for invoice, _, _ in issued}) == 4


def test_the_manifest_tells_the_files_own_sums(folder: Path, rows: list[Row]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["sha256"] == hashlib.sha256((folder / manifest["file"]).read_bytes()).hexdigest()
    for month, told in manifest["months"].items():
        charges = [row for row in rows if row["BillingPeriodStart"].startswith(month)]
        assert told["rows"] == len(charges)
        assert {cost: Decimal(told[cost]) for cost in COSTS} == {cost: total(charges, cost) for cost in COSTS}


@pytest.mark.parametrize("file_format", ["csv", "csv.gz", "parquet"])
def test_the_same_order_gives_the_same_bytes(file_format: str, tmp_path: Path) -> None:
    order = BillOrder(rows=9_000, seed=3, months=("2026-02",))
    one, other = (write_bill(order, tmp_path / name, file_format=file_format)["sha256"] for name in ("one", "other"))
    assert one == other


def test_another_seed_gives_another_bill(tmp_path: Path) -> None:
    orders = (BillOrder(rows=9_000, seed=seed, months=("2026-02",)) for seed in (1, 2))
    assert len({write_bill(order, tmp_path)["sha256"] for order in orders}) == 2


def test_parquet_holds_the_same_exact_costs(tmp_path: Path, rows: list[Row]) -> None:
    manifest = write_bill(ORDER, tmp_path, file_format="parquet")
    table = pq.read_table(tmp_path / manifest["file"])
    assert {cost: pc.sum(table[cost]).as_py() for cost in COSTS} == {cost: total(rows, cost) for cost in COSTS}
    assert str(table.schema.field("ChargePeriodStart").type) == "timestamp[us, tz=UTC]"


@settings(max_examples=examples(6, many=30), deadline=None)
@given(rows=st.integers(min_value=8_000, max_value=20_000), seed=st.integers(min_value=0))
def test_any_order_is_met_to_the_row_and_balances(rows: int, seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    manifest = write_bill(
        BillOrder(rows=rows, seed=seed, months=("2026-02",)), tmp_path_factory.mktemp("any"), file_format="csv"
    )
    month = manifest["months"]["2026-02"]
    assert manifest["rows"] == month["rows"] == rows
    assert month["BilledCost"] == month["EffectiveCost"]


@pytest.mark.parametrize(
    ("order", "complaint"),
    [
        (BillOrder(rows=500, seed=1, months=("2026-02",)), "at least"),
        (BillOrder(rows=20_000, seed=1, months=("2026-13",)), "'2026-13' is not a month"),
        (BillOrder(rows=20_000, seed=1, months=("2026-02", "2026-02")), "once each"),
        (BillOrder(rows=20_000, seed=1, months=("2026-03", "2026-02")), "in order"),
        (BillOrder(rows=20_000, seed=1, months=()), "once each"),
    ],
)
def test_an_impossible_order_is_refused_in_words(order: BillOrder, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(ClientFailed, match=complaint):
        write_bill(order, tmp_path)


@pytest.mark.parametrize(
    ("today", "months"),
    [(datetime(2026, 1, 1, tzinfo=UTC), ("2025-11", "2025-12")), (datetime(2026, 3, 31, tzinfo=UTC), ("2026-01", "2026-02"))],
)
def test_the_last_complete_months_are_before_todays(today: datetime, months: tuple[str, ...]) -> None:
    assert last_complete_months(today) == months
