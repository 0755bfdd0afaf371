"""The worked tables of docs/algorithms/commitments.md are what the formulas give."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from assay.recommendations.domain.commitments import Coverage, Hour, SavingsRate, Scope, add_coverage, add_hours, share
from assay.recommendations.domain.purchase_advice import Risk, month_of_break_even, month_without_loss, pay, pick
from assay.recommendations.domain.purchases import Curve, Demand
from assay.recommendations.domain.reserved_units import Reservation, Running, apply_reservations
from assay.recommendations.domain.savings_plans import Payment, Plan, PlanType, Usage, apply_plans

PAGE = Path(__file__).resolve().parents[3] / "docs" / "algorithms" / "commitments.md"
START = datetime(2026, 1, 1, tzinfo=UTC)
TOLERANCE = Decimal("0.000001")


def read_table(name: str) -> list[dict[str, str]]:
    lines = PAGE.read_text().split(f"### Worked: {name}\n")[1].split("\n#")[0].splitlines()
    cells = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def assert_near(found: Decimal | None, told: str) -> None:
    assert found is not None
    assert abs(found - Decimal(told)) < TOLERANCE


def read_hour(row: dict[str, str]) -> Hour:
    return Hour(Decimal(row["committed"]), Decimal(row["used"]), Decimal(row["on demand"]))


def test_use_of_a_plan() -> None:
    rows = read_table("use of a plan")
    hours = [read_hour(row) for row in rows if row["hour"] != "all"]
    for row, use in zip(rows, [*(add_hours([hour]) for hour in hours), add_hours(hours)], strict=True):
        assert_near(use.committed, row["committed"])
        assert_near(use.used, row["used"])
        assert_near(use.on_demand, row["on demand"])
        assert_near(use.unused, row["unused"])
        assert_near(use.utilization, row["utilization"])
        assert_near(use.net_saving, row["net saving"])
    assert add_hours(hours).idle_hours == 2


@pytest.mark.parametrize("row", read_table("normalised units"), ids=lambda row: f"{row['reservation']}: {row['runs']}")
def test_normalised_units(row: dict[str, str]) -> None:
    count, machine, where, platform, tenancy = row["reservation"].split()
    zone = "us-east-1a" if where == "zonal" else ""
    held = Reservation("r", "1", machine, "us-east-1", int(count), zone, platform, tenancy)
    runs = [item.split() for item in row["runs"].split(", ")]
    running = [Running("1", name, "us-east-1", "us-east-1a", Decimal(hours), platform, tenancy) for hours, name in runs]
    applied = apply_reservations(running, [held])
    assert applied.covered == tuple(map(Decimal, row["covered hours"].split(", ")))
    assert held.units == Decimal(row["units"])
    assert held.units - applied.unused[0] == Decimal(row["used units"])


def test_coverage() -> None:
    rows = read_table("coverage")
    hours = [Coverage(Decimal(row["covered"]), Decimal(row["uncovered"])) for row in rows if row["hour"] != "all"]
    for row, coverage in zip(rows, [*hours, add_coverage(hours)], strict=True):
        assert (coverage.covered, coverage.uncovered) == (Decimal(row["covered"]), Decimal(row["uncovered"]))
        assert_near(coverage.ratio, row["coverage"])


@pytest.mark.parametrize("row", read_table("effective savings rate"), ids=lambda row: row["ESR"])
def test_effective_savings_rate(row: dict[str, str]) -> None:
    covered, uncovered, used, committed = (Decimal(row[name]) for name in ("covered", "uncovered", "used", "committed"))
    rate = SavingsRate(committed + uncovered, covered + uncovered, Scope(("EC2",), negotiated=False)).rate
    assert_near(rate, row["ESR"])
    coverage, used_share, paid = share(covered, covered + uncovered), share(used, committed), share(used, covered)
    assert_near(coverage, row["C"])
    assert_near(used_share, row["U"])
    assert_near(paid, row["r"])
    assert coverage is not None
    assert used_share is not None
    assert paid is not None
    assert_near(coverage * (1 - paid / used_share), row["ESR"])


@pytest.mark.parametrize(
    "row", read_table("order of plans"), ids=lambda row: f"{row['committed']}: {row['usage']}, {row['sharing']}"
)
def test_order_of_plans(row: dict[str, str]) -> None:
    usages = [item.split() for item in row["usage"].split(", ")]
    applied = apply_plans(
        [Usage(account, Decimal(cost), {"p": Decimal(ratio)}) for account, cost, ratio in usages],
        [Plan("p", PlanType.COMPUTE, "a", Decimal(row["committed"]))],
        shared=row["sharing"] == "on",
    )
    for found, told in zip(applied.uncovered, row["uncovered"].split(", "), strict=True):
        assert_near(found, told)
    assert_near(applied.used["p"], row["used"])
    assert_near(applied.covered["p"], row["covered"])


def test_cost_at_every_corner() -> None:
    rows = read_table("cost at every corner")
    spend = {"a": [10, 10, 5, 0], "b": [5, 0, 5, 5]}
    demand = Demand.of(START, {sku: list(map(Decimal, hours)) for sku, hours in spend.items()})
    curve = Curve(demand, {"a": Decimal("0.6"), "b": Decimal("0.8")})
    assert [int(row["commitment"]) * 10**9 for row in rows] == curve.breakpoints().tolist()
    for row in rows:
        outcome = curve.at(Decimal(row["commitment"]))
        assert_near(outcome.covered, row["covered"])
        assert_near(outcome.cost, row["cost"])
        assert_near(outcome.saving, row["saving"])
    least = min(rows, key=lambda row: Decimal(row["cost"]))
    assert curve.optimum() == Decimal(least["commitment"])


@pytest.mark.parametrize("row", read_table("risk"), ids=lambda row: f"{row['ratio']} {row['drop']}")
def test_risk(row: dict[str, str]) -> None:
    demand = Demand.of(START, {"a": [Decimal(10)] * 48})
    curve = Curve(demand, {"a": Decimal(row["ratio"])})
    bought = pick(curve, Risk(Decimal(row["drop"]), Decimal(row["margin"])))
    assert curve.optimum() == Decimal(row["best"])
    assert bought == Decimal(row["bought"])
    assert_near(curve.at(bought).saving / 48, row["saving per hour"])
    assert_near(curve.scaled(1 - Decimal(row["drop"])).at(bought).saving / 48, row["saving per hour after the drop"])


@pytest.mark.parametrize("row", read_table("payment"), ids=lambda row: row["payment"])
def test_payment(row: dict[str, str]) -> None:
    cash = pay(Decimal(1), term_hours=8_760, payment=Payment(row["payment"]))
    covered = Decimal("1.4") * 730
    assert (cash.upfront, cash.monthly) == (Decimal(row["upfront"]), Decimal(row["monthly"]))
    assert month_of_break_even(cash, covered, term_months=12) == int(row["break-even month"])
    assert month_without_loss(cash, covered, term_months=12) == int(row["without loss after month"])
