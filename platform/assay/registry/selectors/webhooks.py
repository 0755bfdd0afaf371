"""Reads of webhooks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from assay.registry.domain.errors import WebhookNotFound
from assay.registry.domain.webhooks import Event, WebhookStatus, WebhookView
from assay.registry.models import Webhook
from assay.tracking.selectors.keysets import SortKey, load_instant, load_uuid, take_page

NEWEST_FIRST = (SortKey(F("created_at"), load_instant, descending=True), SortKey(F("id"), load_uuid, descending=True))


@dataclass(frozen=True, slots=True)
class WebhookPage:
    webhooks: tuple[WebhookView, ...]
    next_page_token: str | None


def get_webhook(organization_id: UUID, webhook_id: UUID) -> WebhookView:
    """raises: WebhookNotFound."""
    row = Webhook.objects.filter(organization_id=organization_id, id=webhook_id).first()
    if row is None:
        raise WebhookNotFound(webhook_id)
    return view_webhook(row)


def list_webhooks(
    organization_id: UUID, *, limit: int = 100, page_token: str = "", events: Iterable[Event] = ()
) -> WebhookPage:
    """The newest first. events: only those that are told of at least one of them; all without any. raises: PageTokenRefused."""
    rows = Webhook.objects.filter(organization_id=organization_id)
    if wanted := [event.value for event in events]:
        rows = rows.filter(events__overlap=wanted)
    found, next_page_token = take_page(rows, NEWEST_FIRST, limit=limit, page_token=page_token, question="webhooks")
    return WebhookPage(tuple(map(view_webhook, found)), next_page_token)


def find_listeners(organization_id: UUID, event: Event) -> Sequence[UUID]:
    """Ids of the active webhooks that are told of an event."""
    rows = Webhook.objects.filter(organization_id=organization_id, status=WebhookStatus.ACTIVE, events__contains=[event.value])
    return list(rows.order_by("id").values_list("id", flat=True))


def view_webhook(row: Webhook) -> WebhookView:
    return WebhookView(
        id=row.id,
        name=row.name,
        url=row.url,
        events=tuple(map(Event, row.events)),
        description=row.description,
        status=WebhookStatus(row.status),
        has_secret=bool(row.secret),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
