from django.db import models

from assay.core.tenancy import TenantModel
from assay.tracking.models.experiments import Experiment
from assay.tracking.models.runs import Run


class Dataset(TenantModel):
    """Data that runs of an experiment read, known by name and digest."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="datasets", db_index=False)
    name = models.CharField(max_length=500)
    digest = models.CharField(max_length=36)
    source_type = models.CharField(max_length=36)
    source = models.TextField()
    schema = models.TextField(null=True, blank=True)
    profile = models.TextField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experiment", "name", "digest"], name="dataset_once_per_experiment")]

    def __str__(self) -> str:
        return f"{self.name} ({self.digest})"


class RunInput(TenantModel):
    """A run's use of a dataset. tags: {key: value}; context: what it was used for, e.g. training."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="inputs", db_index=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="uses")
    context = models.CharField(max_length=500, blank=True)
    tags = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "dataset"], name="run_input_once")]

    def __str__(self) -> str:
        return f"{self.dataset_id} for {self.context}"
