"""Commitments as /api/v1 tells of them; amounts and shares are text, exact."""

from datetime import datetime
from decimal import Decimal
from typing import Self

from ninja import Schema

from assay.recommendations.domain.advice_report import AdviceReport, RiskLevel, WhatIf
from assay.recommendations.domain.commitment_report import CommitmentReport, CommitmentView
from assay.recommendations.domain.commitments import Coverage, SavingsRate, Use
from assay.recommendations.domain.idle_commitments import Hint, Remedy
from assay.recommendations.domain.plan_rates import Terms
from assay.recommendations.domain.purchase_advice import Advice, Backtest
from assay.recommendations.domain.savings_plans import Payment, PlanType


def text(amount: Decimal) -> str:
    """Without zeros at the end."""
    return f"{amount.normalize():f}" if amount else "0"


def text_or_none(amount: Decimal | None) -> str | None:
    return None if amount is None else text(amount)


class UseOut(Schema):
    """committed = used + unused. on_demand: what the covered usage costs without the commitment. idle_hours: with anything unused."""

    hours: int
    idle_hours: int
    committed: str
    used: str
    unused: str
    on_demand: str
    net_saving: str
    utilization: str | None

    @classmethod
    def of(cls, use: Use) -> Self:
        amounts = {name: text(getattr(use, name)) for name in ("committed", "used", "unused", "on_demand", "net_saving")}
        return cls(hours=use.hours, idle_hours=use.idle_hours, utilization=text_or_none(use.utilization), **amounts)


class CoverageOut(Schema):
    """At on-demand prices."""

    covered: str
    uncovered: str
    coverage: str | None

    @classmethod
    def of(cls, coverage: Coverage) -> Self:
        return cls(covered=text(coverage.covered), uncovered=text(coverage.uncovered), coverage=text_or_none(coverage.ratio))


class TermsOut(Schema):
    plan: PlanType
    term_years: int
    payment: Payment
    scope: str

    @classmethod
    def of(cls, terms: Terms) -> Self:
        return cls(plan=terms.plan, term_years=terms.term_years, payment=terms.payment, scope=terms.scope)


class HintOut(Schema):
    """monthly: what lies idle in 730 hours. at_stake: until the latest possible end; null where that is unknown."""

    remedy: Remedy
    reason: str
    monthly: str
    at_stake: str | None

    @classmethod
    def of(cls, hint: Hint) -> Self:
        return cls(remedy=hint.remedy, reason=hint.reason, monthly=text(hint.monthly), at_stake=text_or_none(hint.at_stake))


class CommitmentOut(Schema):
    """since: first charge in the ledger. ends_by: the latest possible end, null where the bill does not tell its term.

    hint: what can be done about idleness, null where it is well used.
    """

    id: str
    name: str
    type: str
    provider: str
    terms: TermsOut | None
    since: datetime
    ends_by: datetime | None
    per_hour: str
    use: UseOut
    hint: HintOut | None

    @classmethod
    def of(cls, view: CommitmentView) -> Self:
        return cls(
            id=view.id,
            name=view.name,
            type=view.type,
            provider=view.provider,
            terms=None if view.terms is None else TermsOut.of(view.terms),
            since=view.since,
            ends_by=view.ends_by,
            per_hour=text(view.per_hour),
            use=UseOut.of(view.use),
            hint=None if view.hint is None else HintOut.of(view.hint),
        )


class SavingsRateOut(Schema):
    """1 - effective / on_demand, of the scope alone."""

    rate: str | None
    effective: str
    on_demand: str
    scope: str

    @classmethod
    def of(cls, rate: SavingsRate) -> Self:
        return cls(
            rate=text_or_none(rate.rate), effective=text(rate.effective), on_demand=text(rate.on_demand), scope=str(rate.scope)
        )


class CommitmentList(Schema):
    """Half-open, UTC. steps: hours of up to 31 days, else days; covered (commitment's id → per step) and uncovered are on-demand cost.

    spread: of the eligible spend, in charges longer than an hour, split evenly over their hours. other_currencies: in no figure.
    """

    start: datetime
    end: datetime
    currency: str
    other_currencies: list[str]
    items: list[CommitmentOut]
    use: UseOut
    coverage: CoverageOut
    coverage_of_plans: dict[str, CoverageOut]
    savings_rates: list[SavingsRateOut]
    steps: list[datetime]
    covered: dict[str, list[str]]
    uncovered: list[str]
    spread: str
    ledger_version: int
    next_cursor: str | None = None

    @classmethod
    def of(cls, report: CommitmentReport) -> Self:
        return cls(
            start=report.interval.start,
            end=report.interval.end,
            currency=report.currency,
            other_currencies=list(report.other_currencies),
            items=[CommitmentOut.of(view) for view in report.commitments],
            use=UseOut.of(report.use),
            coverage=CoverageOut.of(report.coverage),
            coverage_of_plans={str(plan): CoverageOut.of(one) for plan, one in report.coverage_of_plans.items()},
            savings_rates=[SavingsRateOut.of(rate) for rate in report.rates],
            steps=list(report.steps),
            covered={id_: [text(amount) for amount in amounts] for id_, amounts in report.covered.items()},
            uncovered=[text(amount) for amount in report.uncovered],
            spread=text(report.spread),
            ledger_version=report.ledger_version,
        )


class BacktestOut(Schema):
    """Sized by window_days, judged by the held-back days after them. best: saving of who had known them. regret = best - saving."""

    held_back_days: int
    window_days: int
    commitment: str
    saving: str
    best: str
    regret: str
    captured: str | None

    @classmethod
    def of(cls, found: Backtest) -> Self:
        amounts = {name: text(getattr(found, name)) for name in ("commitment", "saving", "best", "regret")}
        return cls(held_back_days=found.days, window_days=found.window_days, captured=text_or_none(found.captured), **amounts)


class RungOut(Schema):
    after_days: int
    commitment: str


class AdviceOut(Schema):
    """commitment: an hour; without_risk: what would cost least in the window. Monthly: per 730 hours. p10, p50: utilization of hours.

    unrated: on-demand spend of the window that this plan could cover and no rate is known for.
    """

    offer: str
    plan: PlanType
    scope: str
    term_years: int
    payment: Payment
    source: str
    commitment: str
    without_risk: str
    window_days: int
    saving_monthly: str
    utilization: str | None
    p10: str
    p50: str
    upfront: str
    monthly: str
    whole_term: str
    break_even_month: int | None
    without_loss_after_month: int | None
    ladder: list[RungOut]
    backtest: BacktestOut | None
    unrated: str

    @classmethod
    def of(cls, advice: Advice) -> Self:
        offer, cash = advice.offer, advice.cash
        return cls(
            offer=offer.name,
            plan=offer.plan,
            scope=offer.scope,
            term_years=offer.term_years,
            payment=offer.payment,
            source=offer.source,
            commitment=text(advice.commitment),
            without_risk=text(advice.unlimited),
            window_days=advice.window_days,
            saving_monthly=text(advice.saving_monthly),
            utilization=text_or_none(advice.utilization),
            p10=text(advice.p10),
            p50=text(advice.p50),
            upfront=text(cash.upfront),
            monthly=text(cash.monthly),
            whole_term=text(cash.whole),
            break_even_month=advice.break_even_month,
            without_loss_after_month=advice.without_loss_after_month,
            ladder=[RungOut(after_days=rung.after_days, commitment=text(rung.commitment)) for rung in advice.rungs],
            backtest=None if advice.backtest is None else BacktestOut.of(advice.backtest),
            unrated=text(advice.unrated),
        )


class UnratedOut(Schema):
    service: str
    region: str
    meter: str
    spend: str


class WhatIfOut(Schema):
    """Another size of the offer asked for, over the advice's window; per month of 730 hours. recent: in its last 30 days."""

    commitment: str
    saving: str
    regret: str
    recent: str
    recent_regret: str
    after_drop: str
    utilization: str | None
    coverage: str | None

    @classmethod
    def of(cls, found: WhatIf) -> Self:
        names = ("commitment", "saving", "regret", "recent", "recent_regret", "after_drop")
        amounts = {name: text(getattr(found, name)) for name in names}
        return cls(utilization=text_or_none(found.utilization), coverage=text_or_none(found.coverage), **amounts)


class AdviceList(Schema):
    """items: what to buy together, in this order. alternatives: each offer by itself. purchases: of the offer asked for, by size.

    demand: on-demand spend by which they are sized, after expiring commitments were given back, and queued ones and what open findings
    claim taken off.
    """

    start: datetime
    end: datetime
    currency: str
    risk: RiskLevel
    demand: str
    claimed: str
    spread: str
    items: list[AdviceOut]
    alternatives: list[AdviceOut]
    purchases: list[WhatIfOut]
    unrated: list[UnratedOut]
    expiring: list[str]
    ledger_version: int
    next_cursor: str | None = None

    @classmethod
    def of(cls, report: AdviceReport, purchases: tuple[WhatIf, ...]) -> Self:
        return cls(
            start=report.interval.start,
            end=report.interval.end,
            currency=report.currency,
            risk=report.risk,
            demand=text(report.demand),
            claimed=text(report.claimed),
            spread=text(report.spread),
            items=[AdviceOut.of(advice) for advice in report.basket],
            alternatives=[AdviceOut.of(advice) for advice in report.alternatives],
            purchases=[WhatIfOut.of(found) for found in purchases],
            unrated=[
                UnratedOut(service=one.service, region=one.region, meter=one.meter, spend=text(one.spend))
                for one in report.unrated
            ],
            expiring=list(report.expiring),
            ledger_version=report.ledger_version,
        )
