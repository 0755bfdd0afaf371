"""Commitments in /api/v1: how they are used, and what to buy."""

from datetime import date
from decimal import Decimal
from typing import Literal

from ninja import Field, Query, Router, Schema

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.core.errors import Invalid
from assay.core.intervals import Interval
from assay.core.money import QUANTUM
from assay.recommendations.api.commitment_schemas import AdviceList, CommitmentList
from assay.recommendations.domain.advice_report import AdviceQuestion, QueuedPlan, RiskLevel
from assay.recommendations.domain.plan_rates import parse_plan_rates
from assay.recommendations.domain.savings_plans import Payment, PlanType
from assay.recommendations.selectors.commitments import last_days, read_interval, report
from assay.recommendations.selectors.purchase_advice import find_advice, find_purchases

router = Router(tags=["commitments"])

MOST_TEXT = 5_000_000
MOST_COMMITMENT = Decimal(1_000_000)


class CommitmentParams(Schema):
    """Days (UTC) from `from` until before `to`; without them the last 30 that no bill adds to any more."""

    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")


class QueuedIn(Schema):
    """A plan that is bought and not yet in the bill. commitment: an hour."""

    plan: PlanType
    commitment: str = Field(max_length=40)


class AdviceIn(Schema):
    """days: looked at, before the last complete one. risk: `default` never loses on 30 % less usage, `cautious` on 50 %, `none` does not look.

    rates: CSV of plan, scope, term_years, payment, region, meter, ratio, source; what it does not name, covered usage of the bill may tell.
    expiring: ids of commitments whose usage will need a new one. offer: the name of one whose purchases of other sizes are wanted too.
    """

    days: int = 90
    risk: RiskLevel = RiskLevel.DEFAULT
    term_years: Literal[1, 3] | None = None
    payment: Payment | None = None
    rates: str = Field("", max_length=MOST_TEXT)
    queued: list[QueuedIn] = Field([], max_length=100)
    expiring: list[str] = Field([], max_length=1_000)
    offer: str = Field("", max_length=200)

    def read(self) -> AdviceQuestion:
        return AdviceQuestion(
            days=self.days,
            risk=self.risk,
            rates=parse_plan_rates(self.rates.splitlines()) if self.rates.strip() else (),
            queued=tuple(QueuedPlan(one.plan, read_commitment(one.commitment)) for one in self.queued),
            expiring=tuple(self.expiring),
            term_years=self.term_years,
            payment=self.payment,
        )


def read_commitment(text: str) -> Decimal:
    """An amount an hour. raises: Invalid."""
    try:
        amount = Decimal(text)
        if 0 <= amount < MOST_COMMITMENT and amount == amount.quantize(QUANTUM):
            return amount
    except ArithmeticError as error:
        raise Invalid(f"A commitment cannot be {text!r}: give an amount an hour, such as 1.25.", field="commitment") from error
    raise Invalid(f"A commitment cannot be {text!r}: give 0 up to {MOST_COMMITMENT} an hour.", field="commitment")


@router.get("commitments", response=CommitmentList)
@require(Permission.COSTS_READ)
def list_commitments(request: MemberRequest, params: Query[CommitmentParams]) -> CommitmentList:
    """Utilization of each commitment, what lay idle in money, coverage of what could be covered, and effective savings rates with scope."""
    organization_id = request.principal.organization_id
    return CommitmentList.of(report(organization_id, _read_interval(request, params)))


def _read_interval(request: MemberRequest, params: CommitmentParams) -> Interval:
    if params.start is None and params.end is None:
        return last_days(request.principal.organization_id, 30)
    if params.start is None or params.end is None:
        raise Invalid("Give both `from` and `to`, or neither.", field="from")
    return read_interval(params.start, params.end)


@router.post("commitments/advice", response=AdviceList)
@require(Permission.COSTS_READ)
def advise(request: MemberRequest, body: AdviceIn) -> AdviceList:
    """Which Savings Plans to buy, at what size: least cost within the risk, judged by days that were held back. Changes nothing."""
    question, organization_id = body.read(), request.principal.organization_id
    purchases = find_purchases(organization_id, question, offer_name=body.offer)[1] if body.offer else ()
    return AdviceList.of(find_advice(organization_id, question), purchases)
