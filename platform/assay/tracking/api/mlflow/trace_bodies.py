"""What requests about traces hold, in the third version of the protocol and in the second."""

from typing import Any

from msgspec import Struct, field

from assay.tracking.api.mlflow.bodies import Int64, Pair


class ExperimentLocation(Struct):
    experiment_id: str | None = None


class TraceLocation(Struct):
    type: str | int | None = None
    mlflow_experiment: ExperimentLocation | None = None


class TraceInfo(Struct):
    """request_time: RFC 3339. execution_duration: seconds with an `s`."""

    trace_id: str | None = None
    client_request_id: str | None = None
    trace_location: TraceLocation | None = None
    request_preview: str | None = None
    response_preview: str | None = None
    request_time: str | None = None
    execution_duration: str | None = None
    state: str | int | None = None
    trace_metadata: dict[str, str] = field(default_factory=dict)
    assessments: list[dict[str, Any]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)


class Trace(Struct):
    trace_info: TraceInfo | None = None


class StartTrace(Struct):
    trace: Trace | None = None


class OneTrace(Struct):
    trace_id: str | None = None
    allow_partial: bool | None = None


class SomeTraces(Struct):
    trace_ids: list[str] = field(default_factory=list)
    experiment_ids: list[str] | None = None


class SearchTraces(Struct):
    locations: list[TraceLocation] = field(default_factory=list)
    filter: str | None = None
    max_results: Int64 | None = None
    order_by: list[str] = field(default_factory=list)
    page_token: str | None = None


class DeleteTraces(Struct):
    experiment_id: str | None = None
    max_timestamp_millis: Int64 | None = None
    max_traces: Int64 | None = None
    request_ids: list[str] = field(default_factory=list)


class TagTrace(Struct):
    key: str | None = None
    value: str | None = None


class StartTraceV2(Struct):
    experiment_id: str | None = None
    timestamp_ms: Int64 | None = None
    request_metadata: list[Pair] = field(default_factory=list)
    tags: list[Pair] = field(default_factory=list)


class EndTraceV2(Struct):
    timestamp_ms: Int64 | None = None
    status: str | int | None = None
    request_metadata: list[Pair] = field(default_factory=list)
    tags: list[Pair] = field(default_factory=list)


class SearchTracesV2(Struct):
    experiment_ids: list[str] = field(default_factory=list)
    filter: str | None = None
    max_results: Int64 | None = None
    order_by: list[str] = field(default_factory=list)
    page_token: str | None = None
