"""What is held in clouds, how it changed, and how it was asked for."""

from typing import Any

from django.db import models

from assay.clouds.domain.refreshes import CallState, RefreshState, RefreshSubject, Trigger
from assay.core.clock import now
from assay.core.tenancy import TenantModel


def _one_of(field: str, values: Any, name: str) -> models.CheckConstraint:  # any StrEnum class
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": [one.value for one in values]}), name=name)


class InventoryRefresh(TenantModel):
    """One look at everything that a connection leads to. attempt: fencing token; it grows with every process that takes the lease."""

    connection = models.ForeignKey("clouds.AwsConnection", on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=16)
    state = models.CharField(max_length=16, default=RefreshState.QUEUED)
    trigger = models.CharField(max_length=16)
    requested_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["connection", "subject", "-id"], name="refresh_by_connection")]
        constraints = [
            _one_of("subject", RefreshSubject, "refresh_subject_known"),
            _one_of("state", RefreshState, "refresh_state_known"),
            _one_of("trigger", Trigger, "refresh_trigger_known"),
            models.UniqueConstraint(
                fields=["connection", "subject"],
                condition=models.Q(state__in=[RefreshState.QUEUED.value, RefreshState.RUNNING.value]),
                name="refresh_open_once",
            ),
        ]


class InventoryCall(TenantModel):
    """How one question to one service of one region of one account ended. region: empty for a service that has none."""

    refresh = models.ForeignKey(InventoryRefresh, on_delete=models.CASCADE, related_name="calls", db_index=False)
    service = models.CharField(max_length=64)
    operation = models.CharField(max_length=96)
    account_id = models.CharField(max_length=32, blank=True)
    region = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=16)
    items = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0.0)
    permission = models.CharField(max_length=128, blank=True, default="")
    message = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            _one_of("state", CallState, "call_state_known"),
            models.UniqueConstraint(
                fields=["refresh", "service", "operation", "account_id", "region"], name="call_once_a_refresh"
            ),
        ]


class CloudResource(TenantModel):
    """details: `clouds.domain.details` of the kind. gone_at: since when a whole list no longer has it."""

    connection = models.ForeignKey("clouds.AwsConnection", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    provider = models.CharField(max_length=32)
    account_id = models.CharField(max_length=32)
    region = models.CharField(max_length=32)
    kind = models.CharField(max_length=32)
    native_id = models.CharField(max_length=512)
    name = models.CharField(max_length=512, blank=True, default="")
    tags = models.JSONField(default=dict)
    state = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(null=True, blank=True)
    state_since = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "kind", "id"], condition=models.Q(gone_at=None), name="resource_existing_by_kind"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "provider", "account_id", "region", "kind", "native_id"], name="resource_unique"
            ),
        ]


class ResourceChange(TenantModel):
    """before, after: `{field: value}` of what differs among state, name, the fields of its details and gone; before is empty for a beginning."""

    resource = models.ForeignKey(CloudResource, on_delete=models.CASCADE, related_name="changes", db_index=False)
    at = models.DateTimeField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["resource", "-at"], name="change_by_resource")]
