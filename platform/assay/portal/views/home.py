"""The start page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.organizations import get_organization
from assay.core.clock import now
from assay.portal.domain.commands import first_run
from assay.portal.domain.ranges import read_range
from assay.portal.domain.run_columns import FIXED
from assay.portal.domain.tables import Table
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.home import list_facts, read_activity
from assay.portal.selectors.ledger import find_freshness
from assay.portal.selectors.spend import describe_days, read_spend
from assay.portal.views.installations import public_url
from assay.recommendations.selectors.findings import sum_savings

COLUMNS = tuple(column for column in FIXED if column.key in {"name", "status", "cost", "started", "duration"})


@page()
def show_home(request: MemberRequest) -> HttpResponse:
    principal = request.principal
    activity = read_activity(principal.organization_id)
    spend = _spend(request) if principal.may(Permission.COSTS_READ) else {}
    context = {
        "section": "home",
        "activity": activity,
        "table": Table(COLUMNS, COLUMNS, None),
        "facts": list_facts(principal, billed=spend.get("span")),
        "first_run_command": first_run(public_url()),
        **spend,
    }
    return render(request, "home/show.html", context)


def _spend(request: MemberRequest) -> dict[str, Any]:
    """The latest 30 days of the bill, and the 30 before; what could be saved."""
    organization = get_organization(request.principal.organization_id)
    until = find_freshness(organization.id).charged_until
    span = read_range(key="", first="", last="", at=now(), charged_until=until)
    spend = read_spend(organization.id, span, compared_with=span.previous)
    return {
        "spend": spend,
        "span": span,
        "chart": describe_days(spend) if spend.days else None,
        "has_charts": bool(spend.days),
        "savings": sum_savings(organization.id),
    }
