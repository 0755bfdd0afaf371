"""Connecting an AWS account, step by step: external id, role and export, each permission tested, then the source."""

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.clouds.domain.connections import ConnectionView
from assay.clouds.selectors.connections import get_connection, list_connections
from assay.clouds.services import connections
from assay.core.errors import AssayError, NotFound
from assay.costs.services.access import try_access
from assay.portal.domain.terraform import write_module
from assay.portal.forms.connections import AccessForm, NewConnectionForm, RoleForm
from assay.portal.permissions import MemberRequest, page, page_without_scope
from assay.portal.views.acts import apply_form, perform

MANAGE = Permission.COSTS_WRITE


@page(MANAGE, methods="GET POST")
def show_connections(request: MemberRequest) -> HttpResponse:
    """Those there are; POST makes another one."""
    form = NewConnectionForm(request.POST if request.method == "POST" else None)
    made: list[ConnectionView] = []
    if request.method == "POST" and apply_form(form, lambda: made.append(_create(request, form))):
        return redirect("connection", made[0].id)
    found = list_connections(request.principal.organization_id)
    return render(request, "costs/connections.html", {"section": "sources", "connections": found, "form": form})


@page(MANAGE, methods="GET POST")
def show_connection(request: MemberRequest, connection_id: UUID) -> HttpResponse:
    """The steps; POST names the role."""
    connection = get_connection(request.principal.organization_id, connection_id)
    current = {name: getattr(connection, name) for name in ("name", "region", "role_arn", "member_role")}
    current["regions"] = ", ".join(connection.regions)
    form = RoleForm(request.POST if request.method == "POST" else None, initial=current)
    if request.method == "POST" and apply_form(form, lambda: _change(request, connection_id, form)):
        messages.success(request, "Saved. Test what the role may do.")
        return redirect("connection", connection_id)
    chosen = {name: request.GET.get(name, "") for name in ("bucket", "prefix")}
    context = {
        "section": "sources",
        "connection": connection,
        "form": form,
        "access_form": AccessForm(initial=chosen),
        "module": write_module(connection, principal=settings.ASSAY_AWS_PRINCIPAL),
        "source_address": f"{reverse('source_new')}?{urlencode({'kind': 's3', 'connection': connection.id, **chosen})}",
    }
    return render(request, "costs/connection.html", context)


@page_without_scope(MANAGE, methods="POST")
def try_connection(request: MemberRequest, connection_id: UUID) -> HttpResponse:
    """`bucket`, `prefix`: where. No transaction is open while AWS takes its time."""
    place = {name: request.POST.get(name, "") for name in ("bucket", "prefix")}
    try:
        found = try_access(request.principal.organization_id, connection_id, **place)
    except NotFound:
        raise
    except AssayError as error:
        messages.error(request, error.message)
    else:
        say = messages.success if found.state == "active" else messages.warning
        say(request, "Every permission is there." if found.state == "active" else "Not everything is allowed yet; see below.")
    return redirect(f"{reverse('connection', args=[connection_id])}?{urlencode(place)}")


@page(MANAGE, methods="POST")
def remove_connection(request: MemberRequest, connection_id: UUID) -> HttpResponse:
    organization_id, actor_id = request.principal.organization_id, request.principal.user_id
    get_connection(organization_id, connection_id)
    act = perform(
        request, lambda: connections.remove_connection(organization_id, connection_id, actor_id=actor_id), done="Removed."
    )
    return redirect("connections") if act else redirect("connection", connection_id)


def _create(request: MemberRequest, form: NewConnectionForm) -> ConnectionView:
    principal = request.principal
    return connections.create_connection(principal.organization_id, **form.cleaned_data, actor_id=principal.user_id)


def _change(request: MemberRequest, connection_id: UUID, form: RoleForm) -> ConnectionView:
    principal = request.principal
    return connections.change_connection(
        principal.organization_id, connection_id, **form.cleaned_data, actor_id=principal.user_id
    )
