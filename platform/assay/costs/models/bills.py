"""Where bills come from, what was delivered, and which delivery the ledger holds.

Deliveries of a source have an order: (issued_at, identity). For each billing period the ledger holds the greatest complete one.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.costs.domain.imports import ImportState
from assay.costs.domain.sources import SourceKind

PERIOD_LENGTH = len("2026-01")
FORMAT_LENGTH = 32
IDENTITY_LENGTH = 200


class BillingSource(TenantModel):
    """A place bills come from. Its currency is that of its first bill; a bill in another one is refused.

    location: of a folder `{path}`, of a bucket `{bucket, prefix, region}`, else empty. format: empty when it is recognised.
    poll_minutes: how often is looked for deliveries; None when only on demand. poll_message: how the last look failed, or empty.
    """

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=32, default=SourceKind.UPLOAD.value)
    location = models.JSONField(default=dict, blank=True)
    connection = models.ForeignKey("clouds.AwsConnection", null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    format = models.CharField(max_length=FORMAT_LENGTH, blank=True, default="")
    currency = models.CharField(max_length=3, blank=True, default="")
    poll_minutes = models.PositiveIntegerField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    polled_at = models.DateTimeField(null=True, blank=True)
    next_poll_at = models.DateTimeField(null=True, blank=True)
    poll_lease_until = models.DateTimeField(null=True, blank=True)
    poll_message = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "next_poll_at"],
                condition=models.Q(next_poll_at__isnull=False, paused_at=None),
                name="billing_source_polled",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="billing_source_name_unique"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in SourceKind]), name="billing_source_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BillImport(TenantModel):
    """One delivery and what became of it; ids are in the order of receipt.

    file_name: the manifest's, or the only file's. identity: the execution that wrote the delivery; empty for uploads. manifest: its
    key, or empty. manifest_etag: of the manifest when it was read. files: `{name, size_bytes, etag, sha256}` each. upload: the
    name of the uploaded files below the uploads folder, empty once removed. digest: of the only file, or of the files' digests in the order of their names. totals: billing period → basis →
    decimal text. periods: billing period → `{rows, charged_until}`. changes: billing period → basis → what the ledger gained.
    timings: seconds per step: fetch, convert, check, commit.
    """

    source = models.ForeignKey(BillingSource, on_delete=models.RESTRICT, related_name="imports")
    identity = models.CharField(max_length=IDENTITY_LENGTH, blank=True, default="")
    issued_at = models.DateTimeField(default=now)
    file_name = models.CharField(max_length=255)
    manifest = models.CharField(max_length=1024, blank=True, default="")
    manifest_etag = models.CharField(max_length=128, blank=True, default="")
    files = models.JSONField(default=list)
    upload = models.CharField(max_length=255, blank=True)
    size_bytes = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    format = models.CharField(max_length=FORMAT_LENGTH, blank=True, default="")
    format_version = models.CharField(max_length=FORMAT_LENGTH, blank=True, default="")
    state = models.CharField(max_length=16, default=ImportState.RECEIVED.value)
    message = models.TextField(blank=True, default="")
    log = models.JSONField(default=list)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    billing_periods = ArrayField(models.CharField(max_length=PERIOD_LENGTH), default=list)
    row_count = models.BigIntegerField(null=True, blank=True)
    totals = models.JSONField(default=dict)
    periods = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    timings = models.JSONField(default=dict)
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
            models.UniqueConstraint(
                fields=["source", "identity"], condition=~models.Q(identity=""), name="bill_import_once_per_identity"
            ),
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
    """Which delivery the ledger holds for a billing period of a source.

    issued_at, identity: of that delivery. rows, charged_until (latest end of a charge): None for what older versions imported.
    """

    source = models.ForeignKey(BillingSource, on_delete=models.RESTRICT, related_name="periods")
    billing_period = models.CharField(max_length=PERIOD_LENGTH)
    bill_import = models.ForeignKey(BillImport, on_delete=models.RESTRICT, related_name="held_periods")
    issued_at = models.DateTimeField(default=now)
    identity = models.CharField(max_length=IDENTITY_LENGTH, blank=True, default="")
    rows = models.BigIntegerField(null=True, blank=True)
    charged_until = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "billing_period"], name="bill_period_once_per_source")]
