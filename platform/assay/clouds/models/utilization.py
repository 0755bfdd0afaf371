"""How much of resources was used, a row per day and metric."""

from django.db import models

from assay.core.tenancy import TenantModel


class UtilizationDay(TenantModel):
    """A whole UTC day in equal periods. average, maximum: little-endian float32, one a period, NaN where the cloud had no point.

    An index by organization would be taken while the table's statistics are old, and read a whole fleet for each batch of it. Rows are
    kept in place and uncompressed (see the migration): a fleet is read in one pass over them.
    """

    organization = models.ForeignKey("accounts.Organization", on_delete=models.CASCADE, related_name="+", db_index=False)
    resource = models.ForeignKey("clouds.CloudResource", on_delete=models.CASCADE, related_name="+", db_index=False)
    metric = models.CharField(max_length=64)
    day = models.DateField()
    period_seconds = models.PositiveIntegerField()
    average = models.BinaryField()
    maximum = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "metric", "day"], name="utilization_once_a_day"),
            models.CheckConstraint(condition=models.Q(period_seconds__gt=0), name="utilization_period_above_zero"),
        ]
