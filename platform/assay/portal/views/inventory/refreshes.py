"""Looks at clouds: which there were, what they brought, and what they were refused."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from assay.accounts.domain.roles import Permission
from assay.clouds.domain.refreshes import CallState, CallView, RefreshSubject, Trigger
from assay.clouds.selectors import refreshes
from assay.clouds.services.refreshes import request_refreshes
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.acts import perform
from assay.recommendations.selectors.registry import checks_by_name

PAGE_SIZE = 50


@page(Permission.COSTS_READ)
def show_refreshes(request: MemberRequest) -> HttpResponse:
    found = refreshes.list_refreshes(request.principal.organization_id, limit=PAGE_SIZE)
    context = {
        "section": "inventory",
        "rows": found,
        "is_live": any(one.state.is_open for one in found),
        "may_refresh": request.principal.may(Permission.COSTS_WRITE),
    }
    return render(request, "inventory/refreshes.html", context)


@page(Permission.COSTS_READ)
def show_refresh(request: MemberRequest, refresh_id: UUID) -> HttpResponse:
    """Every call; of each permission that is missing, which checks wait for it."""
    organization_id = request.principal.organization_id
    found = refreshes.get_refresh(organization_id, refresh_id)
    calls = refreshes.list_calls(organization_id, refresh_id)
    denied = sorted({call.permission for call in calls if call.state is CallState.DENIED})
    context = {
        "section": "inventory",
        "refresh": found,
        "calls": calls,
        "items": sum(call.items for call in calls),
        "missing": [(permission, _list_waiting(permission), _list_places(calls, permission)) for permission in denied],
        "is_live": found.state.is_open,
    }
    return render(request, "inventory/refresh.html", context)


@page(Permission.COSTS_WRITE, methods="POST")
def start_refresh(request: MemberRequest) -> HttpResponse:
    """`subject`: inventory or utilization."""
    principal, subject = request.principal, request.POST.get("subject", "")
    chosen = RefreshSubject(subject) if subject in set(RefreshSubject) else RefreshSubject.INVENTORY
    perform(
        request,
        lambda: request_refreshes(
            principal.organization_id, subject=chosen, trigger=Trigger.PERSON, actor_id=principal.user_id
        ),
        done="It is looked at now.",
    )
    return redirect("inventory_refreshes")


def _list_waiting(permission: str) -> list[str]:
    return [check.title for check in checks_by_name().values() if permission in check.needs]


def _list_places(calls: list[CallView], permission: str) -> list[str]:
    refused = [call for call in calls if call.state is CallState.DENIED and call.permission == permission]
    return [" ".join(part for part in (call.account_id, call.region) if part) for call in refused]
