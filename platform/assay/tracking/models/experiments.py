from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.tracking.domain.states import LifecycleStage
from assay.tracking.models.keyed import KeyedText


class Experiment(TenantModel):
    """A named set of runs. Number 0 is the organization's Default. team: whose it is; None for everybody's."""

    number = models.IntegerField()
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=500)
    artifact_location = models.TextField()
    lifecycle_stage = models.CharField(max_length=8, default=LifecycleStage.ACTIVE)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="experiment_number_unique"),
            models.UniqueConstraint(fields=["organization", "name"], name="experiment_name_unique"),
            models.CheckConstraint(
                condition=models.Q(lifecycle_stage__in=list(LifecycleStage)), name="experiment_lifecycle_stage_known"
            ),
            models.CheckConstraint(condition=models.Q(number__gte=0), name="experiment_number_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class ExperimentTag(KeyedText):
    pk = models.CompositePrimaryKey("experiment_id", "key")
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="tags")


class ExperimentNumbers(TenantModel):
    """highest: number of an experiment that was purged, so that no number is ever given twice."""

    highest = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="experiment_numbers_once")]

    def __str__(self) -> str:
        return str(self.highest)
