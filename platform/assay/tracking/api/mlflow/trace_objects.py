"""Traces as the protocol's objects, and its texts for times and states."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from assay.core.errors import Invalid
from assay.tracking.api.mlflow import trace_bodies as bodies
from assay.tracking.api.mlflow.errors import unfit
from assay.tracking.api.mlflow.parse import choice_of, require
from assay.tracking.api.mlflow.serialize import Json
from assay.tracking.api.mlflow.words import TRACE_NAME, find_run_id, to_wire_uri
from assay.tracking.domain.instants import floor_to_millisecond, milliseconds_of
from assay.tracking.domain.states import TraceState
from assay.tracking.domain.traces import TraceRecord, TraceView

SOURCE_RUN = "mlflow.sourceRun"
ARTIFACTS = "mlflow.artifactLocation"
SPANS = "mlflow.trace.spansLocation"
OURS = (ARTIFACTS, SPANS)
"""Tags by which the server tells the client where spans lie; the client's own word on it does not count."""

WORDS = {
    TraceState.UNSPECIFIED: "STATE_UNSPECIFIED",
    TraceState.OK: "OK",
    TraceState.ERROR: "ERROR",
    TraceState.IN_PROGRESS: "IN_PROGRESS",
}
OLD_WORDS = {**WORDS, TraceState.UNSPECIFIED: "TRACE_STATUS_UNSPECIFIED"}
_DURATION = re.compile(r"(\d{1,15})(?:\.(\d{1,9}))?s")


def read_info(info: bodies.TraceInfo) -> TraceRecord:
    """raises: Invalid naming the field."""
    tags = {key: value for key, value in info.tags.items() if key not in OURS}
    return TraceRecord(
        trace_id=require(info.trace_id, "trace.trace_info.trace_id"),
        state=read_state(info.state, WORDS, "trace.trace_info.state"),
        started_at=_read_instant(require(info.request_time, "trace.trace_info.request_time")),
        duration_ms=_read_duration(info.execution_duration),
        name=tags.pop(TRACE_NAME, ""),
        run_id=find_run_id(info.trace_metadata.get(SOURCE_RUN, "")),
        client_request_id=info.client_request_id or "",
        request_preview=info.request_preview or "",
        response_preview=info.response_preview or "",
        metadata=info.trace_metadata,
        tags=tags,
        assessments=info.assessments,
    )


def read_state(word: str | int | None, words: Mapping[TraceState, str], field: str) -> TraceState:
    states = {text: state for state, text in words.items()}
    chosen = choice_of(word, dict(enumerate(words.values())), field)
    return TraceState.UNSPECIFIED if chosen is None else states[chosen]


def write_info(trace: TraceView) -> Json:
    record = trace.record
    info: Json = {
        "trace_id": record.trace_id,
        "trace_location": {
            "type": "MLFLOW_EXPERIMENT",
            "mlflow_experiment": {"experiment_id": str(trace.experiment_number)},
        },
        "request_time": record.started_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "state": WORDS[record.state],
        "trace_metadata": dict(record.metadata),
        "tags": _tags(trace),
    }
    if record.duration_ms is not None:
        info["execution_duration"] = f"{record.duration_ms // 1000}.{record.duration_ms % 1000:03d}s"
    optional: Json = {
        "client_request_id": record.client_request_id,
        "request_preview": record.request_preview,
        "response_preview": record.response_preview,
        "assessments": list(record.assessments),
    }
    return info | {name: value for name, value in optional.items() if value}


def write_trace(trace: TraceView, spans: Sequence[str]) -> Json:
    """spans: JSON texts, passed on as they are."""
    return {"trace_info": write_info(trace), "spans": [msgspec.Raw(span.encode()) for span in spans]}


def write_old_info(trace: TraceView) -> Json:
    record = trace.record
    info: Json = {
        "request_id": record.trace_id,
        "experiment_id": str(trace.experiment_number),
        "timestamp_ms": milliseconds_of(record.started_at),
        "status": OLD_WORDS[record.state],
        "request_metadata": [{"key": key, "value": value} for key, value in record.metadata.items()],
        "tags": [{"key": key, "value": value} for key, value in _tags(trace).items()],
    }
    return info if record.duration_ms is None else info | {"execution_time_ms": record.duration_ms}


def _tags(trace: TraceView) -> dict[str, str]:
    tags = {**trace.record.tags, ARTIFACTS: to_wire_uri(trace.artifact_uri)}
    if trace.record.name:
        tags[TRACE_NAME] = trace.record.name
    if trace.has_spans:
        tags[SPANS] = "TRACKING_STORE"
    return tags


def _read_instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None or instant.year < 1970:
            raise unfit("trace.trace_info.request_time", text)
        return floor_to_millisecond(instant.astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise unfit("trace.trace_info.request_time", text) from error


def _read_duration(text: str | None) -> int | None:
    if not text:
        return None
    found = _DURATION.fullmatch(text)
    if found is None:
        raise Invalid(f"execution_duration is seconds with an `s`, as `1.250s`, not {text[:40]!r}.", field="execution_duration")
    seconds, fraction = found.groups()
    return int(seconds) * 1000 + int((fraction or "").ljust(3, "0")[:3])
