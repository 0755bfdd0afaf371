"""Reads of traces."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast

from assay.tracking.domain.artifacts import locate_trace
from assay.tracking.domain.errors import TraceNotFound
from assay.tracking.domain.search.clauses import Kind, OrderTerm
from assay.tracking.domain.search.parser import parse_order, parse_search
from assay.tracking.domain.search.vocabularies import TRACES
from assay.tracking.domain.states import TraceState
from assay.tracking.domain.traces import TracePage, TraceQuery, TraceRecord, TraceView
from assay.tracking.models import Trace, TraceMetadata, TraceSpan, TraceTag
from assay.tracking.selectors.filters import Attribute, Schema, compile_search, hex_of
from assay.tracking.selectors.keysets import SortKey, load_instant, load_number, load_text, sort_keys, take_page
from assay.tracking.selectors.span_clauses import match_spans

_DURATION = ExpressionWrapper(F("duration_ms") * Value(timedelta(milliseconds=1)), output_field=DurationField())
SCHEMA = Schema(
    attributes={
        "request_id": Attribute(F("trace_id")),
        "name": Attribute(F("name")),
        "status": Attribute(F("state")),
        "client_request_id": Attribute(F("client_request_id")),
        "run_id": Attribute(hex_of("run_id"), nullable=True),
        "experiment_id": Attribute(Cast("experiment__number", TextField())),
        "timestamp_ms": Attribute(F("started_at"), is_instant=True),
        "execution_time_ms": Attribute(F("duration_ms"), nullable=True),
        "end_time_ms": Attribute(
            ExpressionWrapper(F("started_at") + _DURATION, output_field=DateTimeField()), is_instant=True, nullable=True
        ),
    },
    rows={
        Kind.TAG: lambda key: TraceTag.objects.filter(trace_id=OuterRef("pk"), key=key),
        Kind.METADATA: lambda key: TraceMetadata.objects.filter(trace_id=OuterRef("pk"), key=key),
    },
    relations={Kind.TAG: "tags", Kind.METADATA: "metadata"},
)
NEWEST_FIRST = (SortKey(F("started_at"), load_instant, descending=True), SortKey(F("trace_id"), load_text))


def get_trace(organization_id: UUID, trace_id: str) -> TraceView:
    """raises: TraceNotFound."""
    views = list_traces_by_id(organization_id, [trace_id])
    if not views:
        raise TraceNotFound(trace_id)
    return views[0]


def list_traces_by_id(organization_id: UUID, trace_ids: Sequence[str]) -> list[TraceView]:
    """Those that exist, in the order asked for."""
    views = {view.record.trace_id: view for view in _view_traces(list(_all(organization_id).filter(trace_id__in=trace_ids)))}
    return [views[trace_id] for trace_id in dict.fromkeys(trace_ids) if trace_id in views]


def list_traces(organization_id: UUID, query: TraceQuery) -> TracePage:
    """raises: FilterRefused, PageTokenRefused."""
    keys = (*(_sort_key(term) for term in parse_order(query.order_by, TRACES)), *NEWEST_FIRST)
    rows = _all(organization_id).filter(experiment_id__in=query.experiment_ids)
    clauses = parse_search(query.filter, TRACES)
    of_trace = [clause for clause in clauses if clause.identifier.kind is not Kind.SPAN]
    rows = rows.filter(compile_search(of_trace, SCHEMA), match_spans(clauses))
    question = (query.experiment_ids, query.filter, query.order_by)
    found, next_page_token = take_page(rows, keys, limit=query.limit, page_token=query.page_token, question=question)
    return TracePage(tuple(_view_traces(found)), next_page_token)


def spans_of_traces(organization_id: UUID, trace_ids: Sequence[str]) -> dict[str, list[str]]:
    """JSON texts of the spans by trace, by their start; a trace without any has no entry."""
    rows = TraceSpan.objects.filter(organization_id=organization_id, trace__trace_id__in=trace_ids)
    spans: dict[str, list[str]] = defaultdict(list)
    for trace_id, content in rows.order_by("started_ns", "span_id").values_list("trace__trace_id", "content"):
        spans[trace_id].append(content)
    return spans


def _sort_key(term: OrderTerm) -> SortKey:
    if term.identifier.kind is Kind.ATTRIBUTE and term.identifier.key == "execution_time_ms":
        return SortKey(F("duration_ms"), load_number, descending=term.descending, nullable=True)
    return sort_keys([term], SCHEMA, ())[0]


def _all(organization_id: UUID) -> QuerySet[Trace]:
    spans = TraceSpan.objects.filter(trace_id=OuterRef("pk"))
    return Trace.objects.filter(organization_id=organization_id).select_related("experiment").annotate(has_spans=Exists(spans))


def _view_traces(rows: Sequence[Trace]) -> list[TraceView]:
    ids = [row.id for row in rows]
    tags, metadata = _texts_of(TraceTag, ids), _texts_of(TraceMetadata, ids)
    return [
        TraceView(
            TraceRecord(
                trace_id=row.trace_id,
                state=TraceState(row.state),
                started_at=row.started_at,
                duration_ms=row.duration_ms,
                name=row.name,
                run_id=row.run_id,
                client_request_id=row.client_request_id,
                request_preview=row.request_preview,
                response_preview=row.response_preview,
                metadata=metadata.get(row.id, {}),
                tags=tags.get(row.id, {}),
                assessments=row.assessments,
            ),
            experiment_number=row.experiment.number,
            artifact_uri=locate_trace(row.experiment.artifact_location, row.trace_id),
            has_spans=bool(getattr(row, "has_spans", False)),
        )
        for row in rows
    ]


def _texts_of(table: type[TraceTag] | type[TraceMetadata], ids: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    texts: dict[UUID, dict[str, str]] = defaultdict(dict)
    for trace_id, key, value in table.objects.filter(trace_id__in=ids).order_by("key").values_list("trace_id", "key", "value"):
        texts[trace_id][key] = value
    return texts
