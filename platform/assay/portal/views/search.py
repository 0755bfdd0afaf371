"""The search box, and the note of running work."""

from django.http import HttpResponse
from django.shortcuts import render

from assay.accounts.domain.roles import Permission
from assay.core.errors import Invalid
from assay.costs.selectors.imports import has_waiting
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.search import search
from assay.tuning.domain.states import OPEN_SWEEPS
from assay.tuning.selectors.sweeps import count_sweeps


@page()
def show_search(request: MemberRequest) -> HttpResponse:
    """A page of its own, or the list inside the palette."""
    words = request.GET.get("q", "")
    try:
        context = {"words": words, "hits": search(request.principal, words)}
    except Invalid as error:
        context = {"words": words, "hits": [], "error": error.message}
    return render(request, "frame/_search_results.html" if request.htmx else "search.html", context)


@page()
def show_activity(request: MemberRequest) -> HttpResponse:
    """Sweeps that run and bills that are being imported."""
    organization_id = request.principal.organization_id
    context = {
        "sweeps": count_sweeps(organization_id, states=OPEN_SWEEPS),
        "importing": request.principal.may(Permission.COSTS_READ) and has_waiting(organization_id),
    }
    return render(request, "frame/_activity.html", context)
