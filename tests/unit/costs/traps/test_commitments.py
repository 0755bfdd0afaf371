"""What the ledger keeps of commitments, so that rates and coverage can be told of it."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from assay.core import tenancy
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.dimensions import FocusColumn
from assay.costs.domain.filters import parse_filter
from assay.costs.domain.questions import CostQuestion, Granularity
from assay.costs.selectors import explorer
from tests.factories import aws_bills, focus
from tests.factories.aws_bills import OTHER_TEAM, PAYER, RESERVATION, make_line
from tests.factories.checked_bills import PLAN_COLUMNS, make_bill
from tests.factories.conversions import convert
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization

DAY = Interval(datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC))
MONTH = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
COVERED = "commitment_discount_status is not null and commitment_discount_type = 'Savings Plan'"


@pytest.mark.django_db
def test_trap_17_the_on_demand_equivalent_counts_no_purchase_and_nothing_unused() -> None:
    organization = found_organization()
    deliver(organization.id, focus.write_csv(make_bill()))
    filters = (
        "charge_category in ('Usage', 'Purchase') and not commitment_discount_status = 'Unused'",
        "charge_category = 'Purchase'",
    )
    with tenancy.scope(organization.id):
        equivalent, purchases = (
            explorer.answer(organization.id, CostQuestion(MONTH, Basis.LIST, filter=parse_filter(text))).total
            for text in filters
        )
    # 8 hours at 0.096, 30 GB at 0.023, half an hour each at 0.03, 0.04, 0.05, and 250 covered hours at 0.2.
    assert equivalent == Decimal("0.768") + Decimal("0.69") + Decimal("0.06") + 50
    assert purchases == 0


@pytest.mark.django_db
def test_trap_18_used_and_unused_can_be_told_apart_hour_by_hour() -> None:
    """Coverage over a month hides the hours in which a plan lies idle and those that it does not cover."""
    hours = [("10", "Used", "4"), ("10", "Unused", "1"), ("11", "Used", "0.5"), ("11", "Unused", "4.5")]
    charges = [hour_of_plan(hour, status, spent) for hour, status, spent in hours]
    organization = found_organization()
    deliver(organization.id, focus.write_csv(charges))
    question = CostQuestion(
        DAY, group_by=(FocusColumn("commitment_discount_status"),), granularity=Granularity.HOUR, filter=parse_filter(COVERED)
    )
    with tenancy.scope(organization.id):
        answer = explorer.answer(organization.id, question)
    series = {row.key[0]: row.series[10:12] for row in answer.rows}
    assert series == {"Used": (Decimal(4), Decimal("0.5")), "Unused": (Decimal(1), Decimal("4.5"))}


def test_trap_41_normalised_units_of_a_reservation_are_kept(tmp_path: Path) -> None:
    units = {
        "line_item_normalized_usage_amount": "4",
        "line_item_normalization_factor": "4.0",
        "reservation_units_per_reservation": "8",
    }
    [row] = convert(tmp_path, aws_bills.write_legacy_csv([reserved(**units)])).rows
    kept = json.loads(row["x_columns"])
    assert {name: Decimal(kept[name]) for name in units} == {name: Decimal(value) for name, value in units.items()}


def test_trap_42_who_owns_a_commitment_and_who_used_it_are_both_kept(tmp_path: Path) -> None:
    [row] = convert(tmp_path, aws_bills.write_legacy_csv([reserved(line_item_usage_account_id=OTHER_TEAM)])).rows
    assert row["sub_account_id"] == OTHER_TEAM
    assert row["commitment_discount_id"].split(":")[4] == PAYER


def hour_of_plan(hour: str, status: str, spent: str) -> dict[str, str | None]:
    times = {"ChargePeriodStart": f"2026-01-05T{hour}:00:00Z", "ChargePeriodEnd": f"2026-01-05T{hour}:59:59Z"}
    return focus.make_charge(spent, CommitmentDiscountStatus=status, **(PLAN_COLUMNS | times))


def reserved(**values: str | None) -> dict[str, str | None]:
    return make_line(
        "DiscountedUsage", "0", reservation_reservation_arn=RESERVATION, reservation_effective_cost="0.06", **values
    )
