"""Charges as FOCUS files: everything that the ledger holds, and the same ledger again where they are imported."""

import csv
import gzip
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest
from django.test import Client

from assay.accounts.models import Organization
from assay.core import tenancy
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.filters import parse_filter
from assay.costs.domain.focus_exports import ExportKind, FocusFormat, Texts, name_custom, order_keys
from assay.costs.domain.focus_model import columns_of
from assay.costs.domain.imports import ImportState
from assay.costs.domain.questions import CostQuestion
from assay.costs.selectors import focus_exports
from assay.costs.selectors.export_files import write_file
from assay.costs.selectors.focus_exports import open_export
from assay.costs.selectors.ledger_hash import ledger_hash
from tests.factories import aws_bills, focus
from tests.factories.checked_bills import make_bill
from tests.factories.ledgers import deliver, read_ledger, sum_ledger
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db

ALWAYS = CostQuestion(Interval(datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)))
ODD = {
    "ResourceName": "=HYPERLINK(\"http://example.com\")", "ChargeDescription": 'a "quoted", text\nof two lines', "x_Discounts": "-5 %",
    "x_Zone": None, "BilledCost": "-0.000000000000001", "EffectiveCost": "2.3E-8", "ResourceId": "-1",
}  # fmt: skip


@pytest.fixture
def ada() -> Organization:
    return found_organization(owner_email="ada@example.com")


def export(
    organization: Organization, format_: FocusFormat, kind: ExportKind = ExportKind.CSV, question: CostQuestion = ALWAYS,
    texts: Texts = Texts.EXACT,
) -> bytes:  # fmt: skip
    with tenancy.scope(organization.id), open_export(organization.id, question, format_) as found:
        return b"".join(write_file(found.schema, found.batches, kind, texts=texts))


def bill_of(version: str) -> tuple[list[dict[str, str | None]], Sequence[str]]:
    odd = focus.make_charge("1.5") | ODD
    return [*make_bill(), odd], [*focus.VERSIONS[version], "x_Discounts", "x_Zone"]


@pytest.mark.parametrize("version", ["1.0", "1.2", "1.4"])
def test_what_is_exported_is_the_same_ledger_where_it_is_imported(ada: Organization, version: str) -> None:
    charges, columns = bill_of(version)
    deliver(ada.id, focus.write_csv(charges, columns=columns))
    for format_, kind in ((FocusFormat.FOCUS_1_4, ExportKind.PARQUET), (FocusFormat.FOCUS_1_2, ExportKind.CSV_GZ)):
        other = found_organization(owner_email=f"{kind}-{version}@example.com")
        done = deliver(other.id, export(ada, format_, kind), file_name=f"bill.{kind}")
        assert done.state is ImportState.IMPORTED, done.message
        if version == "1.4" and format_ is FocusFormat.FOCUS_1_2:
            assert all(sum_ledger(ada.id, basis.column) == sum_ledger(other.id, basis.column) for basis in Basis)
        else:
            assert ledger_hash(other.id) == ledger_hash(ada.id)


def test_a_report_of_aws_exported_as_focus_is_the_same_money_charge_by_charge(ada: Organization) -> None:
    deliver(ada.id, aws_bills.write_cur2_parquet(aws_bills.lines_of(aws_bills.make_month())), file_name="cur.parquet")
    other = found_organization(owner_email="other@example.com")
    assert deliver(other.id, export(ada, FocusFormat.FOCUS_1_2)).rows == 19
    columns = ("charge_category", "resource_id", "commitment_discount_id", *(basis.column for basis in Basis), "instance_type")
    assert read_ledger(other.id, columns) == read_ledger(ada.id, columns)


def test_the_columns_are_those_of_the_version_and_what_else_the_ledger_holds_as_custom_ones(ada: Organization) -> None:
    charges, columns = bill_of("1.2")
    deliver(ada.id, focus.write_csv(charges, columns=columns))
    older = export(ada, FocusFormat.FOCUS_1_2).decode().splitlines()[0].replace('"', "").split(",")
    assert older == [*columns_of("1.2"), "x_Discounts"]
    newer = pq.read_schema(io.BytesIO(export(ada, FocusFormat.FOCUS_1_4, ExportKind.PARQUET)))
    assert newer.names == [*columns_of("1.4"), "x_ProviderName", "x_PublisherName", "x_Discounts"]
    assert {str(newer.field(name).type) for name in ("BilledCost", "ListUnitPrice")} == {"decimal128(33, 15)"}
    assert str(newer.field("ChargePeriodStart").type) == "timestamp[us, tz=UTC]"


def test_values_of_a_csv_file_are_written_as_focus_writes_them(ada: Organization) -> None:
    charges, columns = bill_of("1.2")
    deliver(ada.id, focus.write_csv(charges, columns=columns))
    odd = only(ada, "resource_id = '-1'")
    assert (odd["BilledCost"], odd["EffectiveCost"], odd["ListCost"]) == ("-0.000000000000001", "0.000000023", "1.5")
    assert (odd["ChargePeriodStart"], odd["SkuId"]) == ("2026-01-05T10:00:00Z", "")
    assert (odd["ChargeDescription"], odd["ResourceName"]) == (ODD["ChargeDescription"], ODD["ResourceName"])
    assert (odd["x_Discounts"], odd["Tags"]) == ("-5 %", '{"team":"vision"}')


def test_a_spreadsheet_calculates_nothing_of_an_escaped_file(ada: Organization) -> None:
    charges, columns = bill_of("1.2")
    deliver(ada.id, focus.write_csv(charges, columns=columns))
    odd = only(ada, "resource_id = '-1'", texts=Texts.ESCAPED)
    assert (odd["ResourceName"], odd["x_Discounts"]) == ("'" + str(ODD["ResourceName"]), "'-5 %")
    assert (odd["ResourceId"], odd["BilledCost"]) == ("-1", "-0.000000000000001")


def test_a_filter_and_days_choose_charges_and_nothing_gives_a_header(ada: Organization) -> None:
    deliver(ada.id, focus.write_csv(make_bill()))
    assert (
        len(read(export(ada, FocusFormat.FOCUS_1_2, question=replace(ALWAYS, filter=parse_filter("charge_category = 'Tax'")))))
        == 1
    )
    days = replace(ALWAYS, interval=Interval(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)))
    assert read(export(ada, FocusFormat.FOCUS_1_2, question=days)) == []
    nobody = found_organization(owner_email="nobody@example.com")
    assert export(nobody, FocusFormat.FOCUS_1_4).decode().count(",") == len(columns_of("1.4")) - 1
    assert pq.read_table(io.BytesIO(export(nobody, FocusFormat.FOCUS_1_4, ExportKind.PARQUET))).num_rows == 0


def test_a_file_is_made_while_it_is_sent(ada: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(focus_exports, "BATCH_ROWS", 7)
    deliver(ada.id, focus.write_csv(make_bill()))
    with tenancy.scope(ada.id), open_export(ada.id, ALWAYS, FocusFormat.FOCUS_1_2) as found:
        chunks = list(write_file(found.schema, found.batches, ExportKind.CSV, texts=Texts.EXACT))
    assert len(chunks) > 2
    assert len(read(b"".join(chunks))) == len(make_bill())


def test_custom_columns_are_named_once_and_ordered_as_the_bill_has_them() -> None:
    assert name_custom(["b", "x_a", "X_A", "x_B"]) == {"x_b": ("b", "x_B"), "x_a": ("x_a", "X_A")}
    assert order_keys([["c", "a"], ["a", "b"], ["c", "b"]]) == ["c", "a", "b"]
    assert order_keys([["a", "b"], ["b", "a"]]) == ["a", "b"]
    assert order_keys([]) == []


def test_exports_are_in_the_api_as_files_of_the_callers_own_organization(ada: Organization) -> None:
    deliver(ada.id, focus.write_csv([focus.make_charge("1"), focus.make_charge("2", ServiceName="=S3")]))
    eve = found_organization(owner_email="eve@example.com")
    addresses = ("costs/export?format=focus-1.4&filter=service='=S3'", "costs/charges.csv?filter=service='=S3'")
    for address, name in zip(addresses, ("=S3", "'=S3"), strict=True):
        answer = Client().get(f"/api/v1/{address}", headers=bearer(ada))
        assert [row["ServiceName"] for row in read(answer.getvalue())] == [name]
        assert read(Client().get(f"/api/v1/{address}", headers=bearer(eve)).getvalue()) == []
    packed = Client().get("/api/v1/costs/export?file=csv.gz", headers=bearer(ada))
    assert len(read(gzip.decompress(packed.getvalue()))) == 2
    assert packed["Content-Disposition"] == 'attachment; filename="focus-1.2.csv.gz"'
    assert Client().get("/api/v1/costs/export?filter=service", headers=bearer(ada)).status_code == 400
    assert Client().get("/api/v1/costs/export?format=focus-2.0", headers=bearer(ada)).status_code == 400


def only(organization: Organization, condition: str, *, texts: Texts = Texts.EXACT) -> dict[str, str]:
    question = replace(ALWAYS, filter=parse_filter(condition))
    (row,) = read(export(organization, FocusFormat.FOCUS_1_2, question=question, texts=texts))
    return row


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))
