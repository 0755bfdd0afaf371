"""What AWS's bills charge for over time, and what naive sums get wrong."""

from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assay.costs.domain.basis import Basis
from tests.factories import aws_bills
from tests.factories.aws_bills import PLAN, RESERVATION, make_fee, make_line
from tests.factories.conversions import Converted, convert


def D(text: str) -> Decimal:  # noqa: N802  as short as the numbers
    return Decimal(text)


def convert_lines(folder: Path, *lines: aws_bills.Line) -> Converted:
    return convert(folder, aws_bills.write_legacy_csv(lines))


def covered(unblended: str, effective: str, **values: str | None) -> dict[str, str | None]:
    own = {"savings_plan_savings_plan_arn": PLAN, "savings_plan_savings_plan_effective_cost": effective}
    return make_line("SavingsPlanCoveredUsage", unblended, **(own | values))


def recurring_fee(cost: str, *, total: str, used: str, **values: str | None) -> dict[str, str | None]:
    own = {
        "savings_plan_savings_plan_arn": PLAN,
        "savings_plan_total_commitment_to_date": total,
        "savings_plan_used_commitment": used,
        "savings_plan_recurring_commitment_for_billing_period": cost,
        "savings_plan_amortized_upfront_commitment_for_billing_period": str(Decimal(total) - Decimal(cost)),
    }
    return make_fee("SavingsPlanRecurringFee", cost, **(own | values))


def negation(cost: str) -> dict[str, str | None]:
    return make_fee("SavingsPlanNegation", cost, savings_plan_savings_plan_arn=PLAN)


def reserved(effective: str, **values: str | None) -> dict[str, str | None]:
    return make_line(
        "DiscountedUsage", "0", reservation_reservation_arn=RESERVATION, reservation_effective_cost=effective,
        pricing_public_on_demand_cost="0.096", **values,
    )  # fmt: skip


def reservation_fee(cost: str, *, upfront: str = "0", unused_upfront: str = "0", unused: str = "0") -> dict[str, str | None]:
    return make_fee(
        "RIFee", cost, reservation_reservation_arn=RESERVATION, reservation_unused_recurring_fee=unused,
        reservation_amortized_upfront_fee_for_billing_period=upfront,
        reservation_unused_amortized_upfront_fee_for_billing_period=unused_upfront,
    )  # fmt: skip


def test_trap_01_a_commitment_counts_once_in_each_basis(tmp_path: Path) -> None:
    done = convert_lines(tmp_path, reserved("0.06"), reservation_fee("0.1", unused="0.04"))
    assert (done.sum("billed_cost"), done.sum("effective_cost")) == (D("0.1"), D("0.1"))
    [used] = done.find(commitment_discount_status="Used")
    assert (used["billed_cost"], used["effective_cost"]) == (0, D("0.06"))
    [purchase] = done.find(charge_category="Purchase")
    assert (purchase["billed_cost"], purchase["effective_cost"]) == (D("0.1"), 0)
    assert done.broken == []


def test_trap_02_covered_usage_is_not_summed_beside_the_fee_that_pays_it(tmp_path: Path) -> None:
    done = convert_lines(tmp_path, covered("0.1", "0.07"), negation("-0.1"), recurring_fee("0.07", total="0.07", used="0.07"))
    assert (done.sum("billed_cost"), done.sum("effective_cost")) == (D("0.07"), D("0.07"))
    assert done.broken == []


def test_trap_02_what_negations_leave_is_one_row_and_billed_is_exact(tmp_path: Path) -> None:
    lines = [covered("0.333333333333333", "0.2"), covered("0.333333333333333", "0.2"), negation("-0.6666666666")]
    done = convert_lines(tmp_path, *lines, recurring_fee("0.4", total="0.4", used="0.4"))
    [rest] = done.find(charge_category="Adjustment")
    assert (rest["billed_cost"], rest["effective_cost"], rest["commitment_discount_id"]) == (D("0.000000000066666"), 0, PLAN)
    assert done.sum("billed_cost") == D("0.400000000066666")


def test_trap_03_a_negation_is_no_saving_of_list_cost(tmp_path: Path) -> None:
    lines = [covered("0.1", "0.07", pricing_public_on_demand_cost="0.12"), negation("-0.1")]
    done = convert_lines(tmp_path, *lines, recurring_fee("0.07", total="0.07", used="0.07"))
    usage = done.find(charge_category="Usage")
    assert [(row["list_cost"], row["contracted_cost"]) for row in usage] == [(D("0.12"), D("0.1"))]
    assert all(row["list_cost"] >= 0 for row in done.rows)


def test_trap_04_unused_commitment_has_a_row_of_its_own(tmp_path: Path) -> None:
    done = convert_lines(tmp_path, covered("0.1", "0.07"), negation("-0.1"), recurring_fee("0.2", total="0.2", used="0.07"))
    [unused] = done.find(commitment_discount_status="Unused")
    assert (unused["effective_cost"], unused["billed_cost"], unused["charge_category"]) == (D("0.13"), 0, "Usage")
    assert (unused["resource_id"], unused["commitment_discount_id"], unused["consumed_quantity"]) == (PLAN, PLAN, None)
    assert done.invariant("Savings Plan's commitment").ok


def test_trap_04_unused_reservations_have_a_row_too(tmp_path: Path) -> None:
    done = convert_lines(
        tmp_path, reserved("0.06"), reservation_fee("0.05", upfront="0.05", unused_upfront="0.02", unused="0.02")
    )
    [unused] = done.find(commitment_discount_status="Unused")
    assert (unused["effective_cost"], unused["resource_id"]) == (D("0.04"), RESERVATION)
    assert done.invariant("reservation's cost").ok


def test_trap_04_a_commitment_whose_parts_do_not_sum_is_told(tmp_path: Path) -> None:
    done = convert_lines(tmp_path, reserved("0.06"), reservation_fee("0.2", unused="0.04"))
    broken = done.invariant("reservation's cost")
    assert not broken.ok
    assert RESERVATION in broken.detail


def test_trap_05_a_fee_of_nothing_carries_the_unused_part(tmp_path: Path) -> None:
    upfront = make_fee("Fee", "87.6", reservation_reservation_arn=RESERVATION)
    done = convert_lines(tmp_path, upfront, reserved("0.06"), reservation_fee("0", upfront="0.1", unused_upfront="0.04"))
    assert [row["effective_cost"] for row in done.find(commitment_discount_status="Unused")] == [D("0.04")]
    assert (done.sum("billed_cost"), done.sum("effective_cost")) == (D("87.6"), D("0.1"))
    assert done.broken == []


def test_trap_06_a_fee_for_a_reservation_is_spread_and_other_fees_are_not(tmp_path: Path) -> None:
    done = convert_lines(tmp_path, make_fee("Fee", "100", reservation_reservation_arn=RESERVATION), make_fee("Fee", "29"))
    assert [(row["billed_cost"], row["effective_cost"]) for row in done.rows] == [(29, 29), (100, 0)]
    assert {row["charge_category"] for row in done.rows} == {"Purchase"}


def test_trap_07_a_plan_s_upfront_fee_and_its_refund_are_no_effective_cost(tmp_path: Path) -> None:
    refund = {"line_item_line_item_description": "Refund for one-time fee for Savings Plan ID: 1"}
    done = convert_lines(
        tmp_path,
        make_fee("SavingsPlanUpfrontFee", "876", savings_plan_savings_plan_arn=PLAN),
        make_fee("Refund", "-876", savings_plan_savings_plan_arn=PLAN, **refund),
        make_fee("Refund", "-3"),
    )
    assert (done.sum("billed_cost"), done.sum("effective_cost")) == (-3, -3)
    assert len(done.find(charge_category="Purchase", effective_cost=0)) == 2


def test_trap_08_net_columns_may_be_absent_or_empty(tmp_path: Path) -> None:
    discounted = make_line("Usage", "1", line_item_net_unblended_cost="0.9")
    plain = make_line("Usage", "2")
    assert convert_lines(tmp_path, plain).sum("effective_cost") == 2
    both = convert(tmp_path, aws_bills.write_legacy_csv([plain]), aws_bills.write_legacy_csv([discounted]))
    assert both.sum("effective_cost") == both.sum("billed_cost") == D("2.9")
    assert convert_lines(tmp_path, plain, discounted).sum("effective_cost") == D("2.9")


def test_trap_08_commitments_are_net_where_the_row_says_so(tmp_path: Path) -> None:
    net = {
        "savings_plan_net_savings_plan_effective_cost": "0.063",
        "line_item_net_unblended_cost": "0.1",
    }
    fee = recurring_fee(
        "0.2", total="0.2", used="0.07", line_item_net_unblended_cost="0.18",
        savings_plan_net_recurring_commitment_for_billing_period="0.18",
        savings_plan_net_amortized_upfront_commitment_for_billing_period="0",
    )  # fmt: skip
    done = convert_lines(tmp_path, covered("0.1", "0.07", **net), negation("-0.1"), fee)
    [unused] = done.find(commitment_discount_status="Unused")
    assert unused["effective_cost"] == D("0.117")
    assert done.sum("effective_cost") == done.sum("billed_cost") == D("0.18")
    assert done.broken == []


def test_trap_09_discounts_are_rows(tmp_path: Path) -> None:
    done = convert_lines(
        tmp_path, make_line("Usage", "10"), make_fee("EdpDiscount", "-1"), make_fee("PrivateRateDiscount", "-2")
    )
    assert (done.sum("billed_cost"), done.sum("effective_cost"), done.sum("list_cost")) == (7, 7, 10)


def test_trap_09_or_net_columns_and_then_rows_of_discounts_add_nothing(tmp_path: Path) -> None:
    usage = make_line("Usage", "10", line_item_net_unblended_cost="9")
    discount = make_fee("EdpDiscount", "-1", line_item_net_unblended_cost="0")
    done = convert_lines(tmp_path, usage, discount)
    assert (done.sum("billed_cost"), done.sum("effective_cost")) == (9, 9)
    assert done.broken == []


def test_trap_09_or_a_map_beside_net_columns(tmp_path: Path) -> None:
    done = convert_lines(tmp_path, make_line("Usage", "10", line_item_net_unblended_cost="9", discount_total_discount="1"))
    assert done.sum("billed_cost") == 9
    assert done.broken == []


def test_trap_09_discounts_that_count_twice_are_told(tmp_path: Path) -> None:
    usage = make_line("Usage", "10", line_item_net_unblended_cost="9")
    twice = make_fee("EdpDiscount", "-1", line_item_net_unblended_cost="-1")
    assert not convert_lines(tmp_path, usage, twice).invariant("Discounts count once").ok


@pytest.mark.parametrize("operation", ["EKSPod-EC2", "ECSTask-EC2"])
def test_trap_13_shares_of_split_cost_are_not_counted_beside_the_instance(tmp_path: Path, operation: str) -> None:
    pods = [make_line("Usage", cost, line_item_operation=operation, line_item_resource_id=cost) for cost in ("0.04", "0.05")]
    done = convert_lines(tmp_path, make_line("Usage", "0.096"), *pods)
    assert (done.sum("billed_cost"), len(done.rows)) == (D("0.096"), 1)
    assert any("Rows left out: 2" in note for note in done.staged.notes)


def test_trap_14_list_cost_of_tiers_is_a_cost_and_a_rate_that_does_not_give_it_is_left_out(tmp_path: Path) -> None:
    tiered = {
        "pricing_public_on_demand_cost": "250",
        "pricing_public_on_demand_rate": "0.023",
        "line_item_usage_amount": "11000",
    }
    plain = {"pricing_public_on_demand_cost": "23", "pricing_public_on_demand_rate": "0.023", "line_item_usage_amount": "1000"}
    done = convert_lines(tmp_path, make_line("Usage", "250", **tiered), make_line("Usage", "23", **plain))
    assert [(row["list_cost"], row["list_unit_price"]) for row in done.rows] == [(23, D("0.023")), (250, None)]


def test_trap_16_list_and_contracted_cost_know_which_purchases_cover_other_charges(tmp_path: Path) -> None:
    lines = [covered("0.1", "0.07", pricing_public_on_demand_cost="0.12"), negation("-0.1")]
    done = convert_lines(tmp_path, *lines, recurring_fee("0.07", total="0.07", used="0.07"), make_fee("Fee", "29"))
    covering = [row for row in done.rows if row["charge_category"] == "Purchase" and row["commitment_discount_id"]]
    assert [(row["list_cost"], row["effective_cost"]) for row in covering] == [(D("0.07"), 0)]
    others = [row["list_cost"] for row in done.rows if row not in covering]
    assert sum(others) == D("29.12")


def test_a_type_of_line_item_that_nobody_knows_is_told_by_name(tmp_path: Path) -> None:
    done = convert_lines(tmp_path, make_line("Usage", "1"), make_fee("CarbonFee", "2"))
    assert (done.sum("billed_cost"), done.find(charge_category="Adjustment")[0]["effective_cost"]) == (3, 2)
    unknown = done.invariant("known")
    assert not unknown.ok
    assert "CarbonFee: 1" in unknown.detail


def test_amortised_amounts_keep_every_place_and_the_ledgers_type(tmp_path: Path) -> None:
    used, rest = "0.000000000000123", "0.000000000000877"
    net = {
        "savings_plan_net_recurring_commitment_for_billing_period": "0.9",
        "savings_plan_net_amortized_upfront_commitment_for_billing_period": "0",
    }
    fee = recurring_fee("1", total="1", used="0.5", **net)
    done = convert_lines(tmp_path, reserved(used), reservation_fee("0.000000000001", unused=rest), fee)
    assert done.sum("effective_cost") == D(used) + D(rest) + D("0.45")
    types = pq.read_schema(done.staged.files[0].path)
    assert {str(types.field(f"{basis}_cost").type) for basis in Basis} == {"decimal128(33, 15)"}
