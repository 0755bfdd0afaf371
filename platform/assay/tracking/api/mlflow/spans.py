"""/v1/traces: spans by OpenTelemetry's own protocol (OTLP over HTTP, binary), as clients from 3.4 on and other tracers send them."""

import json

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from assay.accounts.domain.roles import Permission
from assay.core import tenancy
from assay.core.errors import Invalid
from assay.tracking.api.mlflow.calls import Call, admit
from assay.tracking.api.mlflow.confinement import confine_runs, confine_traces
from assay.tracking.api.mlflow.errors import guard, refuse_method
from assay.tracking.api.mlflow.experiments import find_experiment
from assay.tracking.api.mlflow.parse import read_content
from assay.tracking.api.mlflow.words import find_run_id
from assay.tracking.api.mlflow.workspace_names import find_named_team
from assay.tracking.domain.traces import SpanRecord
from assay.tracking.services.traces import log_spans

EXPERIMENT = "x-mlflow-experiment-id"
RUN = "x-mlflow-run-id"
BINARY = "application/x-protobuf"


def export(request: HttpRequest) -> HttpResponseBase:
    """All spans of the request are stored, or none."""
    if request.method != "POST":
        return guard(request, lambda: refuse_method(request, ["POST"]))
    return guard(request, lambda: _export(request))


def _export(request: HttpRequest) -> HttpResponse:
    principal = admit(request, Permission.TRACKING_WRITE)
    if request.content_type != BINARY:
        raise Invalid(f"Invalid Content-Type: {request.content_type}. Expected: {BINARY}.")
    spans = _read_spans(read_content(request))
    with tenancy.scope(principal.organization_id):
        call = Call(principal, find_named_team(request, principal.organization_id))
        experiment = find_experiment(call, request.headers.get(EXPERIMENT))
        run_id = find_run_id(request.headers.get(RUN, ""))
        confine_runs(call.organization_id, call.team_id, [run_id] if run_id else [])
        confine_traces(call.organization_id, call.team_id, list({span.trace_id for span in spans}))
        log_spans(principal.organization_id, experiment_id=experiment.id, spans=spans, run_id=run_id)
    return HttpResponse(b"", content_type=BINARY)


def _read_spans(content: bytes) -> list[SpanRecord]:
    message = ExportTraceServiceRequest()
    try:
        message.ParseFromString(content)
    except DecodeError as error:
        raise Invalid("Invalid OpenTelemetry format: the body is no ExportTraceServiceRequest.") from error
    spans = [span for resource in message.resource_spans for scope in resource.scope_spans for span in scope.spans]
    if not spans:
        raise Invalid("Invalid OpenTelemetry format - no spans found")
    return [_record(span) for span in spans]


def _record(span: Span) -> SpanRecord:
    if len(span.trace_id) != 16 or len(span.span_id) != 8:
        raise Invalid("Invalid OpenTelemetry format: a trace's id has 16 bytes, and a span's 8.")
    return SpanRecord(
        trace_id=f"tr-{span.trace_id.hex()}",
        span_id=span.span_id.hex(),
        is_root=not span.parent_span_id,
        name=span.name,
        started_ns=span.start_time_unix_nano,
        ended_ns=span.end_time_unix_nano,
        failed=span.status.code == Status.STATUS_CODE_ERROR,
        content=json.dumps(MessageToDict(span, preserving_proto_field_name=True)),
    )
