"""Rows of the bill: those behind a figure, and one of them with everything that it says."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.organizations import get_organization
from assay.costs.domain.charges import ChargeView
from assay.costs.selectors import charges
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.costs.questions import CostPage, read_cost_page, read_step_of

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Row:
    charge: ChargeView
    amount: Decimal | None
    href: str


@page(Permission.COSTS_READ)
def show_charges(request: MemberRequest) -> HttpResponse:
    organization_id = request.principal.organization_id
    asked = read_cost_page(request, get_organization(organization_id))
    question = asked.ask_charges(read_step_of(request, asked))
    cursor = request.GET.get("cursor") or None
    found = charges.list_charges(organization_id, question, cursor=cursor, limit=PAGE_SIZE)
    context = {
        "section": "explorer",
        "pickers": asked.pickers,
        "asked": asked,
        "filters": [(one, asked.without(one)) for one in asked.filters],
        "interval": question.interval,
        "is_step": question.interval != asked.pickers.span.interval,
        "rows": [_row(request, asked, charge) for charge in found.charges],
        "cursor": cursor,
        "next_cursor": found.next_cursor,
        "explorer": _explorer(request),
    }
    return render(request, "costs/charges.html", context)


@page(Permission.COSTS_READ)
def show_charge(request: MemberRequest, place: str) -> HttpResponse:
    organization_id = request.principal.organization_id
    asked = read_cost_page(request, get_organization(organization_id))
    found = charges.get_charge(organization_id, asked.ask_charges(read_step_of(request, asked)), place=place)
    columns = [(name, _shown(value)) for name, value in sorted(found.columns.items()) if value not in (None, "")]
    query = request.GET.urlencode()
    context = {
        "section": "explorer",
        "charge": found.charge,
        "amount": found.charge.costs[asked.pickers.basis.value],
        "pickers": asked.pickers,
        "costs": list(found.charge.costs.items()),
        "columns": columns,
        "empty": sorted(name for name, value in found.columns.items() if value in (None, "")),
        "back": f"{reverse('charges')}?{query}",
        "resource": f"{reverse('resource')}?{urlencode({'id': found.charge.resource_id or ''})}",
    }
    return render(request, "costs/charge.html", context)


def _row(request: MemberRequest, asked: CostPage, charge: ChargeView) -> Row:
    query = request.GET.copy()
    query.pop("cursor", None)
    href = f"{reverse('charge', args=[charge.place])}?{query.urlencode()}"
    return Row(charge, charge.costs[asked.pickers.basis.value], href)


def _explorer(request: MemberRequest) -> str:
    query = request.GET.copy()
    for name in ("cursor", "step"):
        query.pop(name, None)
    return f"{reverse('explorer')}?{query.urlencode()}"


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
