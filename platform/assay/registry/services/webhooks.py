"""Making, changing and removing webhooks, and trying one out."""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from assay.core import outgoing, tenancy
from assay.core.clock import now
from assay.core.encryption import decrypt, encrypt
from assay.core.errors import AssayError, Invalid
from assay.core.ids import new_id
from assay.registry.domain.errors import WebhookNotFound
from assay.registry.domain.examples import EXAMPLES
from assay.registry.domain.values import Actor
from assay.registry.domain.webhooks import (
    Answer,
    Event,
    WebhookChange,
    WebhookStatus,
    WebhookView,
    check_webhook,
    write_headers,
    write_message,
)
from assay.registry.models import Webhook
from assay.registry.selectors.webhooks import view_webhook
from assay.registry.services.notes import note
from assay.tracking.domain.instants import floor_to_millisecond

PURPOSE = "webhook"


def create_webhook(organization_id: UUID, change: WebhookChange, *, actor: Actor) -> WebhookView:
    """change: with name, url and events. raises: Invalid, also for an address that may not be called."""
    for field in ("name", "url", "events"):
        if not getattr(change, field):
            raise Invalid(f"A webhook needs {field}.", field=field)
    at = floor_to_millisecond(now())
    row = Webhook(id=new_id(), organization_id=organization_id, status=WebhookStatus.ACTIVE, created_at=at)
    with transaction.atomic():
        _apply(row, change)
        row.save(force_insert=True)
        note(organization_id, actor, "webhook.created", row.name, url=row.url)
    return view_webhook(row)


def update_webhook(organization_id: UUID, webhook_id: UUID, change: WebhookChange, *, actor: Actor) -> WebhookView:
    """raises: WebhookNotFound, Invalid."""
    with transaction.atomic():
        row = _lock(organization_id, webhook_id)
        _apply(row, change)
        row.save()
        note(organization_id, actor, "webhook.changed", row.name, url=row.url)
    return view_webhook(row)


def delete_webhook(organization_id: UUID, webhook_id: UUID, *, actor: Actor) -> None:
    """With what still waits to be delivered to it. raises: WebhookNotFound."""
    with transaction.atomic():
        row = _lock(organization_id, webhook_id)
        note(organization_id, actor, "webhook.deleted", row.name, url=row.url)
        row.delete()


def try_webhook(organization_id: UUID, webhook_id: UUID, *, event: Event | None = None) -> Answer:
    """Send an example of an event, by default of the first that it listens to. Called outside a scope: nothing is held meanwhile.

    raises: WebhookNotFound.
    """
    with tenancy.scope(organization_id):
        row = Webhook.objects.filter(organization_id=organization_id, id=webhook_id).first()
        if row is None:
            raise WebhookNotFound(webhook_id)
        event = event or Event(row.events[0])
    return send_message(row, delivery_id=new_id(), body=write_message(event, EXAMPLES[event], at=now()))


def send_message(webhook: Webhook, *, delivery_id: UUID, body: str) -> Answer:
    """One attempt. Whatever goes wrong is in the answer, since a receiver's faults are not ours."""
    try:
        secret = decrypt(webhook.secret, purpose=PURPOSE) if webhook.secret else ""
        headers = write_headers(secret=secret, delivery_id=delivery_id, timestamp=int(now().timestamp()), body=body)
        reply = outgoing.post(webhook.url, body.encode(), headers, private_hosts=settings.ASSAY_WEBHOOK_PRIVATE_HOSTS)
    except AssayError as error:
        return Answer(status=None, error=error.message)
    return Answer(status=reply.status, body=reply.text)


def _apply(row: Webhook, change: WebhookChange) -> None:
    check_webhook(change)
    if change.url is not None:
        _check_url(change.url)
        row.url = change.url.strip()
    if change.events is not None:
        row.events = list(dict.fromkeys(event.value for event in change.events))
    if change.secret is not None:
        row.secret = encrypt(change.secret, purpose=PURPOSE) if change.secret else ""
    row.name = change.name if change.name is not None else row.name
    row.description = change.description if change.description is not None else row.description
    row.status = change.status if change.status is not None else row.status
    row.updated_at = floor_to_millisecond(now())


def _check_url(url: str) -> None:
    try:
        outgoing.check_url(url, private_hosts=settings.ASSAY_WEBHOOK_PRIVATE_HOSTS)
    except outgoing.CallFailed as error:
        raise Invalid(error.message, field="url") from error


def _lock(organization_id: UUID, webhook_id: UUID) -> Webhook:
    row = Webhook.objects.filter(organization_id=organization_id, id=webhook_id).select_for_update().first()
    if row is None:
        raise WebhookNotFound(webhook_id)
    return row
