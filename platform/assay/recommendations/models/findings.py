"""What checks found, and what became of it."""

from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.recommendations.domain.states import FindingState
from assay.recommendations.models.runs import NAME_LENGTH

ACCOUNT_LENGTH = 64
REGION_LENGTH = 64
KIND_LENGTH = 32
RESOURCE_LENGTH = 512


class Finding(TenantModel):
    """One thing that one check found on one resource; the same thing found again is the same row.

    least, expected, most, before_commitments: saving per month of 730 h, in currency. counted: what it adds to the total, none of it
    twice; included_in: the finding that counts in its place. document: reason, evidence, choices, remedy as domain.documents writes
    them. was_type: machine type when it was found. stale_since: its check could not look since then.
    applied_reason: what the inventory showed, or what a person said.
    """

    check_name = models.CharField(max_length=NAME_LENGTH)
    provider = models.CharField(max_length=32)
    account_id = models.CharField(max_length=ACCOUNT_LENGTH)
    region = models.CharField(max_length=REGION_LENGTH)
    kind = models.CharField(max_length=KIND_LENGTH)
    native_id = models.CharField(max_length=RESOURCE_LENGTH)
    name = models.CharField(max_length=RESOURCE_LENGTH, blank=True, default="")
    tags = models.JSONField(default=dict)
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=16, default=FindingState.OPEN.value)
    action = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    least = models.DecimalField(max_digits=33, decimal_places=15)
    expected = models.DecimalField(max_digits=33, decimal_places=15)
    most = models.DecimalField(max_digits=33, decimal_places=15)
    before_commitments = models.DecimalField(max_digits=33, decimal_places=15)
    counted = models.DecimalField(max_digits=33, decimal_places=15, default=0)
    included_in = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    price_source = models.CharField(max_length=64)
    confidence = models.CharField(max_length=16)
    risk = models.PositiveSmallIntegerField()
    effort = models.CharField(max_length=16)
    was_type = models.CharField(max_length=64, blank=True, default="")
    document = models.JSONField()
    excluded = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField(default=now)
    last_seen_at = models.DateTimeField(default=now)
    stale_since = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    dismissed_until = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")
    applied_at = models.DateTimeField(null=True, blank=True)
    promised = models.DecimalField(max_digits=33, decimal_places=15, null=True, blank=True)
    verified_saving = models.DecimalField(max_digits=33, decimal_places=15, null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    measured = models.JSONField(default=dict, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "state", "-counted"], name="finding_by_saving"),
            models.Index(fields=["organization", "account_id", "native_id"], name="finding_of_resource"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "check_name", "provider", "account_id", "region", "kind", "native_id"],
                name="finding_once_per_resource",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in FindingState]), name="finding_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(least__gte=0, expected__gte=models.F("least"), most__gte=models.F("expected")),
                name="finding_saving_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_name} {self.native_id}"


class FindingEvent(TenantModel):
    """What happened to a finding; rows are added and never changed. actor: None where a check or a bill did it."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=now)
    actor = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=16)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["finding", "at"], name="finding_event_in_order")]

    def __str__(self) -> str:
        return f"{self.state} at {self.at:%Y-%m-%d %H:%M}"


class FindingExclusion(TenantModel):
    """A rule of domain.exclusions with why it was made."""

    check_name = models.CharField(max_length=NAME_LENGTH, blank=True, default="")
    account_id = models.CharField(max_length=ACCOUNT_LENGTH, blank=True, default="")
    region = models.CharField(max_length=REGION_LENGTH, blank=True, default="")
    tag = models.CharField(max_length=512, blank=True, default="")
    native_id = models.CharField(max_length=RESOURCE_LENGTH, blank=True, default="")
    reason = models.TextField()
    until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.reason
