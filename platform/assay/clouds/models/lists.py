"""Public lists of providers, of no tenant: what machines are offered, and what they cost."""

from django.db import models

from assay.core.clock import now
from assay.core.ids import new_id


class FetchedPrice(models.Model):
    """An hour of a machine as the provider's public list has it. Negotiated rates are the ledger's alone.

    offer: on-demand, or `reserved standard 1yr no upfront` and the like, whose per_hour is upfront spread over the term and recurring.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(max_length=32)
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=96)
    platform = models.CharField(max_length=64)
    tenancy = models.CharField(max_length=16)
    offer = models.CharField(max_length=96)
    currency = models.CharField(max_length=3)
    per_hour = models.DecimalField(max_digits=33, decimal_places=15)
    valid_from = models.DateField()
    source = models.CharField(max_length=256)
    fetched_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "region", "name", "platform", "tenancy", "offer", "currency", "valid_from"],
                name="fetched_price_unique",
            ),
            models.CheckConstraint(condition=models.Q(per_hour__gte=0), name="fetched_price_not_negative"),
        ]


class FetchedMachineType(models.Model):
    """What a region offers. details: `clouds.domain.machine_types.MachineType`. offered_at: when a list of the region last had it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(max_length=32)
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=96)
    details = models.JSONField()
    fetched_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "region", "name"], name="fetched_machine_type_unique")]
