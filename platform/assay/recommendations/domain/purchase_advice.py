"""What to buy: an offer's best commitment that stays a gain when usage falls, judged on days that it did not see.

Rules, formulas and their reasons: docs/algorithms/commitments.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import ClassVar

import numpy as np

from assay.core.money import EXACT, apportion
from assay.recommendations.domain.commitments import share
from assay.recommendations.domain.found import HOURS_OF_A_MONTH
from assay.recommendations.domain.purchases import DAY_HOURS, STEP, Curve, Demand, Outcome, from_nanos, to_nanos
from assay.recommendations.domain.savings_plans import Payment, PlanType

ZERO = Decimal(0)
HOURS_OF_A_YEAR = 8_760
"""A year's term is 365 days."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be bought. scope: family and region of an EC2 Instance plan, such as `m5 us-east-1`; else empty.

    ratios: SKU → plan rate / on-demand rate. source: who says so. eligible: SKUs that it could cover, rate known or not; None for all.
    """

    plan: PlanType
    term_years: int
    payment: Payment
    ratios: Mapping[str, Decimal]
    source: str
    scope: str = ""
    eligible: frozenset[str] | None = None

    @property
    def name(self) -> str:
        scope = f" {self.scope}" if self.scope else ""
        return f"{self.plan} Savings Plan{scope}, {self.term_years} year{'s' if self.term_years > 1 else ''}, {self.payment}"

    @property
    def term_hours(self) -> int:
        return self.term_years * HOURS_OF_A_YEAR


@dataclass(frozen=True, slots=True)
class Risk:
    """drop: share by which usage may fall for good without the purchase ever costing more than it saves. margin: of the commitment, that must be
    left as a gain even then, for the noise of single months.
    """

    drop: Decimal
    margin: Decimal = ZERO

    NONE: ClassVar["Risk"]
    DEFAULT: ClassVar["Risk"]
    CAUTIOUS: ClassVar["Risk"]


Risk.NONE = Risk(ZERO)
Risk.DEFAULT = Risk(Decimal("0.3"), Decimal("0.01"))
Risk.CAUTIOUS = Risk(Decimal("0.5"), Decimal("0.01"))

WINDOWS = (14, 30, 60)
"""Days looked at, beside the whole demand."""
HELD_BACK = 30
"""Days that judge, of those that are known; a third of a shorter demand."""
SHORTER_IF = 0.02
"""A shorter window must have lost so much less of the best saving, or the longer one counts: two weeks are often a peak."""
LEAST_DAYS = 14


def limit_for(curve: Curve, best: Decimal, risk: Risk, *, step: Decimal = STEP) -> Decimal:
    """The largest commitment up to best that still gains after the drop, over the window and over each month of it.

    The gain is concave in the commitment and 0 at none, so the commitments that gain are an interval from 0.
    """
    month = HELD_BACK * DAY_HOURS
    starts = range(curve.hours % month, curve.hours, month) if curve.hours >= month else ()
    parts = [part.scaled(1 - risk.drop) for part in (curve, *(curve.between(start, start + month) for start in starts))]
    unit = to_nanos(step)
    least, most = 0, to_nanos(best) // unit
    while least < most:
        middle = (least + most + 1) // 2
        outcomes = (part.at(from_nanos(middle * unit)) for part in parts)
        if all(outcome.saving >= outcome.committed * risk.margin for outcome in outcomes):
            least = middle
        else:
            most = middle - 1
    return from_nanos(least * unit)


def pick(curve: Curve, risk: Risk, *, step: Decimal = STEP) -> Decimal:
    """The commitment that costs least over the curve's hours, within the risk."""
    best = curve.optimum(step=step)
    return best if risk == Risk.NONE else limit_for(curve, best, risk, step=step)


@dataclass(frozen=True, slots=True)
class Backtest:
    """Bought by what came before the held-back days, judged by them. days: how many were held back. best: saving of who had known them."""

    days: int
    window_days: int
    commitment: Decimal
    saving: Decimal
    best: Decimal

    @property
    def regret(self) -> Decimal:
        """What the best purchase would have saved more."""
        return EXACT.subtract(self.best, self.saving)

    @property
    def captured(self) -> Decimal | None:
        return share(self.saving, self.best)


def backtest(curve: Curve, risk: Risk, *, window_days: int, step: Decimal = STEP) -> Backtest | None:
    """None where there are not two weeks before the days that judge."""
    held = min(HELD_BACK, curve.hours // DAY_HOURS // 3)
    split = curve.hours - held * DAY_HOURS
    first = max(0, split - window_days * DAY_HOURS)
    if held == 0 or split < LEAST_DAYS * DAY_HOURS:
        return None
    bought = pick(curve.between(first, split), risk, step=step)
    judge = curve.between(split, curve.hours)
    return Backtest(
        held, (split - first) // DAY_HOURS, bought, judge.at(bought).saving, judge.at(judge.optimum(step=step)).saving
    )


def choose_window(curve: Curve, risk: Risk, *, step: Decimal = STEP) -> tuple[int, Backtest | None]:
    """Days to look at, and how they did: the longest window that no shorter one beats by much on the days held back."""
    whole = curve.hours // DAY_HOURS
    chosen, judged = whole, backtest(curve, risk, window_days=whole, step=step)
    if judged is None:
        return whole, None
    for days in sorted((days for days in WINDOWS if days < whole - judged.days), reverse=True):
        found = backtest(curve, risk, window_days=days, step=step)
        if found is not None and float(judged.regret - found.regret) > SHORTER_IF * float(judged.best):
            chosen, judged = days, found
    return chosen, judged


@dataclass(frozen=True, slots=True)
class Cash:
    """Of a purchase over its term. upfront: paid at once. monthly: per month of 730 hours, from then on. whole: of the term."""

    upfront: Decimal
    monthly: Decimal
    whole: Decimal


def pay(commitment: Decimal, *, term_hours: int, payment: Payment) -> Cash:
    whole = EXACT.multiply(commitment, Decimal(term_hours))
    recurring = EXACT.multiply(commitment, 1 - payment.upfront_share)
    return Cash(EXACT.multiply(whole, payment.upfront_share), EXACT.multiply(recurring, HOURS_OF_A_MONTH), whole)


def month_of_break_even(cash: Cash, covered_monthly: Decimal, *, term_months: int) -> int | None:
    """The month by whose end the on-demand cost that was avoided is at least the cash that was paid; None: not within the term."""
    gained = EXACT.subtract(covered_monthly, cash.monthly)
    if gained <= 0:
        return None
    month = max(1, int(EXACT.divide(cash.upfront, gained).to_integral_value(ROUND_CEILING)))
    return month if month <= term_months else None


def month_without_loss(cash: Cash, covered_monthly: Decimal, *, term_months: int) -> int | None:
    """The month after which the purchase was a gain even if all usage ended then: the term's whole cost is avoided by its end."""
    if covered_monthly <= 0:
        return None
    month = max(1, int(EXACT.divide(cash.whole, covered_monthly).to_integral_value(ROUND_CEILING)))
    return month if month <= term_months else None


@dataclass(frozen=True, slots=True)
class Rung:
    """after_days: from now. commitment: an hour, to be checked against the usage of that day before it is bought."""

    after_days: int
    commitment: Decimal


def ladder(
    curve: Curve, commitment: Decimal, *, step: Decimal = STEP, rungs: int = 3, apart_days: int = 30
) -> tuple[Rung, ...]:
    """At once what at least nine of ten hours use whole; the rest in equal parts, later, unless it is less than a tenth.

    They sum to the commitment, in multiples of step.
    """
    unit = to_nanos(step)
    units = to_nanos(commitment) // unit
    if not units:
        return ()
    base = int(np.quantile(curve.hourly, 0.1, method="lower")) // unit if curve.hours else 0
    first = max(min(units, base), -(-units // rungs))
    if (units - first) * 10 < units:
        first = units
    rest = apportion(units - first, [1] * (rungs - 1)) if rungs > 1 else []
    parts = [Rung(number * apart_days, from_nanos(part * unit)) for number, part in enumerate([first, *rest])]
    return tuple(rung for rung in parts if rung.commitment)


@dataclass(frozen=True, slots=True)
class Advice:
    """offer, commitment: an hour. unlimited: what would cost least in the window, without the risk. outcome: of the window. window_days: looked at.

    p10, p50: share of the commitment that the hours at these percentiles use. monthly figures: per 730 hours. unrated: on-demand spend of the
    window that no rate is known for, so that the advice says nothing of it.
    """

    offer: Offer
    commitment: Decimal
    unlimited: Decimal
    outcome: Outcome
    window_days: int
    backtest: Backtest | None
    p10: Decimal
    p50: Decimal
    cash: Cash
    break_even_month: int | None
    without_loss_after_month: int | None
    rungs: tuple[Rung, ...]
    unrated: Decimal
    risk: Risk = field(default_factory=lambda: Risk.DEFAULT)

    @property
    def saving_monthly(self) -> Decimal:
        return monthly(self.outcome.saving, self.outcome.hours)

    @property
    def utilization(self) -> Decimal | None:
        return share(self.outcome.used, self.outcome.committed)


def advise(demand: Demand, offer: Offer, risk: Risk = Risk.DEFAULT, *, step: Decimal = STEP) -> Advice:
    """demand: what owned, queued and other advised commitments leave, and what expiring ones give back (`open_demand`)."""
    curve = Curve(demand, offer.ratios)
    window, judged = choose_window(curve, risk, step=step)
    looked_at = curve.between(max(0, curve.hours - window * DAY_HOURS), curve.hours)
    unlimited = looked_at.optimum(step=step)
    commitment = unlimited if risk == Risk.NONE else limit_for(looked_at, unlimited, risk, step=step)
    outcome = looked_at.at(commitment)
    cash = pay(commitment, term_hours=offer.term_hours, payment=offer.payment)
    covered, months = monthly(outcome.covered, outcome.hours), offer.term_years * 12
    used = looked_at.utilizations(commitment)
    p10, p50 = (
        Decimal(str(round(float(np.quantile(used, at, method="lower")), 6))) if used.size else ZERO for at in (0.1, 0.5)
    )
    return Advice(
        offer,
        commitment,
        unlimited,
        outcome,
        window,
        judged,
        p10,
        p50,
        cash,
        month_of_break_even(cash, covered, term_months=months) if commitment else None,
        month_without_loss(cash, covered, term_months=months) if commitment else None,
        ladder(looked_at, commitment, step=step),
        _unrated(demand.last_days(window), offer),
        risk,
    )


def _unrated(demand: Demand, offer: Offer) -> Decimal:
    eligible = offer.eligible if offer.eligible is not None else frozenset(demand.skus)
    return demand.only(eligible - set(offer.ratios)).total


def monthly(amount: Decimal, hours: int) -> Decimal:
    """Per month of 730 hours, in whole billionths."""
    return from_nanos(to_nanos(EXACT.divide(EXACT.multiply(amount, HOURS_OF_A_MONTH), Decimal(hours)))) if hours else ZERO


@dataclass(frozen=True, slots=True)
class Queued:
    """A commitment that is bought and has not begun, or not yet in the bill."""

    ratios: Mapping[str, Decimal]
    commitment: Decimal


def open_demand(
    uncovered: Demand, *, expiring: Sequence[Demand] = (), queued: Sequence[Queued] = (), saved: Sequence[Demand] = ()
) -> Demand:
    """What a purchase may count on. uncovered: on-demand spend that owned commitments leave in the bill.

    expiring: at on-demand prices, what commitments cover that end before the purchase would pay. queued: take their part hour by hour.
    saved: what rightsizing, stopping or deleting will save of the same usage.
    """
    demand = uncovered
    for returning in expiring:
        demand = demand.plus(returning)
    for saving in saved:
        demand = demand.less(saving)
    for plan in queued:
        demand = Curve(demand, plan.ratios).remaining(plan.commitment)
    return demand


def plan_purchases(demand: Demand, offers: Iterable[Offer], risk: Risk = Risk.DEFAULT) -> tuple[Advice, ...]:
    """What to buy together; what is bought first is taken from the demand before the next is sized.

    Compute and EC2 Instance plans compete for the same usage: either the best Compute plan alone, or the best plan of each family and a Compute
    plan for what these leave, whichever saves more. SageMaker and Database plans cover other usage and are sized apart.
    """
    by_plan: dict[PlanType, list[Offer]] = {}
    for offer in offers:
        by_plan.setdefault(offer.plan, []).append(offer)
    compute = by_plan.get(PlanType.COMPUTE, [])
    alone = _buy(demand, [compute], risk)
    families: dict[str, list[Offer]] = {}
    for offer in by_plan.get(PlanType.EC2_INSTANCE, []):
        families.setdefault(offer.scope, []).append(offer)
    mixed = _buy(demand, [*families.values(), compute], risk) if families else ()
    chosen = max(alone, mixed, key=lambda advices: sum((advice.saving_monthly for advice in advices), ZERO))
    apart = [by_plan.get(plan, []) for plan in (PlanType.SAGEMAKER, PlanType.DATABASE)]
    return (*chosen, *_buy(demand, apart, risk))


def _buy(demand: Demand, groups: Sequence[Sequence[Offer]], risk: Risk) -> tuple[Advice, ...]:
    """Of each group the offer that saves most of what the groups before leave."""
    bought: list[Advice] = []
    for offers in groups:
        best = max((advise(demand, offer, risk) for offer in offers), key=lambda advice: advice.saving_monthly, default=None)
        if best is not None and best.commitment > 0:
            bought.append(best)
            demand = Curve(demand, best.offer.ratios).remaining(best.commitment)
    return tuple(bought)
