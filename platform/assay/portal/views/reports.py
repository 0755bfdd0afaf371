"""Reports: who gets the weekly costs, what they look like, what has left."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from assay.accounts.domain.mail import embed_images
from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.organizations import get_organization
from assay.accounts.services.mail import render_mail
from assay.portal.forms.reports import SubscriptionForm
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.acts import apply_form, perform
from assay.portal.views.mail import FRAME_POLICY
from assay.reports.domain.subscriptions import DayName, SubscriptionDraft
from assay.reports.selectors.subscriptions import get_subscription, list_deliveries, list_subscriptions
from assay.reports.services import reports, subscriptions
from assay.reports.services.composition import TEMPLATE


@page(Permission.COSTS_READ, methods="GET POST")
def show_reports(request: MemberRequest) -> HttpResponse:
    """Subscriptions and deliveries; POST subscribes."""
    organization_id = request.principal.organization_id
    form = SubscriptionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        request.principal.require(Permission.COSTS_WRITE)
        if apply_form(form, lambda: _subscribe(request, form)):
            messages.success(request, "Subscribed. The first report leaves at the next sending time.")
            return redirect("reports")
    found = list_subscriptions(organization_id)
    context = {
        "section": "reports",
        "subscriptions": [(one, DayName.of(one.send_time.weekday).value.capitalize()) for one in found],
        "deliveries": list_deliveries(organization_id, limit=50),
        "form": form,
        "zone": get_organization(organization_id).timezone,
        "may_write": request.principal.may(Permission.COSTS_WRITE),
    }
    return render(request, "reports/list.html", context)


@page(Permission.COSTS_WRITE, methods="POST")
def change_subscription(request: MemberRequest, subscription_id: UUID) -> HttpResponse:
    """`send`, `pause`, `resume` or `remove`."""
    organization_id, actor_id = request.principal.organization_id, request.principal.user_id
    current = get_subscription(organization_id, subscription_id)
    draft = SubscriptionDraft(current.recipients, current.send_time, current.basis, active=current.active)
    if "send" in request.POST:
        perform(
            request,
            lambda: reports.send_now(organization_id, subscription_id, day=None, actor_id=actor_id),
            done="The report on the last complete week is on its way.",
        )
    if "remove" in request.POST:
        perform(
            request,
            lambda: subscriptions.delete_subscription(organization_id, subscription_id, actor_id=actor_id),
            done="Unsubscribed. Mails that left stay.",
        )
    if "pause" in request.POST or "resume" in request.POST:
        wanted = replace(draft, active="resume" in request.POST)
        perform(
            request,
            lambda: subscriptions.update_subscription(organization_id, subscription_id, wanted, actor_id=actor_id),
            done="Resumed." if wanted.active else "Paused.",
        )
    return redirect("reports")


@page(Permission.COSTS_READ)
def show_preview(request: MemberRequest, subscription_id: UUID) -> HttpResponse:
    composed = reports.preview(request.principal.organization_id, subscription_id, day=None)
    context = {"section": "reports", "subscription_id": subscription_id, "subject": composed.subject}
    return render(request, "reports/preview.html", context)


@page(Permission.COSTS_READ)
def send_preview_body(request: MemberRequest, subscription_id: UUID) -> HttpResponse:
    """The report's HTML for the sandboxed frame."""
    composed = reports.preview(request.principal.organization_id, subscription_id, day=None)
    _, html = render_mail(TEMPLATE, composed.context)
    response = HttpResponse(embed_images(html, composed.images))
    response["Content-Security-Policy"] = FRAME_POLICY
    return response


def _subscribe(request: MemberRequest, form: SubscriptionForm) -> None:
    subscriptions.create_subscription(request.principal.organization_id, form.draft(), actor_id=request.principal.user_id)
