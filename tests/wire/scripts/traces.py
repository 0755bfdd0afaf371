"""Traced functions, with the decorator and by hand, read back by the client."""

import json
import sys
from contextlib import suppress

import mlflow
from mlflow import MlflowClient

client = MlflowClient()
EXPERIMENT = f"wire: traces {mlflow.__version__}"
mlflow.set_experiment(EXPERIMENT)


@mlflow.trace(name="predict", span_type="CHAIN", attributes={"kind": "test"})
def predict(text: str) -> dict[str, int]:
    with mlflow.start_span(name="tokenize") as span:
        span.set_inputs({"text": text})
        span.set_outputs({"tokens": text.split()})
    if not text:
        raise ValueError("nothing to predict from")
    return {"length": len(text)}


def search(**options: object) -> list[object]:
    return mlflow.search_traces(return_type="list", **options) if NEW else list(CLIENT_SEARCH(**options))


NEW = int(mlflow.__version__.split(".")[0]) >= 3
experiment_id = mlflow.get_experiment_by_name(EXPERIMENT).experiment_id


def CLIENT_SEARCH(**options: object) -> object:  # noqa: N802
    return client.search_traces([experiment_id], **options)


with mlflow.start_run() as run:
    predict("hello ✓ world")
with suppress(ValueError):
    predict("")
if NEW:
    mlflow.flush_trace_async_logging()

facts: dict[str, object] = {}
found = search()
by_state = {str(getattr(trace.info, "state", None) or trace.info.status).split(".")[-1]: trace for trace in found}
facts["states"] = sorted(by_state)
good = by_state["OK"]
trace_id = getattr(good.info, "trace_id", None) or good.info.request_id
trace = mlflow.get_trace(trace_id) if NEW else client.get_trace(trace_id)
facts["spans"] = [[span.name, span.inputs, span.outputs] for span in trace.data.spans]
facts["root_type"] = trace.data.spans[0].span_type
facts["root_attribute"] = trace.data.spans[0].attributes["kind"]
facts["failed"] = [event.name for event in by_state["ERROR"].data.spans[0].events]
facts["of_run"] = len(search(filter_string=f"attribute.run_id = '{run.info.run_id}'"))

client.set_trace_tag(trace_id, "team", "vision")
client.set_trace_tag(trace_id, "doomed", "x")
client.delete_trace_tag(trace_id, "doomed")
tagged = search(
    filter_string="tags.team = 'vision' AND trace.status = 'OK'" if NEW else "tag.team = 'vision' AND status = 'OK'"
)
facts["tagged"] = [getattr(trace.info, "trace_id", None) or trace.info.request_id for trace in tagged] == [trace_id]
facts["tags"] = {key: value for key, value in tagged[0].info.tags.items() if not key.startswith("mlflow.")}
if NEW:
    by_span = "span.name = 'tokenize' AND span.attributes.`mlflow.spanType` = 'UNKNOWN' AND trace.status = 'OK'"
    facts["by_span"] = [
        len(search(filter_string=text)) for text in (by_span, "span.type = 'CHAIN'", "text LIKE '%nothing to%'")
    ]
facts["ordered"] = len(search(order_by=["timestamp_ms DESC"], max_results=1))
facts["deleted"] = client.delete_traces(experiment_id, **({"trace_ids": [trace_id]} if NEW else {"request_ids": [trace_id]}))
facts["left"] = len(search())
if NEW:
    span = mlflow.start_span_no_context(name="by hand", inputs={"a": 1})
    child = mlflow.start_span_no_context(name="child", parent_span=span)
    child.end()
    span.end(outputs={"b": 2})
    mlflow.flush_trace_async_logging()
    by_hand = mlflow.get_trace(span.trace_id)
    facts["by_hand"] = [span.name for span in by_hand.data.spans]
else:
    span = client.start_trace("by hand", inputs={"a": 1})
    child = client.start_span("child", request_id=span.request_id, parent_id=span.span_id)
    client.end_span(child.request_id, child.span_id)
    client.end_trace(span.request_id, outputs={"b": 2})
    facts["by_hand"] = [span.name for span in client.get_trace(span.request_id).data.spans]
sys.stdout.write(json.dumps(facts))
