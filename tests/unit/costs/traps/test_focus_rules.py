"""What FOCUS says of corrections and of what is unused."""

from pathlib import Path

import pytest

from assay.core import tenancy
from assay.costs.domain.checks import CheckResult
from assay.costs.selectors.checks import check_ledger
from tests.factories import aws_bills, focus
from tests.factories.aws_bills import PLAN, RESERVATION, make_fee, make_line
from tests.factories.checked_bills import make_bill
from tests.factories.conversions import convert
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization

EARLIER = {"line_item_usage_start_date": "2025-12-05T10:00:00Z", "line_item_usage_end_date": "2025-12-05T11:00:00Z"}


def test_trap_36_only_a_refund_of_an_invoiced_period_is_a_correction(tmp_path: Path) -> None:
    refunds = [make_line("Refund", "-1", **EARLIER), make_line("Refund", "-2")]
    done = convert(tmp_path, aws_bills.write_legacy_csv(refunds))
    assert {row["billed_cost"]: row["charge_class"] for row in done.rows} == {-1: "Correction", -2: None}
    assert {row["charge_category"] for row in done.rows} == {"Usage"}


@pytest.mark.django_db
def test_trap_36_a_correction_of_its_own_period_is_noticed() -> None:
    bill = make_bill()
    bill[0]["ChargeClass"] = "Correction"
    assert find(bill, "corrections").failing == 1


def test_trap_39_what_is_unused_is_a_row_whose_resource_is_the_commitment(tmp_path: Path) -> None:
    plan = make_fee(
        "SavingsPlanRecurringFee", "1", savings_plan_savings_plan_arn=PLAN, savings_plan_total_commitment_to_date="1",
        savings_plan_used_commitment="0.25", savings_plan_recurring_commitment_for_billing_period="1",
    )  # fmt: skip
    reservation = make_fee("RIFee", "2", reservation_reservation_arn=RESERVATION, reservation_unused_recurring_fee="0.5")
    done = convert(tmp_path, aws_bills.write_legacy_csv([plan, reservation]))
    unused = done.find(commitment_discount_status="Unused")
    assert {row["resource_id"] for row in unused} == {PLAN, RESERVATION}
    for row in unused:
        assert row["resource_id"] == row["commitment_discount_id"]
        assert (row["charge_category"], row["consumed_quantity"], row["consumed_unit"]) == ("Usage", None, None)


@pytest.mark.django_db
def test_trap_39_an_unused_row_of_another_resource_breaks_a_rule() -> None:
    bill = make_bill()
    unused = next(charge for charge in bill if charge.get("CommitmentDiscountStatus") == "Unused")
    unused["ResourceId"] = "i-1"
    assert find(bill, "unused-rows").failing == 1


def find(bill: list[dict[str, str | None]], name: str) -> CheckResult:
    organization = found_organization()
    deliver(organization.id, focus.write_csv(bill))
    with tenancy.scope(organization.id):
        return next(one for one in check_ledger(organization.id).results if one.check.name == name)
