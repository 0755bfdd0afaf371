"""Which run held which machine, and what the bill says that cost. Amounts have the ledger's scale, so that sums are exact."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.costs.domain.run_costs import RunCostKind
from assay.costs.domain.uses import MAX_NAME_LENGTH, MAX_RESOURCE_ID_LENGTH
from assay.costs.models.bills import PERIOD_LENGTH, BillImport, BillingSource


class ComputeUse(TenantModel):
    """A run's hold on a machine over [started_at, ended_at), as its tags tell. ended_at: None while the run runs.

    The run is not purged before its hold is given up: its dollars go back to the machine's idle time first.
    """

    run = models.OneToOneField("tracking.Run", on_delete=models.RESTRICT, related_name="+")
    resource_id = models.CharField(max_length=MAX_RESOURCE_ID_LENGTH, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    share = models.DecimalField(max_digits=10, decimal_places=9)
    provider = models.CharField(max_length=MAX_NAME_LENGTH, blank=True)
    instance_type = models.CharField(max_length=MAX_NAME_LENGTH, blank=True)
    region = models.CharField(max_length=MAX_NAME_LENGTH, blank=True)
    lifecycle = models.CharField(max_length=MAX_NAME_LENGTH)
    note = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "resource_id", "started_at"], name="compute_use_of_resource"),
            models.Index(fields=["organization"], condition=Q(ended_at=None), name="compute_use_unfinished"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="compute_use_share_in_range"),
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="compute_use_ends_after_start"),
        ]


class AllocatedPeriod(TenantModel):
    """Which delivery of a billing period the costs of runs come from, and how far it reaches.

    providers: whose charges it lists, by the names of run tags. billed_until: end of the last usage; None without any.
    charged_until: latest end of a charge, also of one that is paid ahead. A machine is charged for in the periods whose charges'
    time a run held it in.
    """

    source = models.ForeignKey(BillingSource, on_delete=models.CASCADE, related_name="+", db_index=False)
    billing_period = models.CharField(max_length=PERIOD_LENGTH)
    delivery = models.ForeignKey(BillImport, on_delete=models.CASCADE, related_name="+", db_index=False)
    providers = ArrayField(models.TextField())
    billed_until = models.DateTimeField(null=True)
    charged_until = models.DateTimeField()
    allocated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "billing_period"], name="allocated_period_once_per_source")]


class RunCost(TenantModel):
    """Cost of a run by one reckoning.

    estimate: one row a run, from the price book; it has no source. actual: one row per source, billing period, day of the bill,
    and currency; a run's actual cost is their sum per currency. basis: effective, or list for estimates.
    """

    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in RunCostKind])
    basis = models.CharField(max_length=10)
    amount = models.DecimalField(max_digits=33, decimal_places=15)
    currency = models.CharField(max_length=3)
    resource_id = models.CharField(max_length=MAX_RESOURCE_ID_LENGTH, blank=True, default="")
    source = models.ForeignKey(BillingSource, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    billing_period = models.CharField(max_length=PERIOD_LENGTH, blank=True, default="")
    charge_date = models.DateField(null=True)
    delivery = models.ForeignKey(BillImport, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(fields=["source", "billing_period", "resource_id"], name="run_cost_of_delivery"),
            models.Index(fields=["organization", "charge_date"], name="run_cost_of_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "source", "billing_period", "resource_id", "charge_date", "currency"],
                nulls_distinct=False,
                name="run_cost_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="estimate", source=None, delivery=None, charge_date=None, billing_period="", resource_id="")
                | Q(kind="actual", source__isnull=False, delivery__isnull=False, charge_date__isnull=False),
                name="run_cost_actual_has_delivery",
            ),
        ]


class ResourceCost(TenantModel):
    """Effective cost of a machine on one day of the bill: what runs held of it, and what was idle."""

    resource_id = models.CharField(max_length=MAX_RESOURCE_ID_LENGTH)
    source = models.ForeignKey(BillingSource, on_delete=models.CASCADE, related_name="+", db_index=False)
    billing_period = models.CharField(max_length=PERIOD_LENGTH)
    charge_date = models.DateField()
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=33, decimal_places=15)
    runs = models.DecimalField(max_digits=33, decimal_places=15)
    idle = models.DecimalField(max_digits=33, decimal_places=15)
    delivery = models.ForeignKey(BillImport, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["organization", "charge_date"], name="resource_cost_of_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "billing_period", "resource_id", "charge_date", "currency"], name="resource_cost_once"
            ),
            models.CheckConstraint(condition=Q(total=F("runs") + F("idle")), name="resource_cost_adds_up"),
        ]
