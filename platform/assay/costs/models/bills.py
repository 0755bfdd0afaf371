"""Where bills come from, what was delivered, and which delivery the ledger holds."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.costs.domain.imports import ImportState

PERIOD_LENGTH = len("2026-01")


class BillingSource(TenantModel):
    """A place bills come from. Its currency is that of its first bill; a bill in another one is refused."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=32, default="upload")
    currency = models.CharField(max_length=3, blank=True, default="")
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="billing_source_name_unique")]

    def __str__(self) -> str:
        return self.name


class BillImport(TenantModel):
    """One delivered file and what became of it; ids are in the order of receipt.

    upload: the file's name below the uploads folder, empty once removed. totals: billing period → basis → decimal text.
    """

    source = models.ForeignKey(BillingSource, on_delete=models.RESTRICT, related_name="imports")
    file_name = models.CharField(max_length=255)
    upload = models.CharField(max_length=255, blank=True)
    size_bytes = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=16, default=ImportState.RECEIVED.value)
    message = models.TextField(blank=True, default="")
    log = models.JSONField(default=list)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    billing_periods = ArrayField(models.CharField(max_length=PERIOD_LENGTH), default=list)
    row_count = models.BigIntegerField(null=True, blank=True)
    totals = models.JSONField(default=dict)
    invariants = models.JSONField(default=list)
    received_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-id"], name="bill_import_latest"),
            models.Index(fields=["source", "digest"], name="bill_import_same"),
            models.Index(
                fields=["organization", "id"],
                condition=models.Q(state__in=[ImportState.RECEIVED.value, ImportState.IMPORTING.value]),
                name="bill_import_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ImportState]), name="bill_import_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ImportState.IMPORTED.value) | models.Q(row_count__gt=0, finished_at__isnull=False),
                name="bill_import_has_rows",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"


class BillPeriod(TenantModel):
    """Which delivery the ledger holds for a billing period of a source."""

    source = models.ForeignKey(BillingSource, on_delete=models.RESTRICT, related_name="periods")
    billing_period = models.CharField(max_length=PERIOD_LENGTH)
    bill_import = models.ForeignKey(BillImport, on_delete=models.RESTRICT, related_name="held_periods")
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "billing_period"], name="bill_period_once_per_source")]
