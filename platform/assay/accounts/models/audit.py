from django.conf import settings
from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel


class AuditEntry(TenantModel):
    """One change by a person or a token; rows are only ever added."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["organization", "-at"], name="audit_newest_first")]
