from django.contrib.postgres.fields import ArrayField
from django.db import models

from assay.accounts.domain.mail import MessageState
from assay.core.clock import now
from assay.core.tenancy import TenantModel


class SentMessage(TenantModel):
    """A mail: stored before it leaves, kept afterwards."""

    kind = models.CharField(max_length=64)
    to = ArrayField(models.EmailField(max_length=254))
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    message_id = models.CharField(max_length=255, unique=True)
    state = models.CharField(max_length=16, default=MessageState.WAITING.value)
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    not_before = models.DateTimeField(default=now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in MessageState]), name="sentmessage_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "state", "not_before"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="sentmessage_to_do",
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class MessageImage(TenantModel):
    """A PNG that a mail shows inside its text, by Content-ID."""

    message = models.ForeignKey(SentMessage, on_delete=models.CASCADE, related_name="images")
    name = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "name"], name="messageimage_name_once")]
