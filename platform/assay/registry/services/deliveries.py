"""Taking events to webhooks: at least once each, by whichever worker has the lease."""

from collections.abc import Iterable
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
from assay.registry.models import Webhook, WebhookDelivery
from assay.registry.services.webhooks import send_message

log = structlog.get_logger(__name__)


def deliver_webhook(organization_id: UUID, delivery_id: UUID) -> None:
    """One attempt at a waiting delivery; nothing when another sender has it, it is done, or its webhook is being called already.

    A webhook is called by one sender at a time, so that one that is slow holds one worker and no more; the sender hands on to what
    waits next. Called outside a scope: the claim has committed before the message leaves, and no connection is held while it is on
    its way. A sender that dies after the message has left is followed by another after the lease: that is the second time.
    """
    with tenancy.scope(organization_id):
        delivery = _claim(delivery_id, now())
        if delivery is None:
            return
        if delivery.webhook.status != WebhookStatus.ACTIVE:
            _finish(delivery, Answer(None, error="The webhook was switched off before the message left."), final=True)
            return
    answer = send_message(delivery.webhook, delivery_id=delivery.id, body=delivery.body)
    with tenancy.scope(organization_id):
        _finish(delivery, answer, final=not answer.is_worth_a_retry or delivery.attempts >= MAXIMUM_ATTEMPTS)
        _hint([delivery.webhook_id], now())


def deliver_waiting_webhooks() -> None:
    """What waits because its hint was lost or its time has come, and what a lost sender had."""
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            at = now()
            lost = WebhookDelivery.objects.filter(state=DeliveryState.SENDING, claimed_at__lt=at - LEASE)
            lost.filter(attempts__gte=MAXIMUM_ATTEMPTS).update(
                state=DeliveryState.FAILED, finished_at=at, error="Its senders were lost, the last one too."
            )
            lost.update(state=DeliveryState.WAITING, not_before=at)
            due = WebhookDelivery.objects.filter(state=DeliveryState.WAITING, not_before__lte=at)
            _hint(list(due.order_by("webhook_id").values_list("webhook_id", flat=True).distinct()), at)


def forget_old_deliveries() -> None:
    """What was delivered, or failed, is kept for 30 days."""
    done = [DeliveryState.DELIVERED, DeliveryState.FAILED]
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            WebhookDelivery.objects.filter(state__in=done, finished_at__lt=now() - KEPT).delete()


def _hint(webhook_ids: Iterable[UUID], at: datetime) -> None:
    """At the oldest delivery of each webhook whose time has come."""
    for webhook_id in webhook_ids:
        due = WebhookDelivery.objects.filter(webhook_id=webhook_id, state=DeliveryState.WAITING, not_before__lte=at)
        oldest = due.order_by("not_before", "id").first()
        if oldest is not None:
            values = {"organization_id": str(oldest.organization_id), "delivery_id": str(oldest.id)}
            defer("registry.deliver_webhook", **values)


def _claim(delivery_id: UUID, at: datetime) -> WebhookDelivery | None:
    """The webhook's row is locked meanwhile, so of two senders one sees what the other has taken."""
    waiting = WebhookDelivery.objects.filter(id=delivery_id, state=DeliveryState.WAITING, not_before__lte=at)
    webhook = Webhook.objects.filter(deliveries__in=waiting).select_for_update(of=("self",), no_key=True).first()
    taken = WebhookDelivery.objects.filter(webhook=webhook, state=DeliveryState.SENDING, claimed_at__gte=at - LEASE)
    if webhook is None or taken.exists():
        return None
    if not waiting.update(state=DeliveryState.SENDING, claimed_at=at, attempts=F("attempts") + 1):
        return None
    return WebhookDelivery.objects.select_related("webhook").get(id=delivery_id)


def _finish(delivery: WebhookDelivery, answer: Answer, *, final: bool) -> None:
    """Written only by the sender that still has the lease: attempts is its fencing token.

    A receiver that is away is left alone with everything else that waits for it, too.
    """
    at = now()
    error = "" if answer.is_accepted else answer.told
    outcome: dict[str, object] = {"response_status": answer.status, "error": error[:500]}
    if answer.is_accepted:
        outcome |= {"state": DeliveryState.DELIVERED, "finished_at": at}
    elif final:
        outcome |= {"state": DeliveryState.FAILED, "finished_at": at}
    else:
        outcome |= {"state": DeliveryState.WAITING, "not_before": at + retry_delay(delivery.attempts)}
    mine = WebhookDelivery.objects.filter(id=delivery.id, state=DeliveryState.SENDING, attempts=delivery.attempts)
    mine.update(**outcome)
    if "not_before" in outcome:
        others = WebhookDelivery.objects.filter(webhook_id=delivery.webhook_id, state=DeliveryState.WAITING)
        others.filter(not_before__lt=outcome["not_before"]).update(not_before=outcome["not_before"])
    log.info("webhook_attempted", delivery_id=str(delivery.id), state=str(outcome["state"]), status=answer.status)
