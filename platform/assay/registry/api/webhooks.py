"""Operations on webhooks: who is told of changes of the registry."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, principal_of, require
from assay.registry.api.webhook_schemas import (
    DeliveryList,
    DeliveryOut,
    TrialIn,
    TrialOut,
    WebhookIn,
    WebhookList,
    WebhookOut,
    WebhookPatch,
)
from assay.registry.domain.values import Actor
from assay.registry.selectors.deliveries import list_deliveries
from assay.registry.selectors.webhooks import get_webhook, list_webhooks
from assay.registry.services import webhooks

router = Router(tags=["webhooks"])

MANAGE = Permission.SETTINGS_MANAGE
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("webhooks", response=WebhookList)
@require(MANAGE)
def list_all(request: MemberRequest, limit: Limit = 100, cursor: str = "") -> WebhookList:
    """Webhooks, newest first."""
    found = list_webhooks(request.principal.organization_id, limit=limit, page_token=cursor)
    return WebhookList(items=[WebhookOut.of(webhook) for webhook in found.webhooks], next_cursor=found.next_page_token)


@router.post("webhooks", response={201: WebhookOut})
@require(MANAGE)
def create_webhook(request: MemberRequest, body: WebhookIn) -> Status[WebhookOut]:
    """Tell an address of events. The secret signs the messages and is never shown."""
    made = webhooks.create_webhook(request.principal.organization_id, body.to_change(), actor=_actor_of(request))
    return Status(201, WebhookOut.of(made))


@router.get("webhooks/{webhook_id}", response=WebhookOut)
@require(MANAGE)
def get(request: MemberRequest, webhook_id: UUID) -> WebhookOut:
    return WebhookOut.of(get_webhook(request.principal.organization_id, webhook_id))


@router.patch("webhooks/{webhook_id}", response=WebhookOut)
@require(MANAGE)
def change_webhook(request: MemberRequest, webhook_id: UUID, body: WebhookPatch) -> WebhookOut:
    """Change what is named, and leave the rest. An empty secret ends the signing."""
    organization_id = request.principal.organization_id
    return WebhookOut.of(webhooks.update_webhook(organization_id, webhook_id, body.to_change(), actor=_actor_of(request)))


@router.delete("webhooks/{webhook_id}", response={204: None})
@require(MANAGE)
def delete_webhook(request: MemberRequest, webhook_id: UUID) -> Status[None]:
    """With what still waits to be delivered to it."""
    webhooks.delete_webhook(request.principal.organization_id, webhook_id, actor=_actor_of(request))
    return Status(204, None)


@router.get("webhooks/{webhook_id}/deliveries", response=DeliveryList)
@require(MANAGE)
def list_webhook_deliveries(request: MemberRequest, webhook_id: UUID, limit: Limit = 50, cursor: str = "") -> DeliveryList:
    """What the webhook was told, or will be, newest first, with the outcome; kept for 30 days."""
    organization_id = request.principal.organization_id
    webhook = get_webhook(organization_id, webhook_id)
    found = list_deliveries(organization_id, webhook.id, limit=limit, page_token=cursor)
    return DeliveryList(items=[DeliveryOut.of(delivery) for delivery in found.deliveries], next_cursor=found.next_page_token)


def test_webhook(request: HttpRequest, webhook_id: UUID, body: TrialIn) -> TrialOut:
    """Send an example of an event now, signed as a real one, and say what the receiver answered."""
    principal = principal_of(request)
    principal.require(MANAGE)
    return TrialOut.of(webhooks.try_webhook(principal.organization_id, webhook_id, event=body.event))


test_webhook.enters_scope_itself = True  # type: ignore[attr-defined]  # no transaction is open while the receiver takes its time
router.post("webhooks/{webhook_id}/test", response=TrialOut)(test_webhook)


def _actor_of(request: MemberRequest) -> Actor:
    return Actor(user_id=request.principal.user_id, name=request.principal.email)
