"""Savings Plans to buy: how fast the best one is found, that brute force finds no better, and how advice does on 30 days that it did not see."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from assay.recommendations.domain.purchase_advice import Offer, Risk, advise
from assay.recommendations.domain.purchases import PER_UNIT, Curve, Demand
from assay.recommendations.domain.savings_plans import Payment, PlanType

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = 24
SEEN_DAYS, JUDGED_DAYS = 90, 30
SKUS = 200
ORGANIZATIONS = 40
"""Simulated, of each kind of demand."""

FLAT_RATIO = Decimal("0.72")

Floats = npt.NDArray[np.float64]
LEVELS: dict[str, Callable[[Floats], Floats]] = {
    "steady": np.ones_like,
    "growing": lambda months: 1.1 ** (months - 3),
    "shrinking": lambda months: 0.9 ** (months - 3),
    "dropping": lambda months: np.where(months < SEEN_DAYS / 30, 1.0, 0.7),
}
"""Months of 30 days since the first hour → how much is used. The drop comes on the day of the purchase."""


def measure() -> dict[str, object]:
    return {
        "optimum": _measure_optimum(),
        "advice": {kind: _judge_advice(kind, flat=False) for kind in LEVELS},
        "advice_flat": {kind: _judge_advice(kind, flat=True) for kind in LEVELS},
    }


def _measure_optimum() -> dict[str, object]:
    """seconds: from the demand to the commitment and what it saves. Brute force: every corner, by NumPy's own interpolation of each hour."""
    generator = np.random.default_rng(7)
    demand = _simulate(generator, SKUS, SEEN_DAYS, LEVELS["steady"])
    ratios = _rates(generator, demand)
    turns = []
    for _ in range(3):
        begun = time.perf_counter()
        curve = Curve(demand, ratios)
        outcome = curve.at(curve.optimum())
        turns.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    corners = curve.breakpoints()
    costs = _cost_by_interpolation(demand, ratios, corners / PER_UNIT)
    brute = time.perf_counter() - begun
    corner = int(curve.corner())
    exact = _cost_by_interpolation(demand, ratios, np.array([corner / PER_UNIT, float(outcome.commitment)]))
    return {
        "skus": SKUS,
        "days": SEEN_DAYS,
        "corners": len(corners),
        "seconds": round(min(turns), 3),
        "brute_force_seconds": round(brute, 1),
        "above_brute_force": float(max(exact[0] - costs.min(), 0) / costs.min()),
        "thousandth_above_brute_force": float((exact[1] - costs.min()) / costs.min()),
    }


def _cost_by_interpolation(demand: Demand, ratios: dict[str, Decimal], commitments: Floats) -> Floats:
    rates = np.array([float(ratios[sku]) for sku in demand.skus])
    order = np.argsort(rates)
    spend = demand.spend[:, order] / PER_UNIT
    bought = np.cumsum(spend * rates[order], axis=1)
    replaced = np.cumsum(spend, axis=1)
    cost = len(spend) * commitments + spend.sum()
    for edges, covered in zip(bought, replaced, strict=True):
        cost -= np.interp(commitments, np.append(0, edges), np.append(0, covered))
    return cost


def _judge_advice(kind: str, *, flat: bool) -> dict[str, object]:
    """captured: of what the best purchase for the 30 days to come saves in them. net: least saving of all, as a share of on-demand spend.

    flat: usage that never sleeps, at 28 % below on demand: all of it is bought, so that a drop hurts most.
    """
    captured: dict[str, list[float]] = {"default": [], "none": []}
    net: dict[str, list[float]] = {"default": [], "none": []}
    for number in range(ORGANIZATIONS):
        generator = np.random.default_rng(1_000 + number)
        demand = _simulate(generator, 20, SEEN_DAYS + JUDGED_DAYS, LEVELS[kind], flat=flat)
        ratios = dict.fromkeys(demand.skus, FLAT_RATIO) if flat else _rates(generator, demand)
        offer = Offer(PlanType.COMPUTE, 1, Payment.NO_UPFRONT, ratios, "simulated")
        judge = Curve(demand.last_days(JUDGED_DAYS), ratios)
        best = judge.at(judge.optimum())
        for name, risk in (("default", Risk.DEFAULT), ("none", Risk.NONE)):
            done = judge.at(advise(demand.between(0, SEEN_DAYS * DAY), offer, risk).commitment)
            captured[name].append(float(done.saving / best.saving))
            net[name].append(float(done.saving / done.on_demand))
    return {
        "organizations": ORGANIZATIONS,
        **{
            f"captured_{name}": {"mean": round(float(np.mean(each)), 4), "least": round(min(each), 4)}
            for name, each in captured.items()
        },
        **{f"least_net_{name}": round(min(each), 4) for name, each in net.items()},
    }


def _simulate(
    generator: np.random.Generator, skus: int, days: int, level: Callable[[Floats], Floats], *, flat: bool = False
) -> Demand:
    """Daily and weekly rhythm of its own per SKU, from flat ones to those that sleep at night; noise of 5 % an hour."""
    hours = np.arange(days * DAY)
    size = generator.gamma(2, 1, skus)
    swing = generator.uniform(0, 0.8, skus) * generator.integers(0, 2, skus)
    rhythm = 1 + swing * np.sin(2 * np.pi * (hours[:, None] - generator.uniform(0, DAY, skus)) / DAY)
    weekend = np.where((hours[:, None] // DAY) % 7 >= 5, generator.uniform(0.5, 1, skus), 1)
    noise = generator.normal(1, 0.05, (len(hours), skus)).clip(0)
    shape = noise if flat else rhythm * weekend * noise
    spend = size * shape * level(hours / (30 * DAY))[:, None]
    return Demand(START, tuple(f"sku-{place}" for place in range(skus)), np.rint(spend * PER_UNIT).astype(np.int64))


def _rates(generator: np.random.Generator, demand: Demand) -> dict[str, Decimal]:
    """Between 20 and 45 % below on demand."""
    return {
        sku: Decimal(str(round(float(rate), 4)))
        for sku, rate in zip(demand.skus, generator.uniform(0.55, 0.8, len(demand.skus)), strict=True)
    }
