"""traces*: version 2, of clients before 3: a trace is started, then ended, and its spans go up as an artifact."""

from assay.core.ids import new_id
from assay.tracking.api.mlflow import trace_bodies as bodies
from assay.tracking.api.mlflow.bodies import Nothing
from assay.tracking.api.mlflow.calls import Call, Wire, reads, writes
from assay.tracking.api.mlflow.experiments import find_experiment
from assay.tracking.api.mlflow.parse import pairs_of, require
from assay.tracking.api.mlflow.serialize import write_page
from assay.tracking.api.mlflow.trace_objects import OLD_WORDS, OURS, SOURCE_RUN, read_state, write_old_info
from assay.tracking.api.mlflow.traces import trace_query
from assay.tracking.api.mlflow.words import TRACE_NAME, find_run_id
from assay.tracking.domain.instants import instant_of
from assay.tracking.domain.states import TraceState
from assay.tracking.domain.traces import TraceRecord
from assay.tracking.selectors import traces as selectors
from assay.tracking.services import traces


@writes(bodies.StartTraceV2)
def start(call: Call, body: bodies.StartTraceV2) -> Wire:
    tags, metadata = _tags(body), pairs_of(body.request_metadata, "request_metadata")
    record = TraceRecord(
        trace_id=new_id().hex,
        state=TraceState.IN_PROGRESS,
        started_at=instant_of(require(body.timestamp_ms, "timestamp_ms"), field="timestamp_ms"),
        name=tags.pop(TRACE_NAME, ""),
        run_id=find_run_id(metadata.get(SOURCE_RUN, "")),
        metadata=metadata,
        tags=tags,
    )
    experiment = find_experiment(call, body.experiment_id)
    return {"trace_info": write_old_info(traces.record_trace(call.organization_id, experiment_id=experiment.id, record=record))}


@writes(bodies.EndTraceV2)
def end(call: Call, body: bodies.EndTraceV2, trace_id: str) -> Wire:
    tags = _tags(body)
    name = tags.pop(TRACE_NAME, "")
    if name:
        traces.rename_trace(call.organization_id, trace_id, name=name)
    trace = traces.end_trace(
        call.organization_id,
        trace_id,
        state=read_state(body.status, OLD_WORDS, "status"),
        ended_at_ms=require(body.timestamp_ms, "timestamp_ms"),
        metadata=pairs_of(body.request_metadata, "request_metadata"),
        tags=tags,
    )
    return {"trace_info": write_old_info(trace)}


@reads(Nothing)
def get_info(call: Call, body: Nothing, trace_id: str) -> Wire:
    return {"trace_info": write_old_info(selectors.get_trace(call.organization_id, trace_id))}


@reads(bodies.SearchTracesV2)
def search(call: Call, body: bodies.SearchTracesV2) -> Wire:
    experiment_ids = require(body.experiment_ids or None, "experiment_ids")
    page = selectors.list_traces(call.organization_id, trace_query(call, experiment_ids, body))
    return write_page("traces", map(write_old_info, page.traces), page.next_page_token)


def _tags(body: bodies.StartTraceV2 | bodies.EndTraceV2) -> dict[str, str]:
    return {key: value for key, value in pairs_of(body.tags, "tags").items() if key not in OURS}
