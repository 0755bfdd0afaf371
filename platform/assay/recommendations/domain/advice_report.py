"""What could be bought, of which usage and at whose rates: the answer to a question for advice."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assay.core.intervals import Interval
from assay.core.money import EXACT
from assay.recommendations.domain.commitments import share
from assay.recommendations.domain.plan_rates import PlanRate
from assay.recommendations.domain.purchase_advice import HELD_BACK, Advice, Offer, Risk, monthly
from assay.recommendations.domain.purchases import DAY_HOURS, STEP, Curve, Demand, from_nanos, to_nanos
from assay.recommendations.domain.savings_plans import Payment, PlanType

MOST_POINTS = 60


class RiskLevel(StrEnum):
    DEFAULT = "default"
    CAUTIOUS = "cautious"
    NONE = "none"

    @property
    def risk(self) -> Risk:
        return {"default": Risk.DEFAULT, "cautious": Risk.CAUTIOUS, "none": Risk.NONE}[self.value]


@dataclass(frozen=True, slots=True)
class QueuedPlan:
    """Bought and not yet in the bill. commitment: an hour."""

    plan: PlanType
    commitment: Decimal


@dataclass(frozen=True, slots=True)
class AdviceQuestion:
    """days: looked at, before the last complete one. rates: of the organization's own table. expiring: ids of commitments that end soon.

    Commitments whose term ends within 30 days count as expiring without being named. term_years, payment: only such offers; None for all.
    """

    days: int = 90
    risk: RiskLevel = RiskLevel.DEFAULT
    rates: tuple[PlanRate, ...] = ()
    queued: tuple[QueuedPlan, ...] = ()
    expiring: tuple[str, ...] = ()
    term_years: int | None = None
    payment: Payment | None = None


@dataclass(frozen=True, slots=True)
class Unrated:
    """Usage that a plan could cover and whose rate nobody has told. spend: on demand, over the days looked at."""

    service: str
    region: str
    meter: str
    spend: Decimal


@dataclass(frozen=True, slots=True)
class AdviceReport:
    """interval: of the usage looked at, from the bill's first day on. demand: what purchases were sized by. alternatives: each offer by itself, the largest saving first. basket: what to buy together.

    expiring: ids whose usage was given back. claimed: usage left out of the demand, since open findings would end it. spread: of the demand, in charges longer than an hour, whose hours are not measured.
    """

    interval: Interval
    currency: str
    demand: Decimal
    basket: tuple[Advice, ...]
    alternatives: tuple[Advice, ...]
    unrated: tuple[Unrated, ...]
    expiring: tuple[str, ...]
    claimed: Decimal
    spread: Decimal
    risk: RiskLevel
    ledger_version: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A purchase of another size, over the window of the advice. Monthly figures are per 730 hours; regret: what the best would save more.

    recent: saving in the last 30 days. after_drop: saving if usage fell by the risk's drop.
    """

    commitment: Decimal
    saving: Decimal
    regret: Decimal
    recent: Decimal
    recent_regret: Decimal
    after_drop: Decimal
    utilization: Decimal | None
    coverage: Decimal | None


def list_purchases(demand: Demand, offer: Offer, *, drop: Decimal, also: Sequence[Decimal] = ()) -> tuple[WhatIf, ...]:
    """From none to all that any hour could use, in equal steps, and those named; sorted."""
    curve = Curve(demand, offer.ratios)
    recent = curve.between(max(0, curve.hours - HELD_BACK * DAY_HOURS), curve.hours)
    fallen = curve.scaled(1 - drop)
    unit = to_nanos(STEP)
    most = -(-int(curve.hourly.max(initial=0)) // unit)
    sizes = {from_nanos(most * place // MOST_POINTS * unit) for place in range(MOST_POINTS + 1)}
    best, best_recent = (each.at(each.optimum()).saving for each in (curve, recent))
    found = []
    for commitment in sorted({*sizes, *also}):
        outcome, lately = curve.at(commitment), recent.at(commitment)
        found.append(
            WhatIf(
                commitment,
                monthly(outcome.saving, outcome.hours),
                monthly(EXACT.subtract(best, outcome.saving), outcome.hours),
                monthly(lately.saving, lately.hours),
                monthly(EXACT.subtract(best_recent, lately.saving), lately.hours),
                monthly(fallen.at(commitment).saving, outcome.hours),
                share(outcome.used, outcome.committed),
                share(outcome.covered, outcome.on_demand),
            )
        )
    return tuple(found)
