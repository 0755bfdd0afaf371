"""Credits, refunds, tax, blended cost, marketplace."""

import json
from decimal import Decimal
from pathlib import Path

from assay.costs.domain.basis import Basis
from tests.factories import aws_bills
from tests.factories.aws_bills import make_fee, make_line
from tests.factories.conversions import Converted, convert


def convert_lines(folder: Path, *lines: aws_bills.Line) -> Converted:
    return convert(folder, aws_bills.write_legacy_csv(lines))


def test_trap_10_credits_stay_apart_from_the_usage_they_pay(tmp_path: Path) -> None:
    done = convert_lines(tmp_path, make_line("Usage", "10"), make_fee("Credit", "-10"))
    assert done.sum("effective_cost") == 0
    assert [row["effective_cost"] for row in done.find(charge_category="Usage")] == [10]
    [credit] = done.find(charge_category="Credit")
    assert (credit["effective_cost"], credit["sub_account_id"], credit["resource_id"]) == (-10, aws_bills.PAYER, None)


def test_trap_10_a_refund_of_an_earlier_month_is_a_correction(tmp_path: Path) -> None:
    earlier = {"line_item_usage_start_date": "2025-12-01T00:00:00Z", "line_item_usage_end_date": "2026-01-01T00:00:00Z"}
    done = convert_lines(tmp_path, make_fee("Refund", "-1", **earlier), make_fee("Refund", "-2"))
    assert [(row["effective_cost"], row["charge_class"]) for row in done.rows] == [(-2, None), (-1, "Correction")]
    assert {row["billing_period"] for row in done.rows} == {"2026-01"}


def test_trap_10_a_refund_is_of_the_category_of_what_it_gives_back(tmp_path: Path) -> None:
    done = convert_lines(
        tmp_path, make_line("Refund", "-1"), make_fee("Refund", "-2", line_item_tax_type="VAT"), make_fee("Refund", "-3")
    )
    assert {row["billed_cost"]: row["charge_category"] for row in done.rows} == {-1: "Usage", -2: "Tax", -3: "Adjustment"}


def test_trap_11_tax_is_a_category_of_its_own_and_no_part_of_usage(tmp_path: Path) -> None:
    done = convert_lines(tmp_path, make_line("Usage", "10"), make_fee("Tax", "1.9", line_item_tax_type="VAT"))
    assert [row["effective_cost"] for row in done.find(charge_category="Tax")] == [Decimal("1.9")]
    assert [row["effective_cost"] for row in done.find(charge_category="Usage")] == [10]


def test_trap_12_blended_cost_is_no_basis(tmp_path: Path) -> None:
    done = convert_lines(tmp_path, make_line("Usage", "10", line_item_blended_cost="7"))
    assert {basis.value for basis in Basis} == {"effective", "billed", "contracted", "list"}
    assert {done.rows[0][basis.column] for basis in Basis} == {Decimal(10)}
    assert json.loads(done.rows[0]["x_columns"])["line_item_blended_cost"] == "7"


def test_trap_15_what_a_marketplace_sells_is_billed_once_and_names_its_seller(tmp_path: Path) -> None:
    seller = {"bill_billing_entity": "AWS Marketplace", "line_item_legal_entity": "Databricks, Inc."}
    done = convert_lines(tmp_path, make_line("Usage", "5", **seller), make_line("Usage", "1"))
    told = {
        row["billed_cost"]: (row["service_provider_name"], row["publisher_name"], row["provider_name"]) for row in done.rows
    }
    assert told == {5: ("Databricks, Inc.", "Databricks, Inc.", "AWS"), 1: ("AWS", "Amazon Web Services, Inc.", "AWS")}
