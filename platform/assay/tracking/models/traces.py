from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.tracking.domain.states import TraceState
from assay.tracking.models.experiments import Experiment
from assay.tracking.models.keyed import KeyedRow, KeyedText
from assay.tracking.models.runs import Run


class Trace(TenantModel):
    """One execution of traced code. trace_id: the client's, unique in the organization.

    run: in which it happened. is_described: the client has told of it as a whole, so spans that arrive change nothing.
    assessments: [objects], as the client sent them.
    """

    trace_id = models.CharField(max_length=250)
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="traces")
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="traces")
    name = models.CharField(max_length=500, blank=True)
    client_request_id = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=11, default=TraceState.IN_PROGRESS)
    started_at = models.DateTimeField()
    duration_ms = models.BigIntegerField(null=True, blank=True)
    request_preview = models.TextField(blank=True)
    response_preview = models.TextField(blank=True)
    assessments = models.JSONField(default=list)
    is_described = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "trace_id"], name="trace_id_unique"),
            models.CheckConstraint(condition=models.Q(state__in=list(TraceState)), name="trace_state_known"),
        ]
        indexes = [models.Index(fields=["organization", "experiment", "-started_at", "trace_id"], name="trace_newest")]

    def __str__(self) -> str:
        return self.trace_id


class TraceTag(KeyedText):
    pk = models.CompositePrimaryKey("trace_id", "key")
    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="tags", db_index=False)


class TraceMetadata(KeyedText):
    """What was so when the trace was made; unlike tags it is not changed afterwards."""

    pk = models.CompositePrimaryKey("trace_id", "key")
    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="metadata", db_index=False)


class TraceSpan(KeyedRow):
    """One step of a trace. content: the span of OpenTelemetry's protocol as JSON text, kept as it came."""

    pk = models.CompositePrimaryKey("trace_id", "span_id")
    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="spans", db_index=False)
    span_id = models.CharField(max_length=16)
    started_ns = models.BigIntegerField()
    content = models.TextField()

    def __str__(self) -> str:
        return self.span_id
