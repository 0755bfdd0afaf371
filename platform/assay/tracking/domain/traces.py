"""Traces: what code did in one execution, and its steps, the spans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from assay.tracking.domain.states import TraceState


@dataclass(frozen=True, slots=True)
class TraceRecord:
    """What a client tells of a trace. run_id: in which it happened. duration_ms: None while it goes on."""

    trace_id: str
    state: TraceState
    started_at: datetime
    duration_ms: int | None = None
    name: str = ""
    run_id: UUID | None = None
    client_request_id: str = ""
    request_preview: str = ""
    response_preview: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    assessments: Sequence[object] = ()


@dataclass(frozen=True, slots=True)
class SpanRecord:
    """A step of a trace. started_ns, ended_ns: nanoseconds since 1970; ended_ns 0 while it goes on. content: JSON text."""

    trace_id: str
    span_id: str
    is_root: bool
    name: str
    started_ns: int
    ended_ns: int
    failed: bool
    content: str


@dataclass(frozen=True, slots=True)
class TraceView:
    """record: as told. has_spans: they are kept here, and not only in the client's files."""

    record: TraceRecord
    experiment_number: int
    artifact_uri: str
    has_spans: bool


@dataclass(frozen=True, slots=True)
class TraceQuery:
    """As RunQuery; without order_by the newest come first."""

    experiment_ids: tuple[UUID, ...] = ()
    filter: str = ""
    order_by: tuple[str, ...] = ()
    limit: int = 100
    page_token: str = ""


@dataclass(frozen=True, slots=True)
class TracePage:
    traces: tuple[TraceView, ...]
    next_page_token: str | None


@dataclass(frozen=True, slots=True)
class TraceDeletion:
    """Which traces of an experiment go: those named, or the oldest up to an instant (inclusive), at most so many."""

    trace_ids: tuple[str, ...] = ()
    until: datetime | None = None
    at_most: int | None = None
