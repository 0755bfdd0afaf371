"""The same month of AWS as FOCUS and as every form of the Cost and Usage Report gives one ledger."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from assay.accounts.models import Organization
from assay.costs.domain.imports import ImportState
from tests.factories import aws_bills, focus
from tests.factories.ledgers import deliver, read_ledger
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

MONEY = [
    "billing_period", "billing_account_id", "sub_account_id", "billing_currency", "charge_category", "charge_class",
    "commitment_discount_id", "commitment_discount_status", "resource_id", "service_name", "consumed_quantity", "tags",
    "epoch_us(charge_period_start) AS starts", "epoch_us(charge_period_end) AS ends",
    "billed_cost", "effective_cost", "contracted_cost", "list_cost",
]  # fmt: skip


@pytest.fixture
def organization() -> Organization:
    return found_organization(owner_email="ada@example.com")


def _import(content: bytes) -> list[tuple[Any, ...]]:
    organization = found_organization()
    delivered = deliver(organization.id, content)
    assert delivered.state is ImportState.IMPORTED, (delivered.message, delivered.log)
    assert [invariant for invariant in delivered.invariants if not invariant.ok] == []
    rows = read_ledger(organization.id, MONEY)
    return [tuple(value.replace(" ", "") if isinstance(value, str) else value for value in row) for row in rows]


@pytest.fixture(scope="module")
def month() -> list[aws_bills.Item]:
    return aws_bills.make_month()


@pytest.mark.parametrize(
    "write",
    [
        aws_bills.write_legacy_csv,
        aws_bills.write_legacy_csv_gz,
        aws_bills.write_legacy_csv_zip,
        aws_bills.write_legacy_parquet,
        aws_bills.write_cur2_parquet,
        aws_bills.write_cur2_csv_gz,
    ],
)
def test_one_month_is_one_ledger_whatever_form_it_comes_in(
    month: list[aws_bills.Item], write: Callable[[Sequence[aws_bills.Line]], bytes]
) -> None:
    expected = _import(focus.write_csv(aws_bills.charges_of(month)))
    assert _import(write(aws_bills.lines_of(month))) == expected


def test_usage_rows_of_cur2_are_charges(organization: Organization) -> None:
    lines = [aws_bills.make_line("Usage", "1.25"), aws_bills.make_line("Usage", "0.75", line_item_resource_id=None)]
    delivered = deliver(organization.id, aws_bills.write_cur2_parquet(lines))
    assert delivered.state is ImportState.IMPORTED, delivered.message
    assert delivered.totals == dict.fromkeys(("effective", "billed", "contracted", "list"), Decimal(2))
