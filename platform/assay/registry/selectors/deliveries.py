"""Reads of what is, or was, on its way to webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from assay.registry.domain.webhooks import DeliveryState, DeliveryView, Event
from assay.registry.models import WebhookDelivery
from assay.registry.selectors.webhooks import NEWEST_FIRST
from assay.tracking.selectors.keysets import take_page


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    deliveries: tuple[DeliveryView, ...]
    next_page_token: str | None


def list_deliveries(organization_id: UUID, webhook_id: UUID, *, limit: int = 50, page_token: str = "") -> DeliveryPage:
    """The newest first; what is done is kept for 30 days. raises: PageTokenRefused."""
    rows = WebhookDelivery.objects.filter(organization_id=organization_id, webhook_id=webhook_id)
    question = ("deliveries", str(webhook_id))
    found, next_page_token = take_page(rows, NEWEST_FIRST, limit=limit, page_token=page_token, question=question)
    return DeliveryPage(tuple(map(_view, found)), next_page_token)


def find_last_deliveries(organization_id: UUID, webhook_ids: Sequence[UUID]) -> dict[UUID, DeliveryView]:
    """The newest of each webhook that was told of anything."""
    rows = WebhookDelivery.objects.filter(organization_id=organization_id, webhook_id__in=webhook_ids)
    newest = rows.order_by("webhook_id", "-created_at", "-id").distinct("webhook_id")
    return {row.webhook_id: _view(row) for row in newest}


def _view(row: WebhookDelivery) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        event=Event(row.event),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        created_at=row.created_at,
        not_before=row.not_before,
        finished_at=row.finished_at,
        response_status=row.response_status,
        error=row.error,
    )
