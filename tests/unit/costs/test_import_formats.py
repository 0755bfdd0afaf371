"""The same bill in every version and format of FOCUS."""

import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from assay.accounts.models import Organization
from assay.costs.domain.imports import ImportState
from tests.factories import focus
from tests.factories.ledgers import deliver, read_ledger
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

CHARGES = [
    focus.make_charge("1.25", ResourceName='a "quoted", name', Tags='{"team": "vision", "on": true}'),
    focus.make_charge("-0.000000000000001", ChargeCategory="Credit", ResourceId=None, Tags=None),
    focus.make_charge("1.5e-7", ChargeDescription="two\nlines", RegionId="NULL"),
    focus.make_charge("33", ChargePeriodStart="2026-01-31T23:00:00Z", ChargePeriodEnd="2026-02-01T00:00:00Z"),
]
DECIMALS = {name: pa.decimal128(38, 15) for name in (*focus.COSTS, "PricingQuantity", "ConsumedQuantity")}
TIMES = dict.fromkeys(
    ("ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart", "BillingPeriodEnd"), pa.timestamp("us", "UTC")
)


@pytest.fixture
def organization() -> Organization:
    return found_organization(owner_email="ada@example.com")


def _ledger_of(content: bytes) -> list[tuple[Any, ...]]:
    organization = found_organization()
    delivered = deliver(organization.id, content)
    assert delivered.state is ImportState.IMPORTED, delivered.message
    return read_ledger(organization.id)


@pytest.mark.parametrize("version", list(focus.VERSIONS))
def test_every_version_of_focus_is_read(organization: Organization, version: str) -> None:
    delivered = deliver(organization.id, focus.write_csv(CHARGES, columns=focus.VERSIONS[version]))
    assert delivered.state is ImportState.IMPORTED, delivered.message
    expected = Decimal("34.250000149999999")
    assert delivered.totals == dict.fromkeys(("effective", "billed", "contracted", "list"), expected)
    assert {row[0] for row in read_ledger(organization.id, ["service_provider_name"])} == {"AWS"}


def test_all_formats_of_one_bill_give_the_same_ledger() -> None:
    ledger = _ledger_of(focus.write_csv(CHARGES))
    assert _ledger_of(focus.write_csv_gz(CHARGES)) == ledger
    assert _ledger_of(focus.write_parquet(CHARGES)) == ledger
    assert _ledger_of(focus.write_parquet(CHARGES, types=DECIMALS | TIMES, row_group_size=2)) == ledger
    assert _ledger_of(focus.write_csv(CHARGES, empty="NULL")) == ledger
    assert _ledger_of(focus.write_csv(CHARGES, columns=sorted(focus.VERSION_1_2))) == ledger
    assert _ledger_of(b"\xef\xbb\xbf" + focus.write_csv(CHARGES)) == ledger


def test_lines_may_end_as_windows_ends_them() -> None:
    plain = focus.write_csv([focus.make_charge("1"), focus.make_charge("2")])
    assert _ledger_of(plain.replace(b"\n", b"\r\n")) == _ledger_of(plain) == _ledger_of(plain.rstrip(b"\n"))


def test_account_ids_stay_text_and_words_for_nothing_are_nothing(organization: Organization) -> None:
    deliver(
        organization.id,
        focus.write_csv(
            [focus.make_charge(RegionId="NULL", BillingAccountId="000012", ProviderName="Azure", ServiceProviderName="Azure")]
        ),
    )
    assert read_ledger(organization.id, ["billing_account_id", "sub_account_id", "region_id"]) == [
        ("000012", "000000000007", None)
    ]


@pytest.mark.parametrize(("provider", "expected"), [("AWS", "000000000007"), ("Azure", "7")])
def test_account_ids_stored_as_integers_become_text_and_aws_gets_its_zeros_back(
    organization: Organization, provider: str, expected: str
) -> None:
    charge = focus.make_charge(ProviderName=provider)
    deliver(organization.id, focus.write_parquet([charge], types={"SubAccountId": pa.int64()}))
    assert read_ledger(organization.id, ["sub_account_id"]) == [(expected,)]


def test_custom_columns_are_kept_as_one_json_object(organization: Organization) -> None:
    charges = [
        focus.make_charge(x_Operation="RunInstances", x_Note=None),
        focus.make_charge(x_Operation=None, x_Note='it\'s "ok"'),
    ]
    columns = [*focus.VERSION_1_2, "x_Operation", "x_Note"]
    delivered = deliver(organization.id, focus.write_csv(charges, columns=columns))
    kept = [json.loads(value) for (value,) in read_ledger(organization.id, ["x_columns"])]
    assert kept == [{"x_Note": 'it\'s "ok"'}, {"x_Operation": "RunInstances"}]
    assert any("x_Operation, x_Note" in note for note in delivered.log)


def test_names_of_columns_are_never_statements(organization: Organization) -> None:
    name = "x_'; DROP TABLE charges; --\""
    columns = [*focus.VERSION_1_2, name]
    for content in (focus.write_csv, focus.write_parquet):
        delivered = deliver(organization.id, content([focus.make_charge() | {name: "v"}], columns=columns))
        assert delivered.state is ImportState.IMPORTED, delivered.message
        [(kept,)] = read_ledger(organization.id, ["x_columns"])
        assert json.loads(kept) == {name: "v"}


def test_floats_of_parquet_are_rounded_and_the_log_says_so(organization: Organization) -> None:
    charges = [focus.make_charge("0.1"), focus.make_charge("0.30000000000000004"), focus.make_charge("2.5e-15")]
    delivered = deliver(organization.id, focus.write_parquet(charges, types=dict.fromkeys(focus.COSTS, pa.float64())))
    amounts = [Decimal("0.000000000000002"), Decimal("0.1"), Decimal("0.3")]
    assert sorted(amount for (amount,) in read_ledger(organization.id, ["effective_cost"])) == amounts
    assert "EffectiveCost: 2 floating-point values were rounded half-even to 15 decimals." in delivered.log


def test_empty_columns_of_parquet_may_have_any_type(organization: Organization) -> None:
    types = {
        "ResourceName": pa.null(),
        "SkuId": pa.float64(),
        "ListUnitPrice": pa.null(),
        "CommitmentDiscountQuantity": pa.float64(),
    }
    delivered = deliver(organization.id, focus.write_parquet([focus.make_charge()], types=types))
    assert delivered.state is ImportState.IMPORTED, delivered.message


def test_tags_as_a_map_are_the_same_json(organization: Organization) -> None:
    table = pa.table({"Tags": pa.array([[("team", "vision"), ("env", None)]], pa.map_(pa.string(), pa.string()))})
    deliver(organization.id, focus.write_parquet([focus.make_charge()], replaced=table))
    [(tags,)] = read_ledger(organization.id, ["tags"])
    assert json.loads(tags) == {"team": "vision", "env": None}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"SkuPriceDetails": '{"InstanceType":"p4d.24xlarge"}'}, "p4d.24xlarge"),
        ({"SkuPriceDetails": None, "x_UsageType": "USE1-BoxUsage:g5.xlarge"}, "g5.xlarge"),
        ({"SkuPriceDetails": "not JSON", "x_InstanceType": "c7g.large"}, "c7g.large"),
        ({"SkuPriceDetails": None, "x_UsageType": "TimedStorage-ByteHrs"}, None),
    ],
)
def test_the_type_of_a_machine_is_found(
    organization: Organization, values: dict[str, str | None], expected: str | None
) -> None:
    columns = [*focus.VERSION_1_2, "x_UsageType", "x_InstanceType"]
    deliver(organization.id, focus.write_csv([focus.make_charge() | values], columns=columns))
    assert read_ledger(organization.id, ["instance_type"]) == [(expected,)]


def test_columns_that_focus_wants_and_the_file_lacks_are_named(organization: Organization) -> None:
    columns = [name for name in focus.VERSION_1_2 if name not in {"PricingUnit", "ChargeClass"}]
    delivered = deliver(organization.id, focus.write_csv([focus.make_charge()], columns=columns))
    assert delivered.state is ImportState.IMPORTED
    assert delivered.log == ("Columns that FOCUS makes mandatory are absent and read as empty: ChargeClass, PricingUnit.",)
