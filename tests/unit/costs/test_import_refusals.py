"""A bad file is refused whole, with a message that says where and why, and the ledger stays as it was."""

import gzip
import io
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assay.accounts.models import Organization
from assay.costs.domain.imports import BillImportView, ImportState
from assay.costs.services.uploads import find_upload
from tests.factories import focus
from tests.factories.ledgers import deliver, read_ledger
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

GOOD = focus.make_charge("7")
MANY = [focus.make_charge(str(i), ResourceId=f"i-{random.Random(i).randbytes(8).hex()}") for i in range(300)]


@pytest.fixture(scope="module")
def organization(unblocked: Callable[[], AbstractContextManager[None]]) -> Organization:
    """Its ledger holds a bill, before and after each test."""
    with unblocked():
        return found_billed()


def found_billed() -> Organization:
    organization = found_organization()
    assert deliver(organization.id, focus.write_csv([GOOD])).state is ImportState.IMPORTED
    return organization


def _refuse(organization: Organization, content: bytes) -> BillImportView:
    """Deliver, and check that it was refused and that the ledger has nothing of it."""
    before = read_ledger(organization.id)
    delivered = deliver(organization.id, content, file_name="march.csv")
    assert delivered.state is ImportState.REFUSED
    assert delivered.message.startswith("march.csv: ")
    assert (delivered.rows, delivered.billing_periods, dict(delivered.totals)) == (None, (), {})
    assert read_ledger(organization.id) == before != []
    assert find_upload(f"{organization.id.hex}/{delivered.id.hex}").exists(), "kept, to be tried again"
    return delivered


def _csv(**values: str | None) -> bytes:
    """Three charges, the second of which has the values."""
    return focus.write_csv([GOOD, focus.make_charge("8", **values), focus.make_charge("9")])


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        ({"BilledCost": "12,5"}, "BilledCost", "'12,5' is not a number"),
        ({"EffectiveCost": "NaN"}, "EffectiveCost", "is not a number"),
        ({"ListCost": "1_000"}, "ListCost", "is not a number"),
        ({"ContractedCost": "1e-16"}, "ContractedCost", "more than 15 decimals"),
        ({"BilledCost": "0.1234567890123456"}, "BilledCost", "more than 15 decimals"),
        ({"ListCost": "1e18"}, "ListCost", "too large"),
        ({"ConsumedQuantity": "one"}, "ConsumedQuantity", "is not a number"),
        ({"BilledCost": None}, "BilledCost", "the value is missing"),
        ({"BillingPeriodStart": None}, "BillingPeriodStart", "the value is missing"),
        ({"BillingPeriodEnd": "NULL"}, "BillingPeriodEnd", "the value is missing"),
        ({"ChargePeriodStart": None}, "ChargePeriodStart", "the value is missing"),
        ({"ChargePeriodEnd": "tomorrow"}, "ChargePeriodEnd", "is not a time"),
        ({"BillingPeriodStart": "January"}, "BillingPeriodStart", "is not a time"),
        ({"ChargePeriodEnd": "2026-01-05T09:59:59Z"}, "ChargePeriodEnd", "before the start"),
        ({"BillingPeriodEnd": "2025-12-01T00:00:00Z"}, "BillingPeriodEnd", "before the start"),
        ({"ChargeCategory": "Usages"}, "ChargeCategory", "is not one of Usage, Purchase, Tax, Credit, Adjustment"),
        ({"BillingCurrency": "EUR"}, "BillingCurrency", "differs from USD"),
        ({"BillingCurrency": "usd"}, "BillingCurrency", "is not a currency code"),
        ({"BillingCurrency": None}, "BillingCurrency", "the value is missing"),
        ({"Tags": "team=vision"}, "Tags", "is not a JSON object"),
        ({"Tags": "[1]"}, "Tags", "is not a JSON object"),
    ],
)
def test_a_bad_value_is_named_with_its_line_and_column(
    organization: Organization, values: dict[str, str | None], column: str, reason: str
) -> None:
    message = _refuse(organization, _csv(**values)).message
    assert f"line 3, column {column}:" in message
    assert reason in message


@pytest.mark.parametrize("position", [1, 299])
def test_a_bad_value_of_parquet_is_named_with_its_row_group(organization: Organization, position: int) -> None:
    charges = [*MANY[:position], focus.make_charge("x"), *MANY[position:]]
    message = _refuse(organization, focus.write_parquet(charges, row_group_size=100)).message
    assert f"row group {position // 100}, row {position + 1}, column BilledCost: 'x' is not a number" in message


def test_all_faulty_rows_are_counted_and_the_first_are_listed(organization: Organization) -> None:
    refused = _refuse(organization, focus.write_csv([focus.make_charge("x") for _ in range(25)]))
    assert "Faulty rows in all: 25." in refused.message
    assert [note.split(",")[0] for note in refused.log] == [f"line {n}" for n in range(2, 12)]


def test_lines_are_counted_as_an_editor_does(organization: Organization) -> None:
    lines = focus.write_csv([focus.make_charge(ChargeDescription="one\ntwo\n\nthree"), GOOD, focus.make_charge("x")]).split(
        b"\n"
    )
    lines.insert(1, b"")
    assert "line 8, column BilledCost" in _refuse(organization, b"\n".join(lines)).message


@pytest.mark.parametrize(
    "column", ["BilledCost", "EffectiveCost", "BillingCurrency", "ChargePeriodStart", "ServiceName", "ProviderName"]
)
def test_a_file_without_a_required_column_is_refused(organization: Organization, column: str) -> None:
    columns = [name for name in focus.VERSION_1_2 if name != column]
    for write in (focus.write_csv, focus.write_parquet):
        message = _refuse(organization, write([GOOD], columns=columns)).message
        assert "required FOCUS columns are missing" in message
        assert column in message


def test_other_files_are_refused_for_what_they_are(organization: Organization) -> None:
    assert "the file is empty" in _refuse(organization, b"").message
    assert "no row" in _refuse(organization, focus.write_csv([])).message
    assert "no row" in _refuse(organization, focus.write_parquet([])).message
    assert "archive" in _refuse(organization, b"PK\x03\x04 and so on").message
    assert "required FOCUS columns are missing" in _refuse(organization, b"a,b\n1,2\n").message
    assert "not UTF-8" in _refuse(organization, "BilledCost,Gebühr\n".encode("latin-1")).message
    assert (
        "column BilledCost appears twice"
        in _refuse(organization, focus.write_csv([GOOD]).replace(b"SkuId", b"BilledCost")).message
    )
    assert "line 1: column 2 has no name" in _refuse(organization, b"BilledCost,,EffectiveCost\n1,2,3\n").message


def test_damaged_csv_is_refused_with_its_line(organization: Organization) -> None:
    lines = focus.write_csv(MANY).split(b"\n")
    short = [*lines[:100], lines[100].rsplit(b",", 3)[0], *lines[101:]]
    assert "line 101: the row has 54 values where the header has 57" in _refuse(organization, b"\n".join(short)).message
    unclosed = [*lines[:100], b'"' + lines[100], *lines[101:]]
    assert "line 101" in _refuse(organization, b"\n".join(unclosed)).message
    foreign = [*lines[:100], lines[100].replace(b"m5.large, on", b"\xff\xfe"), *lines[101:]]
    assert "line 101: this is not UTF-8 text" in _refuse(organization, b"\n".join(foreign)).message
    whole = b"\n".join(lines)
    assert "line " in _refuse(organization, whole[: len(whole) // 2]).message


def test_a_damaged_gzip_stream_is_refused(organization: Organization) -> None:
    whole = gzip.compress(focus.write_csv(MANY))
    wrong_sum = bytearray(whole)
    wrong_sum[-6] ^= 0xFF
    for content in (whole[:30], whole[: len(whole) // 2], whole[:-1], bytes(wrong_sum), whole + b"rubbish behind it"):
        assert "gzip" in _refuse(organization, content).message


def test_damaged_parquet_is_refused(organization: Organization) -> None:
    whole = focus.write_parquet(MANY, row_group_size=100)
    for content in (whole[:-1], whole[: len(whole) // 2], b"PAR1"):
        assert "this Parquet file cannot be read" in _refuse(organization, content).message
    hole = bytearray(whole)
    start = pq.ParquetFile(io.BytesIO(whole)).metadata.row_group(1).column(30).dictionary_page_offset
    hole[start : start + 2000] = bytes(2000)
    assert "row group 1 is damaged" in _refuse(organization, bytes(hole)).message


@pytest.mark.parametrize(
    ("types", "column"),
    [({"BilledCost": pa.bool_()}, "BilledCost"), ({"ChargePeriodStart": pa.int64()}, "ChargePeriodStart")],
)
def test_a_column_of_another_nature_is_refused(organization: Organization, types: dict[str, Any], column: str) -> None:
    charge = focus.make_charge(**{column: "1"})
    assert f"column {column} has the type" in _refuse(organization, focus.write_parquet([charge], types=types)).message


def test_ids_stored_as_floats_are_refused(organization: Organization) -> None:
    message = _refuse(organization, focus.write_parquet([GOOD], types={"SubAccountId": pa.float64()})).message
    assert "column SubAccountId" in message
    assert "floating-point" in message


def test_a_source_keeps_its_currency() -> None:
    organization = found_billed()
    euros = focus.write_csv([focus.make_charge(BillingCurrency="EUR")])
    assert "'EUR' differs from USD" in _refuse(organization, euros).message
    assert deliver(organization.id, euros, source_name="in euros").state is ImportState.IMPORTED
