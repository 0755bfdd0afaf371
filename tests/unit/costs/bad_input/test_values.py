"""Values that no bill should have: read for what they mean, or refused with place, column and cure."""

import gzip
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from assay.costs.domain.imports import BillRefused
from tests.factories import aws_bills, focus
from tests.factories.aws_bills import make_line, write_cur2_parquet, write_legacy_csv
from tests.factories.conversions import convert


def test_exponents_are_exact(tmp_path: Path) -> None:
    done = convert(tmp_path, write_legacy_csv([make_line("Usage", "1.2E-7"), make_line("Usage", "3e2")]))
    assert done.sum("billed_cost") == Decimal("300.00000012")


@pytest.mark.parametrize(
    ("cost", "reason"),
    [("12,5", "is not a number"), ("1;2", "is not a number"), ("1e-16", "more than 15 decimals"), ("", "is missing")],
)
def test_costs_that_cannot_be_exact_are_refused(tmp_path: Path, cost: str, reason: str) -> None:
    with pytest.raises(BillRefused, match=f"line 3, column lineItem/UnblendedCost: .*{reason}"):
        convert(tmp_path, write_legacy_csv([make_line(), make_line("Usage", cost)]))


def test_times_without_a_zone_are_utc_and_counted_and_offsets_are_converted(tmp_path: Path) -> None:
    charges = [
        focus.make_charge(ChargePeriodStart="2026-01-05T10:00:00"),
        focus.make_charge(ChargePeriodStart="2026-01-05 10:00:00"),
        focus.make_charge(ChargePeriodStart="2026-01-05T12:00:00+02:00"),
        focus.make_charge(),
    ]
    done = convert(tmp_path, focus.write_csv(charges))
    assert len({row["charge_period_start"] for row in done.rows}) == 1
    assert "ChargePeriodStart: 2 times without a zone were read as UTC." in done.staged.notes


def test_columns_twice_but_for_case_are_refused_in_focus(tmp_path: Path) -> None:
    columns = [*focus.VERSION_1_2, "billedcost"]
    for write in (focus.write_csv, focus.write_parquet):
        with pytest.raises(BillRefused, match="column billedcost appears twice; keep one of them"):
            convert(tmp_path, write([focus.make_charge()], columns=columns))


def test_unknown_columns_are_kept(tmp_path: Path) -> None:
    done = convert(tmp_path, write_legacy_csv([make_line(product_gpu_memory="16 GiB", line_item_normalization_factor="4")]))
    kept = json.loads(done.rows[0]["x_columns"])
    assert (kept["product_gpu_memory"], kept["line_item_normalization_factor"]) == ("16 GiB", "4")
    assert kept["line_item_line_item_type"] == "Usage"


def test_kept_values_and_tags_are_json_whatever_stands_in_them(tmp_path: Path) -> None:
    texts = ["plain", 'say "no"', "back\\slash", "tab\tline\n", "naïve 東京", '","b":"c']
    done = convert(tmp_path, write_legacy_csv([make_line(product_memory=text, resource_tags_user_team=text) for text in texts]))
    assert sorted(json.loads(row["x_columns"])["product_memory"] for row in done.rows) == sorted(texts)
    assert sorted(json.loads(row["tags"])["team"] for row in done.rows) == sorted(texts)


def test_a_formula_in_a_name_is_kept_as_it_is(tmp_path: Path) -> None:
    formula = '=HYPERLINK("http://example.com","x")'
    done = convert(tmp_path, write_legacy_csv([make_line(line_item_resource_id=formula)]))
    assert done.rows[0]["resource_id"] == formula


def test_truncated_gzip_is_refused_in_every_format(tmp_path: Path) -> None:
    lines = [make_line("Usage", str(cost)) for cost in range(200)]
    whole = aws_bills.write_legacy_csv_gz(lines)
    for content in (whole[:-1], whole[: len(whole) // 2]):
        with pytest.raises(BillRefused, match=r"gzip stream is damaged or cut off.*; send the file again"):
            convert(tmp_path, content)


def test_truncated_or_empty_zips_are_refused(tmp_path: Path) -> None:
    whole = aws_bills.write_legacy_csv_zip([make_line("Usage", str(cost)) for cost in range(200)])
    with pytest.raises(BillRefused, match=r"the zip archive is damaged or cut off.*; send the file again"):
        convert(tmp_path, whole[:-30])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "no bill")
    with pytest.raises(BillRefused, match=r"there is no \.csv file in this archive"):
        convert(tmp_path, packed.getvalue())


def test_a_zip_may_hold_several_chunks_and_a_fault_names_its_file(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", write_legacy_csv([make_line("Usage", "1")]))
        archive.writestr("b.csv", write_legacy_csv([make_line("Usage", "two")]))
    with pytest.raises(BillRefused, match=r"bill/b\.csv: line 2, column lineItem/UnblendedCost: 'two' is not a number"):
        convert(tmp_path, packed.getvalue())


def test_a_parquet_type_that_cannot_be_exact_is_refused(tmp_path: Path) -> None:
    wrong = write_cur2_parquet([make_line("Usage", "1")], types={"line_item_unblended_cost": pa.bool_()})
    with pytest.raises(BillRefused, match="bill-2: column line_item_unblended_cost has the type BOOLEAN"):
        convert(tmp_path, write_cur2_parquet([make_line("Usage", "1")]), wrong)


def test_files_of_two_formats_are_no_delivery(tmp_path: Path) -> None:
    with pytest.raises(BillRefused, match="bill-2: this is Cost and Usage Report, while bill-1 is FOCUS; deliver them apart"):
        convert(tmp_path, focus.write_csv([focus.make_charge()]), write_legacy_csv([make_line()]))


def test_a_report_without_its_commitments_columns_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(
        BillRefused, match="'DiscountedUsage' has no reservation_effective_cost: export the report with its reserv"
    ):
        convert(tmp_path, write_legacy_csv([make_line(), make_line("DiscountedUsage", "0")]))


def test_a_fault_of_parquet_names_file_row_group_and_column(tmp_path: Path) -> None:
    texts = {"line_item_unblended_cost": pa.string()}
    good = write_cur2_parquet([make_line("Usage", "1")], types=texts)
    bad = write_cur2_parquet([make_line("Usage", "1"), make_line("Usage", "one")], types=texts)
    with pytest.raises(BillRefused, match="bill-2: row group 0, row 2, column line_item_unblended_cost: 'one' is not a number"):
        convert(tmp_path, good, bad)


def test_a_file_without_rows_beside_others_is_no_fault(tmp_path: Path) -> None:
    header = write_legacy_csv([], columns=list(make_line()))
    assert convert(tmp_path, header, gzip.compress(write_legacy_csv([make_line("Usage", "2")]))).sum("billed_cost") == 2
