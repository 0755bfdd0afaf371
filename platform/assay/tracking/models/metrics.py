"""Metric history and its summary."""

from django.db import models

from assay.tracking.models.experiments import Experiment
from assay.tracking.models.keyed import KeyedRow
from assay.tracking.models.runs import Run


class MetricSegment(KeyedRow):
    """Points of one request (loose), or many points of one metric (merged). Its digest names what it holds.

    key: null in a loose segment of several metrics. payload: see domain.segments. first_*, last_*: of a merged one.
    """

    pk = models.CompositePrimaryKey("run_id", "digest")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="segments", db_constraint=False, db_index=False)
    digest = models.UUIDField()
    key = models.CharField(max_length=250, null=True)
    merged = models.BooleanField(default=False)
    count = models.IntegerField()
    first_step = models.BigIntegerField(null=True)
    first_timestamp_ms = models.BigIntegerField(null=True)
    last_step = models.BigIntegerField(null=True)
    last_timestamp_ms = models.BigIntegerField(null=True)
    payload = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(
                fields=["run", "key", "first_step", "first_timestamp_ms"],
                condition=models.Q(merged=True),
                name="metric_segment_merged",
            ),
            models.Index(fields=["organization", "run"], condition=models.Q(merged=False), name="metric_segment_loose"),
        ]

    def __str__(self) -> str:
        return f"{self.count} points of {self.key or 'several metrics'}"


class LatestMetric(KeyedRow):
    """The point with the greatest (step, timestamp_ms, value) of a run's metric, and what its history holds.

    minimum, maximum: over values that are numbers; null while all are NaN. count: of points as they were taken in; one that came
    again within another batch is taken off when segments are merged. experiment: the run's, so that one index answers a search.
    """

    pk = models.CompositePrimaryKey("run_id", "key")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="latest_metrics", db_index=False)
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    key = models.CharField(max_length=250)
    step = models.BigIntegerField()
    timestamp_ms = models.BigIntegerField()
    value = models.FloatField()
    minimum = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    count = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["experiment", "key", "value", "run"], include=["organization"], name="latest_metric_by_value")
        ]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"
