from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel


class ApiToken(TenantModel):
    """A secret for programs: hashed, scoped, expiring, revocable, shown once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=200)
    scopes = ArrayField(models.CharField(max_length=32))
    token_hash = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
