from django.db import models

from assay.accounts.domain.organizations import SILENT_RUN_HOURS
from assay.core.clock import now
from assay.core.ids import new_id
from assay.core.tenancy import TenantModel


class Organization(models.Model):
    """The tenant. Its own row is visible in its scope and to its members.

    silent_run_hours: after so long without a word, a run whose client promised no heartbeats is lost.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="USD")
    timezone = models.CharField(max_length=63, default="UTC")
    silent_run_hours = models.PositiveSmallIntegerField(default=SILENT_RUN_HOURS, db_default=SILENT_RUN_HOURS)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(silent_run_hours__gte=1), name="organization_silent_run_hours_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Team(TenantModel):
    """A node of the tree of cost centres inside an organization."""

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "parent", "name"], nulls_distinct=False, name="team_name_unique_below_parent"
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")), name="team_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name
