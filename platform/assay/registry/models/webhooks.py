from django.contrib.postgres.fields import ArrayField
from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.registry.domain.webhooks import DeliveryState, WebhookStatus


class Webhook(TenantModel):
    """An address that is told of events. secret: encrypted (core.encryption), empty for unsigned messages."""

    name = models.CharField(max_length=63)
    url = models.TextField()
    events = ArrayField(models.CharField(max_length=40))
    description = models.TextField(blank=True)
    secret = models.TextField(blank=True)
    status = models.CharField(max_length=8, default=WebhookStatus.ACTIVE)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=list(WebhookStatus)), name="webhook_status_known"),
        ]
        indexes = [models.Index(fields=["organization", "-created_at"], name="webhook_newest")]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(TenantModel):
    """One event on its way to one webhook: written with the change it tells of, told at least once.

    id: the delivery id that every attempt carries. claimed_at: when the sender that has it now took it.
    """

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=9, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    not_before = models.DateTimeField(default=now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    response_status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=list(DeliveryState)), name="webhook_delivery_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "state", "not_before"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="webhook_delivery_to_do",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook_id}"
