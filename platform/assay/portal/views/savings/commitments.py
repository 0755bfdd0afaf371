"""Commitments: how they are used, what they cover, and what to buy."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.organizations import get_organization
from assay.core.amounts import format_amount, format_ratio
from assay.portal.domain.commitment_charts import draw_coverage, draw_purchases, draw_utilization
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.costs.pickers import read_pickers
from assay.recommendations.domain.advice_report import AdviceQuestion, AdviceReport, RiskLevel, WhatIf
from assay.recommendations.domain.purchase_advice import Advice
from assay.recommendations.domain.purchases import STEP
from assay.recommendations.domain.savings_plans import Payment
from assay.recommendations.selectors.commitments import report
from assay.recommendations.selectors.purchase_advice import find_advice, find_purchases

RISKS = (
    (RiskLevel.DEFAULT.value, "No loss on 30 % less usage"),
    (RiskLevel.CAUTIOUS.value, "No loss on 50 % less usage"),
    (RiskLevel.NONE.value, "Least cost, whatever follows"),
)
TERMS = (("1", "1 year"), ("3", "3 years"))
LOOKBACKS = (("30", "30 days looked at"), ("60", "60 days looked at"), ("90", "90 days looked at"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says of advice. offer: name of the one whose sizes are shown. size: an hour; None for what is advised."""

    question: AdviceQuestion
    offer: str
    size: Decimal | None


@page(Permission.COSTS_READ)
def show_commitments(request: MemberRequest) -> HttpResponse:
    organization = get_organization(request.principal.organization_id)
    pickers = read_pickers(request, organization)
    found = report(organization.id, pickers.span.interval)
    context = {
        "section": "commitments",
        "pickers": pickers,
        "found": found,
        "rate": found.rates[0] if found.rates else None,
        "listed": found.rates[1] if found.rates else None,
        "coverage_chart": draw_coverage(found, ZoneInfo(organization.timezone)),
        "utilization_chart": draw_utilization(found),
        "advice_address": f"{reverse('commitment_advice')}?{request.GET.urlencode()}",
    }
    return render(request, "commitments/show.html", context)


@page(Permission.COSTS_READ)
def show_advice(request: MemberRequest) -> HttpResponse:
    """The part of the page that takes longest: asked for after it."""
    asked = read_advice(request)
    organization_id = request.principal.organization_id
    found = find_advice(organization_id, asked.question)
    named = asked.offer if asked.offer in {advice.offer.name for advice in found.alternatives} else ""
    named = named or next((advice.offer.name for advice in (*found.basket, *found.alternatives)), "")
    chosen, sizes = _sizes(request, asked, named) if named else (None, ())
    drop = int(asked.question.risk.risk.drop * 100)
    context = {
        "found": found,
        "others": _list_others(found),
        "asked": asked,
        "page": reverse("commitments"),
        "risks": RISKS,
        "terms": TERMS,
        "lookbacks": LOOKBACKS,
        "payments": [(one.value, one.value.capitalize()) for one in Payment],
        "chosen": chosen,
        "place": _place(sizes, asked.size if asked.size is not None else chosen.commitment) if chosen else 0,
        "sizes": sizes,
        "last": len(sizes) - 1,
        "texts": [_describe(one, found.currency) for one in sizes],
        "purchases_chart": draw_purchases(sizes, currency=found.currency, drop_percent=drop),
        "drop": drop,
        "unrated": found.unrated[:10],
    }
    return render(request, "commitments/_advice.html", context)


def _list_others(found: AdviceReport) -> list[Advice]:
    """Offers by themselves; one that is bought at the same size stands among the bought already."""
    bought = {(advice.offer.name, advice.commitment) for advice in found.basket}
    return [advice for advice in found.alternatives if (advice.offer.name, advice.commitment) not in bought]


def read_advice(request: HttpRequest) -> Asked:
    """What is no choice of the page counts as not given. raises: nothing."""
    risk, term, payment, days = (request.GET.get(name, "") for name in ("risk", "term", "payment", "days"))
    question = AdviceQuestion(
        days=int(days) if days in dict(LOOKBACKS) else 90,
        risk=RiskLevel(risk) if risk in set(RiskLevel) else RiskLevel.DEFAULT,
        term_years=int(term) if term in dict(TERMS) else None,
        payment=Payment(payment) if payment in set(Payment) else None,
    )
    return Asked(question, request.GET.get("offer", ""), _read_size(request.GET.get("size", "")))


def _read_size(text: str) -> Decimal | None:
    try:
        size = Decimal(text)
    except InvalidOperation:
        return None
    return size.quantize(STEP) if 0 <= size < 1_000_000 else None


def _sizes(request: MemberRequest, asked: Asked, offer: str) -> tuple[Advice, tuple[WhatIf, ...]]:
    also = () if asked.size is None else (asked.size,)
    return find_purchases(request.principal.organization_id, asked.question, offer_name=offer, also=also)


def _place(sizes: tuple[WhatIf, ...], size: Decimal) -> int:
    return min(range(len(sizes)), key=lambda place: abs(sizes[place].commitment - size))


def _describe(one: WhatIf, currency: str) -> dict[str, str]:
    """What the slider shows of a size, as people read it. size: as addresses have it."""
    amounts = {
        name: format_amount(getattr(one, name), currency)
        for name in ("commitment", "saving", "regret", "recent", "recent_regret", "after_drop")
    }
    shares = {
        name: "–" if value is None else format_ratio(value, Decimal(1))
        for name, value in (("utilization", one.utilization), ("coverage", one.coverage))
    }
    return amounts | shares | {"size": f"{one.commitment.normalize():f}"}
