"""The purchase that costs least: against brute force, its shape, and what it conserves."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.recommendations.domain.purchase_advice import Offer, Risk, advise, ladder, limit_for
from assay.recommendations.domain.purchases import PER_UNIT, STEP, Curve, Demand, from_nanos
from assay.recommendations.domain.savings_plans import Payment, Plan, PlanType, Usage, apply_plans

START = datetime(2026, 1, 1, tzinfo=UTC)
MILLI = 10**6

spends = st.integers(1, 5).flatmap(
    lambda skus: st.lists(st.lists(st.integers(0, 40), min_size=skus, max_size=skus), min_size=1, max_size=12)
)
ratios = st.lists(st.integers(1, 99), min_size=5, max_size=5)


def make_curve(spend: list[list[int]], percents: list[int]) -> Curve:
    """spend: whole units per hour and SKU."""
    cells = np.array(spend, dtype=np.int64) * PER_UNIT
    skus = tuple(f"sku-{place}" for place in range(cells.shape[1]))
    named = {sku: Decimal(percent) / 100 for sku, percent in zip(skus, percents, strict=False)}
    return Curve(Demand(START, skus, cells), named)


def cost_of(spend: list[list[int]], percents: list[int], commitment: Fraction) -> Fraction:
    """By the order of AWS, an hour and a SKU at a time."""
    cost = Fraction(0)
    for hour in spend:
        left = commitment
        for percent, on_demand in sorted(zip(percents, hour, strict=False)):
            ratio = Fraction(percent, 100)
            covered = min(Fraction(on_demand), left / ratio)
            left -= covered * ratio
            cost += on_demand - covered
        cost += commitment
    return cost


@given(spends, ratios)
@settings(max_examples=50, deadline=None)
def test_the_optimum_is_that_of_brute_force_over_every_corner_and_a_fine_grid(
    spend: list[list[int]], percents: list[int]
) -> None:
    curve = make_curve(spend, percents)
    corner = Fraction(curve.corner(), PER_UNIT)
    corners = [Fraction(int(nanos), PER_UNIT) for nanos in curve.breakpoints()]
    grid = [Fraction(place, 64) * max(corners) for place in range(65)]
    best = cost_of(spend, percents, corner)
    assert best == min(cost_of(spend, percents, commitment) for commitment in (*corners, *grid))
    assert all(cost_of(spend, percents, one) > best for one in corners if one < corner), "of equals the least is bought"


@given(spends, ratios)
@settings(max_examples=60, deadline=None)
def test_thousandths_cost_least_too(spend: list[list[int]], percents: list[int]) -> None:
    curve = make_curve(spend, percents)
    bought = curve.optimum()
    assert bought % STEP == 0
    for other in (bought - STEP, bought + STEP):
        if other >= 0:
            assert curve._cost(int(other * PER_UNIT)) >= curve._cost(int(bought * PER_UNIT))


@given(spends, ratios, st.lists(st.integers(0, 200_000), min_size=3, max_size=3, unique=True))
@settings(max_examples=100, deadline=None)
def test_the_cost_is_convex(spend: list[list[int]], percents: list[int], places: list[int]) -> None:
    curve = make_curve(spend, percents)
    low, middle, high = sorted(places)
    costs = [curve._cost(place * MILLI) for place in (low, middle, high)]
    assert costs[1] * (high - low) <= costs[0] * (high - middle) + costs[2] * (middle - low)


@given(spends, ratios, st.integers(0, 200_000))
@settings(max_examples=100, deadline=None)
def test_covered_and_remaining_are_the_demand_and_used_and_unused_the_commitment(
    spend: list[list[int]], percents: list[int], milli: int
) -> None:
    curve = make_curve(spend, percents)
    commitment = from_nanos(milli * MILLI)
    outcome = curve.at(commitment)
    assert outcome.used + outcome.unused == commitment * len(spend)
    assert outcome.on_demand == curve.demand.total
    assert abs(outcome.covered + curve.remaining(commitment).total - curve.demand.total) < Decimal("1e-6")
    assert abs(outcome.cost - (curve.remaining(commitment).total + outcome.committed)) < Decimal("1e-6")
    assert 0 <= outcome.used <= outcome.committed


@given(spends, ratios, st.integers(0, 200_000))
@settings(max_examples=60, deadline=None)
def test_what_is_bought_is_applied_as_plans_are(spend: list[list[int]], percents: list[int], milli: int) -> None:
    """The search's own arithmetic against the order of application in exact decimals."""
    outcome = make_curve(spend, percents).at(from_nanos(milli * MILLI))
    plan = Plan("p", PlanType.COMPUTE, "1", Decimal(milli) / 1000)
    covered = Decimal(0)
    for hour in spend:
        usages = [Usage("1", Decimal(cost), {"p": Decimal(part) / 100}) for cost, part in zip(hour, percents, strict=False)]
        covered += apply_plans(usages, [plan]).covered["p"]
    assert abs(outcome.covered - covered) < Decimal("1e-6")


@given(spends, ratios, st.integers(0, 90))
@settings(max_examples=60, deadline=None)
def test_within_the_risk_nothing_is_lost_after_the_drop(spend: list[list[int]], percents: list[int], drop: int) -> None:
    curve = make_curve(spend, percents)
    risk = Risk(Decimal(drop) / 100, Decimal("0.01"))
    bought = limit_for(curve, curve.optimum(), risk)
    fallen = curve.scaled(1 - risk.drop)
    assert fallen.at(bought).saving >= fallen.at(bought).committed * risk.margin
    assert bought <= curve.optimum()


@given(spends, ratios, st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_a_ladder_sums_to_what_is_bought(spend: list[list[int]], percents: list[int], rungs: int) -> None:
    curve = make_curve(spend, percents)
    bought = curve.optimum()
    parts = ladder(curve, bought, rungs=rungs)
    assert sum(rung.commitment for rung in parts) == bought
    assert len(parts) <= rungs
    assert all(rung.commitment > 0 and rung.commitment % STEP == 0 for rung in parts)
    assert [rung.after_days for rung in parts] == sorted({rung.after_days for rung in parts})


def test_one_sku_is_bought_up_to_the_hours_that_use_it_long_enough() -> None:
    """At a ratio of 0.6 the next unit pays if at least 60 of 100 hours use it."""
    curve = make_curve([[hour] for hour in range(1, 101)], [60])
    assert curve.optimum() == Decimal("0.6") * 40
    assert curve.at(curve.optimum()).saving == max(curve.at(from_nanos(int(corner))).saving for corner in curve.breakpoints())


def test_the_same_answer_whatever_the_order_of_skus_and_hours() -> None:
    generator = np.random.default_rng(3)
    spend, percents = generator.integers(0, 40, (50, 4)), [30, 50, 70, 90]
    mixed = generator.permutation(4)
    one = make_curve(spend.tolist(), percents)
    other = make_curve(generator.permutation(spend)[:, mixed].tolist(), [percents[place] for place in mixed])
    assert one.optimum() == other.optimum()
    assert one.at(Decimal(9)) == other.at(Decimal(9))


def test_nothing_is_bought_of_nothing() -> None:
    for curve in (make_curve([[0], [0]], [50]), Curve(Demand.of(START, {}), {})):
        assert curve.optimum() == 0
    offer = Offer(PlanType.COMPUTE, 1, Payment.NO_UPFRONT, {}, "nobody")
    found = advise(Demand.of(START, {"a": [Decimal(1)] * 48}), offer)
    assert (found.commitment, found.rungs, found.unrated) == (0, (), Decimal(48))


def test_a_short_demand_is_advised_on_without_a_judge() -> None:
    found = advise(
        Demand.of(START, {"a": [Decimal(10)] * 48}), Offer(PlanType.COMPUTE, 1, Payment.NO_UPFRONT, {"a": Decimal("0.5")}, "x")
    )
    assert (found.commitment, found.backtest, found.window_days) == (Decimal(5), None, 2)
    assert (found.p10, found.p50) == (1, 1)


def test_demands_that_cannot_be_held_exactly_are_refused() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        Demand.of(START, {"a": [Decimal(-1)]})
    with pytest.raises(ValueError, match="in all"):
        Demand.of(START, {"a": [Decimal(4_000_000_000), Decimal(1)]})
    with pytest.raises(ValueError, match="different hours"):
        Demand.of(START, {"a": [Decimal(1)]}).plus(Demand.of(START, {"a": [Decimal(1)] * 2}))
