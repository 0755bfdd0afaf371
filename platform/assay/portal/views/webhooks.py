"""Webhooks of the model registry: who is told, and how that went."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from assay.accounts.domain.roles import Permission
from assay.portal.forms.webhooks import EVENT_LABELS, TrialForm, WebhookForm
from assay.portal.permissions import MemberRequest, page, page_without_scope
from assay.portal.views.acts import apply_form, perform
from assay.portal.views.model_acts import actor_of
from assay.registry.domain.webhooks import Event, WebhookChange, WebhookStatus, WebhookView
from assay.registry.selectors.deliveries import find_last_deliveries, list_deliveries
from assay.registry.selectors.webhooks import get_webhook, list_webhooks
from assay.registry.services import webhooks

MANAGE = Permission.SETTINGS_MANAGE
PAGE_SIZE = 50
DELIVERIES = 20


@page(MANAGE)
def show_webhooks(request: MemberRequest) -> HttpResponse:
    organization_id, cursor = request.principal.organization_id, request.GET.get("cursor", "")
    found = list_webhooks(organization_id, limit=PAGE_SIZE, page_token=cursor)
    last = find_last_deliveries(organization_id, [webhook.id for webhook in found.webhooks])
    rows = [(webhook, EVENT_LABELS[webhook.events[0]], last.get(webhook.id)) for webhook in found.webhooks]
    context = {"section": "models", "rows": rows, "cursor": cursor, "next_cursor": found.next_page_token}
    return render(request, "webhooks/list.html", context)


@page(MANAGE, methods="GET POST")
def make_webhook(request: MemberRequest) -> HttpResponse:
    initial = {"events": [Event.VERSION_CREATED, Event.ALIAS_CREATED]}
    form = WebhookForm(request.POST if request.method == "POST" else None, initial=initial)
    made: list[WebhookView] = []
    if request.method == "POST" and apply_form(form, lambda: made.append(_create(request, form))):
        messages.success(request, f"{made[0].name} is told from now on. Send it a test.")
        return redirect("webhook", made[0].id)
    return render(request, "webhooks/new.html", {"section": "models", "form": form})


@page(MANAGE, methods="GET POST")
def show_webhook(request: MemberRequest, webhook_id: UUID) -> HttpResponse:
    """What it is told, and how that went; POST changes it."""
    organization_id, cursor = request.principal.organization_id, request.GET.get("cursor", "")
    webhook = get_webhook(organization_id, webhook_id)
    form = _edit(request, webhook)
    if request.method == "POST" and apply_form(form, lambda: _change(request, webhook_id, form.to_change())):
        messages.success(request, "Saved.")
        return redirect("webhook", webhook_id)
    found = list_deliveries(organization_id, webhook_id, limit=DELIVERIES, page_token=cursor)
    context = {
        "section": "models",
        "webhook": webhook,
        "event_labels": [EVENT_LABELS[event] for event in webhook.events],
        "deliveries": [(delivery, EVENT_LABELS[delivery.event]) for delivery in found.deliveries],
        "cursor": cursor,
        "next_cursor": found.next_page_token,
        "form": form,
        "trial_form": TrialForm(webhook=webhook),
        "is_active": webhook.status is WebhookStatus.ACTIVE,
    }
    return render(request, "webhooks/show.html", context)


@page(MANAGE, methods="POST")
def switch_webhook(request: MemberRequest, webhook_id: UUID) -> HttpResponse:
    """`on`: switched on; without it, off."""
    on = "on" in request.POST
    change = WebhookChange(status=WebhookStatus.ACTIVE if on else WebhookStatus.DISABLED)
    done = "It is told of events again." if on else "It is told of nothing until you switch it on again."
    perform(request, lambda: _change(request, webhook_id, change), done=done)
    return redirect("webhook", webhook_id)


@page(MANAGE, methods="POST")
def delete_webhook(request: MemberRequest, webhook_id: UUID) -> HttpResponse:
    organization_id = request.principal.organization_id
    webhook = get_webhook(organization_id, webhook_id)
    act = partial(webhooks.delete_webhook, organization_id, webhook_id, actor=actor_of(request))
    perform(request, act, done=f"The webhook {webhook.name} was deleted.")
    return redirect("webhooks")


@page_without_scope(MANAGE, methods="POST")
def try_webhook(request: MemberRequest, webhook_id: UUID) -> HttpResponse:
    """`event`: which example is sent. No transaction is open while the receiver takes its time."""
    text = request.POST.get("event", "")
    event = Event(text) if text in set(Event) else None
    answer = webhooks.try_webhook(request.principal.organization_id, webhook_id, event=event)
    say = messages.success if answer.is_accepted else messages.error
    say(request, f"Test: {answer.told}")
    return redirect("webhook", webhook_id)


def _create(request: MemberRequest, form: WebhookForm) -> WebhookView:
    return webhooks.create_webhook(request.principal.organization_id, form.to_change(), actor=actor_of(request))


def _change(request: MemberRequest, webhook_id: UUID, change: WebhookChange) -> WebhookView:
    return webhooks.update_webhook(request.principal.organization_id, webhook_id, change, actor=actor_of(request))


def _edit(request: MemberRequest, webhook: WebhookView) -> WebhookForm:
    current = {"name": webhook.name, "url": webhook.url, "description": webhook.description, "events": webhook.events}
    return WebhookForm(request.POST if request.method == "POST" else None, webhook=webhook, initial=current)
