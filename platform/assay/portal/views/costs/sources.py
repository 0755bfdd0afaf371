"""Billing sources: where bills come from, how fresh each is, and every delivery."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from assay.accounts.domain.roles import Permission
from assay.clouds.selectors.connections import list_connections
from assay.core.clock import now
from assay.costs.domain.sources import SourceChange, SourceKind, SourceView
from assay.costs.selectors.imports import list_imports
from assay.costs.selectors.sources import get_source, list_sources
from assay.costs.services import polling, sources
from assay.costs.services.places import bills_folder
from assay.portal.domain.commands import first_import
from assay.portal.domain.months import list_months, place_months
from assay.portal.forms.sources import SourceForm
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.acts import apply_form, perform
from assay.portal.views.addresses import read_cursor
from assay.portal.views.installations import public_url

WRITE = Permission.COSTS_WRITE
PAGE_SIZE = 50
LAST_DELIVERIES = 20


@page(Permission.COSTS_READ)
def show_sources(request: MemberRequest) -> HttpResponse:
    """A card each, a grid of months, and every delivery a row, newest first; asks again while one is on its way."""
    organization_id = request.principal.organization_id
    cursor, source = read_cursor(request), request.GET.get("source", "")
    found = list_imports(organization_id, source_name=source or None, before=cursor, limit=PAGE_SIZE + 1)
    shown, places = found[:PAGE_SIZE], list_sources(organization_id)
    months = list_months(places, this_month=f"{now():%Y-%m}")
    context = {
        "section": "sources",
        "imports": shown,
        "places": places,
        "sources": [place.name for place in places],
        "upload_source": next((place.name for place in places if not place.kind.is_polled), "upload"),
        "months": months,
        "grid": [(place, place_months(place, months)) for place in places if place.periods],
        "source": source,
        "cursor": cursor,
        "next_cursor": shown[-1].id if len(found) > PAGE_SIZE else None,
        "has_live": any(not one.state.is_final and one.state != "incomplete" for one in shown),
        "may_import": request.principal.may(WRITE),
        "first_import_command": first_import(public_url()),
    }
    return render(request, "costs/sources.html", context)


@page(WRITE, methods="GET POST")
def make_source(request: MemberRequest) -> HttpResponse:
    """`kind`: of the new source."""
    text = request.GET.get("kind", SourceKind.FOLDER.value)
    kind = SourceKind(text) if text in set(SourceKind) else SourceKind.FOLDER
    form = _form(request, kind)
    made: list[SourceView] = []
    if request.method == "POST" and apply_form(form, lambda: made.append(_create(request, form))):
        messages.success(request, f"{made[0].name} is looked at now.")
        return redirect("source", made[0].id)
    return render(request, "costs/source_new.html", {"section": "sources", "form": form, "kind": kind.value})


@page(Permission.COSTS_READ, methods="GET POST")
def show_source(request: MemberRequest, source_id: UUID) -> HttpResponse:
    """How it is, its months and last deliveries; POST changes it."""
    organization_id = request.principal.organization_id
    source = get_source(organization_id, source_id)
    may_write = request.principal.may(WRITE)
    form = _form(request, source.kind, source) if may_write else None
    if request.method == "POST":
        request.principal.require(WRITE)
        if form is not None and apply_form(form, lambda: _change(request, source_id, form.to_change())):
            messages.success(request, "Saved.")
            return redirect("source", source_id)
    months = list_months([source], this_month=f"{now():%Y-%m}")
    context = {
        "section": "sources",
        "source": source,
        "months": months,
        "grid": [(source, place_months(source, months))] if source.periods else [],
        "imports": list_imports(organization_id, source_name=source.name, limit=LAST_DELIVERIES),
        "form": form,
        "may_write": may_write,
        "is_live": source.state == "importing",
    }
    return render(request, "costs/source.html", context)


@page(WRITE, methods="POST")
def poll_source(request: MemberRequest, source_id: UUID) -> HttpResponse:
    act = perform(request, lambda: polling.request_poll(request.principal.organization_id, source_id))
    if act:
        messages.success(request, "Looking for deliveries now.")
    return redirect("source", source_id)


@page(WRITE, methods="POST")
def pause_source(request: MemberRequest, source_id: UUID) -> HttpResponse:
    """`on`: looked at again; without it, paused."""
    on = "on" in request.POST
    done = "It is looked at again." if on else "It is not looked at until you go on."
    perform(request, lambda: _change(request, source_id, SourceChange(paused=not on)), done=done)
    return redirect("source", source_id)


@page(WRITE, methods="POST")
def remove_source(request: MemberRequest, source_id: UUID) -> HttpResponse:
    organization_id, actor_id = request.principal.organization_id, request.principal.user_id
    if perform(request, lambda: sources.remove_source(organization_id, source_id, actor_id=actor_id), done="Removed."):
        return redirect("sources")
    return redirect("source", source_id)


def _form(request: MemberRequest, kind: SourceKind, source: SourceView | None = None) -> SourceForm:
    data = request.POST if request.method == "POST" else None
    folder = str(bills_folder(request.principal.organization_id))
    known = _connections(request)
    if source is not None:
        return SourceForm(data, kind=kind, bills_folder=folder, connections=known, source=source)
    asked = {"bucket": "bucket", "prefix": "prefix", "connection_id": "connection"}
    initial = {field: request.GET.get(name, "") for field, name in asked.items()}
    return SourceForm(data, kind=kind, bills_folder=folder, connections=known, initial=initial)


def _connections(request: MemberRequest) -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in list_connections(request.principal.organization_id)]


def _create(request: MemberRequest, form: SourceForm) -> SourceView:
    principal = request.principal
    return sources.create_source(principal.organization_id, form.kind, form.to_change(), actor_id=principal.user_id)


def _change(request: MemberRequest, source_id: UUID, change: SourceChange) -> SourceView:
    principal = request.principal
    return sources.change_source(principal.organization_id, source_id, change, actor_id=principal.user_id)
