"""traces*: version 3, which tells of a trace when it is over, and the tags and deletion that both versions share."""

from assay.core.errors import Invalid
from assay.tracking.api.mlflow import trace_bodies as bodies
from assay.tracking.api.mlflow.bodies import Nothing
from assay.tracking.api.mlflow.calls import Call, Wire, reads, writes
from assay.tracking.api.mlflow.experiments import find_experiment, find_known_ids
from assay.tracking.api.mlflow.parse import limit_of, require
from assay.tracking.api.mlflow.serialize import write_page
from assay.tracking.api.mlflow.trace_objects import OURS, read_info, write_info, write_trace
from assay.tracking.api.mlflow.words import TRACE_NAME, translate_order, translate_search
from assay.tracking.domain.errors import TagNotFound
from assay.tracking.domain.instants import instant_of
from assay.tracking.domain.search.vocabularies import TRACES
from assay.tracking.domain.traces import TraceDeletion, TraceQuery, TraceView
from assay.tracking.selectors import traces as selectors
from assay.tracking.services import traces

DEFAULT_LIMIT = 100
HIGHEST_LIMIT = 500


@writes(bodies.StartTrace)
def start(call: Call, body: bodies.StartTrace) -> Wire:
    info = require(require(body.trace, "trace").trace_info, "trace.trace_info")
    place = info.trace_location.mlflow_experiment if info.trace_location else None
    experiment = find_experiment(call, place.experiment_id if place else None)
    trace = traces.record_trace(call.organization_id, experiment_id=experiment.id, record=read_info(info))
    return {"trace": {"trace_info": write_info(trace)}}


@reads(Nothing)
def get_info(call: Call, body: Nothing, trace_id: str) -> Wire:
    return {"trace": {"trace_info": write_info(selectors.get_trace(call.organization_id, trace_id))}}


@reads(bodies.OneTrace)
def get(call: Call, body: bodies.OneTrace) -> Wire:
    trace = selectors.get_trace(call.organization_id, require(body.trace_id, "trace_id"))
    return {"trace": _with_spans(call, [trace])[0]}


@reads(bodies.SomeTraces)
def get_batch(call: Call, body: bodies.SomeTraces) -> Wire:
    return write_page("traces", _with_spans(call, _chosen(call, body)), None)


@reads(bodies.SomeTraces)
def get_batch_infos(call: Call, body: bodies.SomeTraces) -> Wire:
    return write_page("trace_infos", map(write_info, _chosen(call, body)), None)


@reads(bodies.SearchTraces)
def search(call: Call, body: bodies.SearchTraces) -> Wire:
    require(body.locations or None, "locations")
    places = [location.mlflow_experiment for location in body.locations if location.mlflow_experiment]
    query = trace_query(call, [place.experiment_id or "" for place in places], body)
    page = selectors.list_traces(call.organization_id, query)
    return write_page("traces", map(write_info, page.traces), page.next_page_token)


def trace_query(call: Call, experiment_ids: list[str], body: bodies.SearchTraces | bodies.SearchTracesV2) -> TraceQuery:
    """raises: Invalid."""
    return TraceQuery(
        experiment_ids=find_known_ids(call, experiment_ids),
        filter=translate_search(body.filter, TRACES),
        order_by=translate_order(body.order_by, TRACES),
        limit=limit_of(body.max_results, default=DEFAULT_LIMIT, highest=HIGHEST_LIMIT),
        page_token=body.page_token or "",
    )


@writes(bodies.DeleteTraces)
def delete(call: Call, body: bodies.DeleteTraces) -> Wire:
    experiment = find_experiment(call, body.experiment_id)
    _check_deletion(body)
    until = body.max_timestamp_millis
    deletion = TraceDeletion(
        tuple(body.request_ids), None if until is None else instant_of(until, field="max_timestamp_millis"), body.max_traces
    )
    return {"traces_deleted": traces.delete_traces(call.organization_id, experiment.id, deletion)}


@writes(bodies.TagTrace)
def set_tag(call: Call, body: bodies.TagTrace, trace_id: str) -> Wire:
    key, value = _changeable(require(body.key, "key"), "set"), body.value or ""
    if key == TRACE_NAME:
        traces.rename_trace(call.organization_id, trace_id, name=value)
    else:
        traces.set_trace_tag(call.organization_id, trace_id, key=key, value=value)
    return {}


@writes(bodies.TagTrace)
def delete_tag(call: Call, body: bodies.TagTrace, trace_id: str) -> Wire:
    key = _changeable(require(body.key, "key"), "deleted")
    if key != TRACE_NAME:
        traces.delete_trace_tag(call.organization_id, trace_id, key=key)
        return {}
    if not selectors.get_trace(call.organization_id, trace_id).record.name:
        raise TagNotFound("trace", trace_id, key=key)
    traces.rename_trace(call.organization_id, trace_id, name="")
    return {}


def _changeable(key: str, change: str) -> str:
    if key in OURS:
        raise Invalid(f"Tag '{key}' is immutable and cannot be {change} on a trace.", field="key")
    return key


def _chosen(call: Call, body: bodies.SomeTraces) -> list[TraceView]:
    """experiment_ids: none given for any, an empty list for none."""
    trace_ids = require(body.trace_ids or None, "trace_ids")
    found = selectors.list_traces_by_id(call.organization_id, trace_ids)
    if body.experiment_ids is None:
        return found
    return [trace for trace in found if str(trace.experiment_number) in body.experiment_ids]


def _with_spans(call: Call, found: list[TraceView]) -> list[dict[str, object]]:
    spans = selectors.spans_of_traces(call.organization_id, [trace.record.trace_id for trace in found])
    return [write_trace(trace, spans.get(trace.record.trace_id, [])) for trace in found]


def _check_deletion(body: bodies.DeleteTraces) -> None:
    if body.max_timestamp_millis is None and not body.request_ids:
        raise Invalid("Either `max_timestamp_millis` or `trace_ids` must be specified.")
    if body.max_timestamp_millis is not None and body.request_ids:
        raise Invalid("Only one of `max_timestamp_millis` and `trace_ids` can be specified.")
    if body.max_traces is not None and body.request_ids:
        raise Invalid("`max_traces` can't be specified if `trace_ids` is specified.")
    if body.max_traces is not None and body.max_traces <= 0:
        raise Invalid(f"`max_traces` must be a positive integer, received {body.max_traces}.")
