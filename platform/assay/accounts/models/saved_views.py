from django.conf import settings
from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel


class SavedView(TenantModel):
    """A page with what its address says, named by a member for themselves or for everybody."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    path = models.CharField(max_length=500)
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "path", "user", "name"], name="saved_view_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name
