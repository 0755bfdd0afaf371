"""One delivery of a bill."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.costs.domain.basis import Basis
from assay.costs.selectors.imports import get_import
from assay.costs.services.imports import retry_import
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.acts import perform

STEPS = ("fetch", "convert", "check", "sums", "commit")


@page(Permission.COSTS_READ)
def show_import(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Its files, rows, totals, what it changed, what was checked, how long each step took."""
    found = get_import(request.principal.organization_id, import_id)
    periods = [
        {
            "label": period,
            "amounts": [amounts.get(basis.value) for basis in Basis],
            "changes": [found.changes[period].get(basis.value) for basis in Basis] if period in found.changes else None,
            "address": _explore(period),
        }
        for period, amounts in sorted(found.totals_by_period.items())
    ]
    context = {
        "section": "sources",
        "bill": found,
        "bases": list(Basis),
        "periods": periods,
        "totals": [found.totals.get(basis.value) for basis in Basis],
        "steps": [(step, found.timings[step]) for step in STEPS if step in found.timings],
        "is_live": not found.state.is_final and found.state != "incomplete",
        "may_retry": found.may_retry and request.principal.may(Permission.COSTS_WRITE),
    }
    return render(request, "costs/import.html", context)


@page(Permission.COSTS_WRITE, methods="POST")
def retry(request: MemberRequest, import_id: UUID) -> HttpResponse:
    perform(request, lambda: retry_import(request.principal.organization_id, import_id), done="It is tried again.")
    return redirect("import", import_id)


def _explore(billing_period: str) -> str:
    """The explorer on the days of a billing period, `YYYY-MM`."""
    return f"{reverse('explorer')}?{urlencode({'month': billing_period})}"
