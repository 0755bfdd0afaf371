"""Values as exporters write them, and what careless readers make of them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from assay.costs.domain.imports import BillRefused
from tests.factories import aws_bills, focus
from tests.factories.aws_bills import make_line, write_cur2_parquet, write_legacy_csv
from tests.factories.conversions import convert


def test_trap_28_columns_come_and_go_between_the_files_of_a_delivery(tmp_path: Path) -> None:
    older = {
        name: value for name, value in make_line("Usage", "1").items() if not name.startswith(("product_", "resource_tags"))
    }
    newer = make_line("Usage", "2", product_new_attribute="yes", resource_tags_user_project="p1")
    reordered = dict(reversed(make_line("Usage", "4").items()))
    done = convert(tmp_path, *(write_legacy_csv([line]) for line in (older, newer, reordered)))
    assert done.sum("billed_cost") == 7
    assert [row["service_name"] for row in done.rows] == ["AmazonEC2", *["Amazon Elastic Compute Cloud"] * 2]
    assert json.loads(done.rows[1]["tags"]) == {"project": "p1", "team": "vision"}
    assert json.loads(done.rows[1]["x_columns"])["product_new_attribute"] == "yes"


def test_trap_28_columns_that_differ_by_case_are_one_and_the_first_value_counts(tmp_path: Path) -> None:
    lines = [make_line(resource_tags_user_Team=upper, resource_tags_user_team=lower) for upper, lower in
             (("vision", None), (None, "speech"), ("nlp", "other"))]  # fmt: skip
    names = {"resource_tags_user_Team": "resourceTags/user:Team", "resource_tags_user_team": "resourceTags/user:team"}
    columns = ["resource_tags_user_Team", *(name for name in aws_bills.columns_of(lines) if name != "resource_tags_user_Team")]
    done = convert(tmp_path, write_legacy_csv(lines, columns=columns, names=names))
    assert sorted(json.loads(row["tags"])["team"] for row in done.rows) == ["nlp", "speech", "vision"]
    assert any("resourceTags/user:Team, resourceTags/user:team" in note for note in done.staged.notes)


def test_trap_28_both_ways_to_write_a_header_are_one(tmp_path: Path) -> None:
    slashed = write_legacy_csv([make_line("Usage", "1")])
    snake = write_legacy_csv([make_line("Usage", "1")], names={name: name for name in make_line()})
    first, second = (convert(tmp_path, content).rows for content in (slashed, snake))
    assert [{**row, "import_id": ""} for row in first] == [{**row, "import_id": ""} for row in second]


def test_trap_29_a_parquet_type_may_change_between_months(tmp_path: Path) -> None:
    lines = [make_line("Usage", "0.1", resource_tags_user_team=None)]
    types = {"line_item_unblended_cost": pa.decimal128(20, 9), "bill_payer_account_id": pa.int64()}
    texts = {"line_item_unblended_cost": pa.string()}
    done = convert(
        tmp_path, write_cur2_parquet(lines), write_cur2_parquet(lines, types=types), write_cur2_parquet(lines, types=texts)
    )
    assert [row["billed_cost"] for row in done.rows] == [Decimal("0.1")] * 3
    assert {row["billing_account_id"] for row in done.rows} == {aws_bills.PAYER}


def test_trap_31_account_ids_get_their_zeros_back(tmp_path: Path) -> None:
    types = {"line_item_usage_account_id": pa.int64(), "bill_payer_account_id": pa.int64()}
    done = convert(tmp_path, write_cur2_parquet([make_line()], types=types))
    assert (done.rows[0]["sub_account_id"], done.rows[0]["billing_account_id"]) == (aws_bills.TEAM, aws_bills.PAYER)


@pytest.mark.parametrize("written", ["1.2e11", "1.23457E+11", "123e9"])
def test_trap_31_account_ids_that_lost_digits_are_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(
        BillRefused, match=r"line 2, column lineItem/UsageAccountId: .* lost digits: export this column as text"
    ):
        convert(tmp_path, write_legacy_csv([make_line(line_item_usage_account_id=written)]))
    with pytest.raises(BillRefused, match=r"column SubAccountId: .* lost digits"):
        convert(tmp_path, focus.write_csv([focus.make_charge(SubAccountId=written)]))


def test_trap_31_account_ids_in_floats_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BillRefused, match=r"column bill_payer_account_id: .* export this column as text"):
        convert(tmp_path, write_cur2_parquet([make_line()], types={"bill_payer_account_id": pa.float64()}))


def test_trap_32_money_in_floats_is_the_decimal_that_was_meant(tmp_path: Path) -> None:
    done = convert(tmp_path, write_cur2_parquet([make_line("Usage", "0.1")] * 10 + [make_line("Usage", "1.2E-7")]))
    assert done.sum("billed_cost") == Decimal("1.00000012")
    assert done.staged.periods[0].totals["billed"] == Decimal("1.00000012")


def test_trap_33_a_delivery_has_one_currency(tmp_path: Path) -> None:
    yuan = make_line("Usage", "1", line_item_currency_code="CNY")
    assert {row["billing_currency"] for row in convert(tmp_path, write_legacy_csv([yuan])).rows} == {"CNY"}
    with pytest.raises(BillRefused, match="column lineItem/CurrencyCode: 'CNY' differs from USD"):
        convert(tmp_path, write_legacy_csv([make_line(), yuan]))
    with pytest.raises(BillRefused, match="bill-2: line 2, column lineItem/CurrencyCode: 'CNY' differs from USD"):
        convert(tmp_path, write_legacy_csv([make_line()]), write_legacy_csv([yuan]))
    with pytest.raises(BillRefused, match="'USD' differs from EUR"):
        convert(tmp_path, write_legacy_csv([make_line()]), currency="EUR")


def test_trap_35_the_word_null_is_nothing(tmp_path: Path) -> None:
    done = convert(tmp_path, write_legacy_csv([make_line(line_item_resource_id="NULL", savings_plan_savings_plan_arn="NULL")]))
    assert (done.rows[0]["resource_id"], done.rows[0]["commitment_discount_id"]) == (None, None)
    written = focus.write_parquet([focus.make_charge(ResourceId="NULL", CommitmentDiscountStatus="")])
    [row] = convert(tmp_path, written).rows
    assert (row["resource_id"], row["commitment_discount_status"]) == (None, None)


def test_trap_37_negative_quantities_stay_as_they_are(tmp_path: Path) -> None:
    done = convert(tmp_path, write_legacy_csv([make_line("Usage", "-1.5", line_item_usage_amount="-3")]))
    assert (done.rows[0]["consumed_quantity"], done.rows[0]["billed_cost"]) == (-3, Decimal("-1.5"))
    [row] = convert(tmp_path, focus.write_csv([focus.make_charge("-1", ConsumedQuantity="-2", PricingQuantity="-2")])).rows
    assert (row["consumed_quantity"], row["pricing_quantity"]) == (-2, -2)


def test_trap_38_the_provider_is_known_with_and_without_its_old_column(tmp_path: Path) -> None:
    for version, provider in (("1.2", "AWS"), ("1.4", None)):
        done = convert(tmp_path, focus.write_csv([focus.make_charge()], columns=focus.VERSIONS[version]))
        assert (done.rows[0]["service_provider_name"], done.rows[0]["provider_name"]) == ("AWS", provider)
        assert (done.staged.format, done.staged.version) == ("focus", version)


def test_times_are_utc_whatever_the_report_s_type(tmp_path: Path) -> None:
    written = (write_legacy_csv([make_line()]), write_cur2_parquet([make_line()]))
    starts = {convert(tmp_path, content).rows[0]["charge_period_start"].astimezone(UTC) for content in written}
    assert starts == {datetime(2026, 1, 5, 10, tzinfo=UTC)}
