"""Billing sources: deliveries of bills and what became of each."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.costs.domain.basis import Basis
from assay.costs.selectors.imports import get_import, list_imports, list_sources
from assay.portal.domain.commands import first_import
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.addresses import read_cursor
from assay.portal.views.installations import public_url

PAGE_SIZE = 50


@page(Permission.COSTS_READ)
def show_sources(request: MemberRequest) -> HttpResponse:
    """Every delivery a row, newest first; asks again while one is on its way."""
    organization_id = request.principal.organization_id
    cursor, source = read_cursor(request), request.GET.get("source", "")
    found = list_imports(organization_id, source_name=source or None, before=cursor, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    context = {
        "section": "sources",
        "imports": shown,
        "sources": list_sources(organization_id),
        "source": source,
        "cursor": cursor,
        "next_cursor": shown[-1].id if len(found) > PAGE_SIZE else None,
        "has_live": any(not one.state.is_final for one in shown),
        "may_import": request.principal.may(Permission.COSTS_WRITE),
        "first_import_command": first_import(public_url()),
    }
    return render(request, "costs/sources.html", context)


@page(Permission.COSTS_READ)
def show_import(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """One delivery: files, rows, totals, what was checked, what happened."""
    found = get_import(request.principal.organization_id, import_id)
    periods = [
        {"label": period, "amounts": [amounts.get(basis.value) for basis in Basis], "address": _explore(period)}
        for period, amounts in sorted(found.totals_by_period.items())
    ]
    context = {
        "section": "sources",
        "bill": found,
        "bases": list(Basis),
        "periods": periods,
        "totals": [found.totals.get(basis.value) for basis in Basis],
        "is_live": not found.state.is_final,
    }
    return render(request, "costs/import.html", context)


def _explore(billing_period: str) -> str:
    """The explorer on the days of a billing period, `YYYY-MM`."""
    return f"{reverse('explorer')}?{urlencode({'month': billing_period})}"
