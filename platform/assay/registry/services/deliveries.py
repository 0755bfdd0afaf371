"""Taking events to webhooks: at least once each, by whichever worker has the lease."""

from datetime import datetime
from uuid import UUID

import structlog
from django.db.models import F

from assay.core import tenancy
from assay.core.clock import now
from assay.core.deferral import defer
from assay.registry.domain.webhooks import (
    KEPT,
    LEASE,
    MAXIMUM_ATTEMPTS,
    Answer,
    DeliveryState,
    WebhookStatus,
    retry_delay,
)
from assay.registry.models import WebhookDelivery
from assay.registry.services.webhooks import send_message

log = structlog.get_logger(__name__)
MOST_AT_ONCE = 200


def deliver_webhook(organization_id: UUID, delivery_id: UUID) -> None:
    """One attempt at a waiting delivery; nothing when another sender has it, or it is done.

    Called outside a scope: the claim has committed before the message leaves, and no connection is held while it is on its way.
    A sender that dies after the message has left is followed by another after the lease: that is the second time.
    """
    at = now()
    with tenancy.scope(organization_id):
        if not _claim(delivery_id, at):
            return
        delivery = WebhookDelivery.objects.select_related("webhook").get(id=delivery_id)
        if delivery.webhook.status != WebhookStatus.ACTIVE:
            _finish(delivery, Answer(None, error="The webhook was switched off before the message left."), final=True)
            return
    answer = send_message(delivery.webhook, delivery_id=delivery.id, body=delivery.body)
    with tenancy.scope(organization_id):
        _finish(delivery, answer, final=not answer.is_worth_a_retry or delivery.attempts >= MAXIMUM_ATTEMPTS)


def deliver_waiting_webhooks() -> None:
    """What waits because its hint was lost or its time has come; what a lost sender had; and leave out what is long done."""
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            at = now()
            lost = WebhookDelivery.objects.filter(state=DeliveryState.SENDING, claimed_at__lt=at - LEASE)
            lost.filter(attempts__gte=MAXIMUM_ATTEMPTS).update(
                state=DeliveryState.FAILED, finished_at=at, error="Its senders were lost, the last one too."
            )
            lost.update(state=DeliveryState.WAITING, not_before=at)
            done = [DeliveryState.DELIVERED, DeliveryState.FAILED]
            WebhookDelivery.objects.filter(state__in=done, finished_at__lt=at - KEPT).delete()
            waiting = WebhookDelivery.objects.filter(state=DeliveryState.WAITING, not_before__lte=at).order_by(
                "not_before", "id"
            )
            for delivery_id in waiting.values_list("id", flat=True)[:MOST_AT_ONCE]:
                defer("registry.deliver_webhook", organization_id=str(organization_id), delivery_id=str(delivery_id))


def _claim(delivery_id: UUID, at: datetime) -> bool:
    waiting = WebhookDelivery.objects.filter(id=delivery_id, state=DeliveryState.WAITING, not_before__lte=at)
    return waiting.update(state=DeliveryState.SENDING, claimed_at=at, attempts=F("attempts") + 1) == 1


def _finish(delivery: WebhookDelivery, answer: Answer, *, final: bool) -> None:
    """Written only by the sender that still has the lease: attempts is its fencing token."""
    at = now()
    outcome: dict[str, object] = {"response_status": answer.status, "error": _describe(answer)[:500]}
    if answer.is_accepted:
        outcome |= {"state": DeliveryState.DELIVERED, "finished_at": at}
    elif final:
        outcome |= {"state": DeliveryState.FAILED, "finished_at": at}
    else:
        outcome |= {"state": DeliveryState.WAITING, "not_before": at + retry_delay(delivery.attempts)}
    mine = WebhookDelivery.objects.filter(id=delivery.id, state=DeliveryState.SENDING, attempts=delivery.attempts)
    mine.update(**outcome)
    log.info("webhook_attempted", delivery_id=str(delivery.id), state=str(outcome["state"]), status=answer.status)


def _describe(answer: Answer) -> str:
    if answer.is_accepted:
        return ""
    return answer.error or f"The receiver answered {answer.status}: {answer.body[:300]}"
