"""Metric history and its summary.

History has neither foreign key constraints nor further indexes: each would be checked once a point. The run row is locked
while points are added (services.points), and row-level security holds the organization.
"""

from django.db import models

from assay.tracking.models.keyed import KeyedRow
from assay.tracking.models.runs import Run


class MetricPoint(KeyedRow):
    """One logged value. Its key is everything it says, so a repeated point is one point."""

    pk = models.CompositePrimaryKey("run_id", "key", "step", "timestamp_ms", "value")
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="points", db_constraint=False, db_index=False)
    key = models.CharField(max_length=250)
    step = models.BigIntegerField()
    timestamp_ms = models.BigIntegerField()
    value = models.FloatField()

    def __str__(self) -> str:
        return f"{self.key}={self.value} at step {self.step}"


class LatestMetric(KeyedRow):
    """The point with the greatest (step, timestamp_ms, value) of a run's metric, and what its history holds.

    minimum, maximum: over values that are numbers; null while all are NaN.
    """

    pk = models.CompositePrimaryKey("run_id", "key")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="latest_metrics", db_index=False)
    key = models.CharField(max_length=250)
    step = models.BigIntegerField()
    timestamp_ms = models.BigIntegerField()
    value = models.FloatField()
    minimum = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    count = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.key}={self.value}"
