from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.tracking.domain.states import ModelRole, ModelStatus
from assay.tracking.models.experiments import Experiment
from assay.tracking.models.keyed import KeyedRow, KeyedText
from assay.tracking.models.runs import Run


class LoggedModel(TenantModel):
    """A model that training code saved, before anybody registers it."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="logged_models")
    name = models.CharField(max_length=500)
    model_type = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=13, default=ModelStatus.PENDING)
    source_run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="logged_models")
    artifact_uri = models.TextField()
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=list(ModelStatus)), name="logged_model_status_known")
        ]
        indexes = [
            models.Index(fields=["organization", "experiment", "-created_at", "id"], name="logged_model_newest"),
            models.Index(
                fields=["organization", "deleted_at"],
                condition=models.Q(deleted_at__isnull=False),
                name="logged_model_deleted",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LoggedModelParam(KeyedText):
    pk = models.CompositePrimaryKey("model_id", "key")
    model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, related_name="params", db_index=False)


class LoggedModelTag(KeyedText):
    pk = models.CompositePrimaryKey("model_id", "key")
    model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, related_name="tags", db_index=False)


class LoggedModelMetric(KeyedRow):
    """A point that a run logged about a model, perhaps on a named dataset."""

    pk = models.CompositePrimaryKey("model_id", "run_id", "key", "step", "timestamp_ms", "dataset_name", "dataset_digest")
    model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, related_name="metrics", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="model_metrics")
    key = models.CharField(max_length=250)
    step = models.BigIntegerField()
    timestamp_ms = models.BigIntegerField()
    dataset_name = models.CharField(max_length=500, blank=True)
    dataset_digest = models.CharField(max_length=36, blank=True)
    value = models.FloatField()

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class RunModel(TenantModel):
    """A run read a model, or made one at a step."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="models", db_index=False)
    model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, related_name="uses")
    role = models.CharField(max_length=6)
    step = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "role", "model"], name="run_model_once"),
            models.CheckConstraint(condition=models.Q(role__in=list(ModelRole)), name="run_model_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.model_id}"
