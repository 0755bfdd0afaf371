"""What the ledger tells of commitments, and what advice makes of it; the same in the API."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.test import Client

from assay.accounts.models import User
from assay.core import tenancy
from assay.core.errors import Invalid
from assay.core.intervals import Interval
from assay.recommendations.domain.advice_report import AdviceQuestion, QueuedPlan, RiskLevel
from assay.recommendations.domain.plan_rates import parse_plan_rates
from assay.recommendations.domain.savings_plans import Payment, PlanType
from assay.recommendations.models import Finding
from assay.recommendations.selectors.commitments import last_days, report
from assay.recommendations.selectors.purchase_advice import find_advice, find_purchases
from tests.factories.callers import Caller
from tests.factories.committed_bills import PLAN, RESERVATION, START, make_bill
from tests.factories.focus import write_csv
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db

DAYS = 31
HOURS = 24 * DAYS
JANUARY = Interval(START, START + timedelta(days=DAYS))
RATES = """plan,scope,term_years,payment,region,meter,ratio,source
Compute,,3,all upfront,,BoxUsage:m5.*,0.5,our contract
EC2 Instance,m5,1,no upfront,us-east-1,BoxUsage:m5.*,0.6,our contract
"""
D = Decimal
SPARE = D("0.28") / D("0.8")
"""On-demand cost an hour that the idle part of the plan could have covered."""


def test_a_bill_tells_use_coverage_rates_and_advice(client: Client) -> None:
    """One import for all: it is what takes the time."""
    organization = found_organization(owner_email="payer@example.com")
    assert deliver(organization.id, write_csv(make_bill(DAYS))).state == "imported"
    with tenancy.scope(organization.id):
        assert last_days(organization.id, DAYS) == JANUARY
        _look_at_use(organization.id)
        _look_at_advice(organization.id)
    _look_at_api(Caller(bearer(organization)))
    _look_at_pages(client)
    with tenancy.scope(organization.id):
        _look_at_claims(organization.id)


def _look_at_use(organization_id: UUID) -> None:
    found = report(organization_id, JANUARY)
    plan, reservation = found.commitments
    assert (plan.id, plan.use.hours, plan.use.committed, plan.use.used) == (PLAN, HOURS, D(1) * HOURS, D("0.72") * HOURS)
    assert (plan.use.on_demand, plan.use.net_saving, plan.use.utilization) == (D("0.9") * HOURS, D("-0.1") * HOURS, D("0.72"))
    assert plan.terms is not None
    assert (plan.terms.plan, plan.terms.term_years, plan.terms.payment) == (PlanType.COMPUTE, 1, Payment.NO_UPFRONT)
    assert plan.ends_by == START + timedelta(days=365)
    assert (reservation.id, reservation.terms, reservation.ends_by) == (RESERVATION, None, None)
    assert reservation.use.units == D(4) * HOURS
    assert (reservation.use.utilization, reservation.use.unused) == (D("0.5"), D("0.1") * HOURS), "the idle half of a month"
    assert reservation.use.idle_hours == HOURS
    assert plan.hint is not None
    assert (plan.hint.remedy, plan.hint.monthly, plan.hint.at_stake) == ("keep", D("0.28") * 730, D("0.28") * 24 * (365 - DAYS))
    assert reservation.hint is not None
    assert (reservation.hint.remedy, reservation.hint.at_stake) == ("exchange or sell", None)
    covered, uncovered = D("1.05") * HOURS, D("0.9") * 15 * 12 * DAYS
    assert (found.coverage.covered, found.coverage.uncovered) == (covered, uncovered)
    assert found.coverage_of_plans[PlanType.COMPUTE] == found.coverage
    contracted, listed = found.rates
    effective = (D("0.72") + D("0.28") + D("0.1") + D("0.1")) * HOURS + uncovered
    assert (contracted.effective, contracted.on_demand) == (effective, covered + uncovered)
    assert listed.on_demand == D("1.15") * HOURS + uncovered / D("0.9")
    assert "without spot, against contracted prices" in str(contracted.scope)
    assert len(found.steps) == HOURS
    assert (found.uncovered[7], found.uncovered[8], found.covered[PLAN][8]) == (D("4.5"), 9, D("0.9"))
    assert sum(found.uncovered) == uncovered
    february = Interval(JANUARY.start, JANUARY.end + timedelta(days=28))
    longer = report(organization_id, february)
    assert len(longer.steps) == DAYS + 28, "steps of a day"
    assert sum(longer.uncovered) == uncovered
    assert longer.use == found.use


def _look_at_advice(organization_id: UUID) -> None:
    found = find_advice(organization_id, AdviceQuestion(days=DAYS, risk=RiskLevel.NONE))
    assert found.demand == D("0.9") * 15 * 12 * DAYS - SPARE * HOURS
    [advice] = found.basket
    assert (advice.offer.source, advice.offer.ratios) == ("the bill", {sku: D("0.8") for sku in advice.offer.ratios})
    assert advice.commitment == D("0.8") * (D("4.5") - SPARE), "half of the hours use more, which is less often than 80 %"
    assert advice.outcome.saving == (D("4.5") - SPARE) * D("0.2") * HOURS
    assert (advice.unrated, found.unrated) == (0, ())
    queued = AdviceQuestion(days=DAYS, risk=RiskLevel.NONE, queued=(QueuedPlan(PlanType.COMPUTE, D("2.6")),))
    assert [one.commitment for one in find_advice(organization_id, queued).basket] == [D("0.72")]
    expiring = AdviceQuestion(days=DAYS, risk=RiskLevel.NONE, expiring=(PLAN,))
    assert [one.commitment for one in find_advice(organization_id, expiring).basket] == [D("4.32")]
    rated = AdviceQuestion(days=DAYS, risk=RiskLevel.NONE, rates=parse_plan_rates(RATES.splitlines()))
    names = [one.offer.name for one in find_advice(organization_id, rated).alternatives]
    assert names == [
        "Compute Savings Plan, 3 years, all upfront",
        "EC2 Instance Savings Plan m5 us-east-1, 1 year, no upfront",
        "Compute Savings Plan, 1 year, no upfront",
    ]
    short = AdviceQuestion(days=DAYS, rates=rated.rates, term_years=1, risk=RiskLevel.NONE)
    assert [one.offer.plan for one in find_advice(organization_id, short).basket] == [PlanType.EC2_INSTANCE]
    chosen, sizes = find_purchases(organization_id, rated, offer_name=names[0], also=(D("1.234"),))
    assert min(sizes, key=lambda one: (one.regret, one.commitment)).commitment == chosen.commitment
    assert D("1.234") in {one.commitment for one in sizes}
    with pytest.raises(Invalid, match="no offer 'Nothing'"):
        find_purchases(organization_id, rated, offer_name="Nothing")
    with pytest.raises(Invalid, match="no commitment 'nobody'"):
        find_advice(organization_id, AdviceQuestion(days=DAYS, expiring=("nobody",)))


def _look_at_api(call: Caller) -> None:
    shown = call("GET", "commitments?from=2026-01-01&to=2026-02-01", 200)
    assert [item["use"]["utilization"] for item in shown["items"]] == ["0.72", "0.5"]
    assert shown["items"][0]["terms"] == {"plan": "Compute", "term_years": 1, "payment": "no upfront", "scope": ""}
    assert (len(shown["steps"]), len(shown["covered"][PLAN]), shown["uncovered"][0]) == (HOURS, HOURS, "4.5")
    advised = call("POST", "commitments/advice", 200, days=DAYS, risk="none", rates=RATES, term_years=1)
    assert [item["commitment"] for item in advised["items"]] == ["2.364"]
    named = advised["items"][0]["offer"]
    sizes = call("POST", "commitments/advice", 200, days=DAYS, rates=RATES, offer=named)["purchases"]
    assert (sizes[0]["commitment"], sizes[0]["saving"], sizes[0]["utilization"]) == ("0", "0", None)
    for body in ({"days": 0}, {"rates": "plan\n"}, {"queued": [{"plan": "Compute", "commitment": "much"}]}, {"offer": "none"}):
        call("POST", "commitments/advice", 400, **body)
    call("GET", "commitments?from=2026-01-01&to=2026-01-01", 400)
    call("GET", "commitments?from=2026-01-01", 400)


def _look_at_pages(client: Client) -> None:
    client.force_login(User.objects.get(email="payer@example.com"))
    shown = client.get("/savings/commitments?from=2026-01-01&to=2026-01-31")
    assert shown.status_code == 200
    page = shown.content.decode()
    for words in ("72&nbsp;%", "compute", "1 y, no upfront", "1 Jan 2027", "/savings/commitments/advice?from=2026-01-01"):
        assert words in page.replace("72 %", "72&nbsp;%"), words
    names = [series["name"] for series in shown.context["coverage_chart"]["series"]]
    assert names == ["compute", RESERVATION, "On demand"]
    [plan, _] = shown.context["utilization_chart"]["series"]
    assert plan["points"][0] == ("2026-01-01", "72.00")
    part = client.get("/savings/commitments/advice?days=30&risk=none&size=1.234&term=9&payment=never")
    advised = part.context["found"].basket[0]
    assert (advised.commitment, part.context["others"]) == (D("3.32"), [])
    assert part.context["texts"][part.context["place"]]["size"] == "1.234"
    assert [series["name"] for series in part.context["purchases_chart"]["series"]] == ["Days looked at", "Last 30 days"]
    assert "Compute Savings Plan, 1 year, no upfront" in part.content.decode()
    assert b"No rate is known" in client.get("/savings/commitments/advice?term=3").content


def _look_at_claims(organization_id: UUID) -> None:
    """What findings would save is not covered too (trap 46, on the bill)."""
    asked = AdviceQuestion(days=DAYS, risk=RiskLevel.NONE)
    whole = D("0.9") * 15 * 12 * DAYS
    half = D("0.9") * D("7.5") * 730 / 2
    finding = claim(organization_id, "i-3", action="resize", before=half)
    found = find_advice(organization_id, asked)
    assert (found.demand, found.claimed, [one.commitment for one in found.basket]) == (
        whole / 2 - SPARE * HOURS,
        whole / 2,
        [D("1.52")],
    )
    finding.state = "dismissed"
    finding.save()
    assert find_advice(organization_id, asked).claimed == 0
    finding.state, finding.action = "accepted", "stop"
    finding.save()
    ended = find_advice(organization_id, asked)
    assert (ended.demand, ended.claimed, ended.basket) == (0, whole, ())
    assert find_advice(organization_id, replace(asked, expiring=(PLAN,))).demand == D("0.9") * HOURS, "i-1 is not claimed"


def claim(organization_id: UUID, native_id: str, *, action: str, before: Decimal) -> Finding:
    figures = dict.fromkeys(("least", "expected", "most", "counted", "before_commitments"), before)
    return Finding.objects.create(
        organization_id=organization_id,
        check_name="rightsizing_instances",
        provider="aws",
        account_id="000000000007",
        region="us-east-1",
        kind="instance",
        native_id=native_id,
        action=action,
        currency="USD",
        price_source="the bill",
        confidence="high",
        risk=0,
        effort="low",
        document={},
        **figures,
    )


def test_without_a_bill_there_is_nothing_to_tell_and_nothing_to_buy() -> None:
    organization = found_organization()
    with tenancy.scope(organization.id):
        found = report(organization.id, JANUARY)
        assert (found.commitments, found.rates, found.coverage.ratio, len(found.steps)) == ((), (), None, HOURS)
        advice = find_advice(organization.id, AdviceQuestion())
        assert (advice.basket, advice.alternatives, advice.demand) == ((), (), 0)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("Compute,,2,no upfront,,BoxUsage:*,0.5,me", "term_years is '2'"),
        ("Computer,,1,no upfront,,BoxUsage:*,0.5,me", "plan is 'Computer'"),
        ("Compute,,1,later,,BoxUsage:*,0.5,me", "payment is 'later'"),
        ("Compute,,1,no upfront,,BoxUsage:*,1.5,me", "between 0 and 1"),
        ("Compute,,1,no upfront,,BoxUsage:*,half,me", "not a decimal number"),
        ("Compute,,1,no upfront,,BoxUsage:*,0.5,", "source is empty"),
        ("Compute,m5,1,no upfront,us-east-1,BoxUsage:*,0.5,me", "other plans have no scope"),
        ("EC2 Instance,m5,1,no upfront,,BoxUsage:*,0.5,me", "a family as scope and a region"),
        ("Compute,,1", "8 values"),
    ],
)
def test_a_table_of_rates_is_taken_whole_or_not_at_all(row: str, wrong: str) -> None:
    header = RATES.splitlines()[0]
    assert parse_plan_rates([header]) == ()
    with pytest.raises(Invalid, match=wrong) as raised:
        parse_plan_rates([header, row])
    assert "line 2" in str(raised.value)
