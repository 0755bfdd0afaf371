from django.contrib.postgres.fields import ArrayField
from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.costs.domain.basis import Basis
from assay.reports.domain.subscriptions import ReportKind


class ReportSubscription(TenantModel):
    """A report that leaves every week. weekday (0 is Monday) and hour are in the organization's zone."""

    kind = models.CharField(max_length=32, default=ReportKind.WEEKLY_COSTS.value)
    recipients = ArrayField(models.EmailField(max_length=254))
    weekday = models.PositiveSmallIntegerField(default=0)
    hour = models.PositiveSmallIntegerField(default=8)
    basis = models.CharField(max_length=16, default=Basis.EFFECTIVE.value)
    active = models.BooleanField(default=True)
    effective_from = models.DateTimeField(default=now)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__range=(0, 6)), name="reportsubscription_weekday_known"),
            models.CheckConstraint(condition=models.Q(hour__range=(0, 23)), name="reportsubscription_hour_known"),
            models.CheckConstraint(
                condition=models.Q(basis__in=[basis.value for basis in Basis]), name="reportsubscription_basis_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in ReportKind]), name="reportsubscription_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {', '.join(self.recipients)}"


class ReportDelivery(TenantModel):
    """The claim on one period of a subscription: committed together with the stored mail, before that leaves."""

    subscription = models.ForeignKey(ReportSubscription, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    message = models.ForeignKey("accounts.SentMessage", on_delete=models.RESTRICT, related_name="+")
    claimed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "period_start"], name="reportdelivery_period_once"),
            models.CheckConstraint(
                condition=models.Q(period_end__gt=models.F("period_start")), name="reportdelivery_period_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} from {self.period_start:%Y-%m-%d}"
