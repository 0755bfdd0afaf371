"""Keeping traces: a client tells of a trace as a whole, and of its spans, in any order and perhaps twice."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from assay.core.errors import Invalid
from assay.core.ids import new_id
from assay.tracking.domain.errors import TagNotFound, TraceNotFound
from assay.tracking.domain.instants import EPOCH, floor_to_millisecond, instant_of
from assay.tracking.domain.limits import (
    INT64,
    KEY_LENGTH,
    NAME_LENGTH,
    TAG_LENGTH,
    TRACE_DURATION_MS,
    TRACE_METADATA_LENGTH,
    TRACE_PREVIEW_LENGTH,
    check_key,
    check_length,
    check_trace_id,
)
from assay.tracking.domain.states import TraceState
from assay.tracking.domain.traces import SpanRecord, TraceDeletion, TraceRecord, TraceView
from assay.tracking.models import Run, Trace, TraceMetadata, TraceSpan, TraceTag
from assay.tracking.selectors.traces import get_trace
from assay.tracking.services.locks import share_experiment

Texts = TypeVar("Texts", TraceTag, TraceMetadata)


def record_trace(organization_id: UUID, *, experiment_id: UUID, record: TraceRecord) -> TraceView:
    """Store what a client tells of a whole trace; told again, the later word counts. Tags are added to those there.

    A run that does not exist is passed over. raises: ExperimentNotFound, NotActive, Invalid.
    """
    _check(record)
    with transaction.atomic():
        share_experiment(organization_id, experiment_id)
        trace = _lock_or_make(organization_id, experiment_id, record)
        trace.name = record.name or trace.name
        trace.run_id = _known_run(record.run_id)
        trace.client_request_id = record.client_request_id
        trace.state, trace.started_at, trace.duration_ms = record.state, record.started_at, record.duration_ms
        trace.request_preview, trace.response_preview = record.request_preview, record.response_preview
        trace.assessments = list(record.assessments)
        trace.is_described = True
        trace.save()
        _set_texts(TraceMetadata, trace, record.metadata)
        _set_texts(TraceTag, trace, record.tags)
    return get_trace(organization_id, record.trace_id)


def end_trace(
    organization_id: UUID,
    trace_id: str,
    *,
    state: TraceState,
    ended_at_ms: int,
    metadata: Mapping[str, str],
    tags: Mapping[str, str],
) -> TraceView:
    """The trace is over. raises: TraceNotFound, Invalid."""
    ended_at = instant_of(ended_at_ms, field="timestamp_ms")
    _check_texts(metadata, tags)
    with transaction.atomic():
        trace = _lock(organization_id, trace_id)
        trace.state = state
        trace.duration_ms = max((ended_at - trace.started_at) // timedelta(milliseconds=1), 0)
        trace.save(update_fields=["state", "duration_ms"])
        _set_texts(TraceMetadata, trace, metadata)
        _set_texts(TraceTag, trace, tags)
    return get_trace(organization_id, trace_id)


def log_spans(organization_id: UUID, *, experiment_id: UUID, spans: Sequence[SpanRecord], run_id: UUID | None = None) -> None:
    """Add spans to their traces, which are made when they are new. A span told again replaces itself.

    raises: ExperimentNotFound, NotActive, Invalid; then nothing is stored.
    """
    by_trace: dict[str, dict[str, SpanRecord]] = defaultdict(dict)
    for span in spans:
        _check_span(span)
        by_trace[span.trace_id][span.span_id] = span
    with transaction.atomic():
        share_experiment(organization_id, experiment_id)
        for trace_id in sorted(by_trace):
            _log_spans_of_one(organization_id, experiment_id, list(by_trace[trace_id].values()), run_id)


def set_trace_tag(organization_id: UUID, trace_id: str, *, key: str, value: str) -> None:
    """raises: TraceNotFound, Invalid."""
    _check_texts({}, {key: value})
    with transaction.atomic():
        _set_texts(TraceTag, _lock(organization_id, trace_id), {key: value})


def rename_trace(organization_id: UUID, trace_id: str, *, name: str) -> None:
    """raises: TraceNotFound, Invalid."""
    check_length(name, NAME_LENGTH, what="The name of a trace")
    with transaction.atomic():
        trace = _lock(organization_id, trace_id)
        trace.name = name
        trace.save(update_fields=["name"])


def delete_trace_tag(organization_id: UUID, trace_id: str, *, key: str) -> None:
    """raises: TraceNotFound, TagNotFound."""
    with transaction.atomic():
        trace = _lock(organization_id, trace_id)
        deleted, _ = TraceTag.objects.filter(trace_id=trace.id, key=key).delete()
        if not deleted:
            raise TagNotFound("trace", trace_id, key=key)


def delete_traces(organization_id: UUID, experiment_id: UUID, deletion: TraceDeletion) -> int:
    """Remove traces for good, the oldest first. returns: how many. raises: Invalid when it is not said which."""
    if bool(deletion.trace_ids) == (deletion.until is not None):
        raise Invalid("Name either traces, or the instant up to which they are deleted.", field="trace_ids")
    rows = Trace.objects.filter(organization_id=organization_id, experiment_id=experiment_id)
    rows = rows.filter(trace_id__in=deletion.trace_ids) if deletion.trace_ids else rows.filter(started_at__lte=deletion.until)
    with transaction.atomic():
        oldest = rows.order_by("started_at", "trace_id").values_list("id", flat=True)[: deletion.at_most]
        ids = list(oldest)
        Trace.objects.filter(id__in=ids).delete()
    return len(ids)


def _log_spans_of_one(organization_id: UUID, experiment_id: UUID, spans: list[SpanRecord], run_id: UUID | None) -> None:
    started_ns = min(span.started_ns for span in spans)
    record = TraceRecord(spans[0].trace_id, TraceState.IN_PROGRESS, floor_to_millisecond(_instant_of_ns(started_ns)))
    trace = _lock_or_make(organization_id, experiment_id, record)
    if not trace.is_described:
        _conclude(trace, spans, record, run_id)
    TraceSpan.objects.bulk_create(
        (
            TraceSpan(
                organization_id=organization_id,
                trace_id=trace.id,
                span_id=span.span_id,
                started_ns=span.started_ns,
                content=span.content,
            )
            for span in spans
        ),
        update_conflicts=True,
        unique_fields=["trace_id", "span_id"],
        update_fields=["started_ns", "content"],
    )


def _conclude(trace: Trace, spans: Sequence[SpanRecord], record: TraceRecord, run_id: UUID | None) -> None:
    """What the spans say about the trace, as long as nobody has told of it as a whole."""
    trace.started_at = min(trace.started_at, record.started_at)
    trace.run_id = _known_run(run_id) or trace.run_id
    root = next((span for span in spans if span.is_root), None)
    if root is not None:
        trace.name = root.name[:NAME_LENGTH]
        if root.ended_ns:
            trace.state = TraceState.ERROR if root.failed else TraceState.OK
            trace.duration_ms = min(max((root.ended_ns - root.started_ns) // 1_000_000, 0), TRACE_DURATION_MS)
    trace.save()


def _lock_or_make(organization_id: UUID, experiment_id: UUID, record: TraceRecord) -> Trace:
    Trace.objects.bulk_create(
        [
            Trace(
                id=new_id(),
                organization_id=organization_id,
                experiment_id=experiment_id,
                trace_id=record.trace_id,
                started_at=record.started_at,
            )
        ],
        ignore_conflicts=True,
    )
    return _lock(organization_id, record.trace_id)


def _lock(organization_id: UUID, trace_id: str) -> Trace:
    rows = Trace.objects.filter(organization_id=organization_id, trace_id=trace_id)
    trace = rows.select_for_update(no_key=True).first()
    if trace is None:
        raise TraceNotFound(trace_id)
    return trace


def _known_run(run_id: UUID | None) -> UUID | None:
    return run_id if run_id is not None and Run.objects.filter(id=run_id).exists() else None


def _set_texts(table: type[Texts], trace: Trace, texts: Mapping[str, str]) -> None:
    table.objects.bulk_create(
        [
            table(organization_id=trace.organization_id, trace_id=trace.id, key=key, value=value)
            for key, value in sorted(texts.items())
        ],
        update_conflicts=True,
        unique_fields=["trace_id", "key"],
        update_fields=["value"],
    )


def _check(record: TraceRecord) -> None:
    check_trace_id(record.trace_id)
    check_length(record.name, NAME_LENGTH, what="The name of a trace")
    check_length(record.client_request_id, NAME_LENGTH, what="The client's request id")
    for preview in (record.request_preview, record.response_preview):
        check_length(preview, TRACE_PREVIEW_LENGTH, what="The preview of a trace")
    if record.duration_ms is not None and not 0 <= record.duration_ms <= TRACE_DURATION_MS:
        raise Invalid(f"A trace takes 0 to {TRACE_DURATION_MS} ms, not {record.duration_ms}.", field="execution_duration")
    _check_assessments(record.assessments)
    _check_texts(record.metadata, record.tags)


def _check_assessments(assessments: Sequence[object]) -> None:
    try:
        text = json.dumps(list(assessments), allow_nan=False)
    except ValueError as error:
        raise Invalid(f"Assessments hold what cannot be stored: {error}.", field="assessments") from error
    if "\\u0000" in text:
        raise Invalid("Assessments hold the character NUL, which cannot be stored.", field="assessments")


def _check_texts(metadata: Mapping[str, str], tags: Mapping[str, str]) -> None:
    for kind, texts, limit in (("metadata", metadata, TRACE_METADATA_LENGTH), ("tag", tags, TAG_LENGTH)):
        for key, value in texts.items():
            check_key(key, kind=f"trace {kind}")
            check_length(key, KEY_LENGTH, what=f"The trace {kind} key")
            check_length(value, limit, what=f"The value of trace {kind} {key!r}")


def _check_span(span: SpanRecord) -> None:
    check_trace_id(span.trace_id)
    check_length(span.name, TRACE_PREVIEW_LENGTH, what="The name of a span")
    check_length(span.content, 2**30, what="A span")
    if span.started_ns not in INT64 or span.ended_ns not in INT64:
        raise Invalid("A span starts and ends in nanoseconds since 1970, in 64 bits.", field="start_time_unix_nano")


def _instant_of_ns(nanoseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=nanoseconds // 1_000)
