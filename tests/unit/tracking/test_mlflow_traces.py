"""Traces through the MLflow protocol: told in any order, searched, tagged, deleted."""

import gzip
import itertools
from typing import Any

import pytest
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from tests.unit.tracking.rest import Refusal, Rest

NEW = "/api/3.0/mlflow/traces"
START_NS = 1_700_000_000_000_000_000
_numbers = itertools.count(1)


def _info(trace_id: str, **info: Any) -> dict[str, Any]:
    return {
        "trace_id": trace_id,
        "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}},
        "request_time": "2023-11-14T22:13:20.123456789Z",
        "execution_duration": "1.250s",
        "state": "OK",
        "trace_metadata": {"mlflow.user": "ada"},
        "tags": {"mlflow.traceName": "predict", "team": "vision"},
        **info,
    }


def _tell(rest: Rest, trace_id: str = "", **info: Any) -> dict[str, Any]:
    trace_id = trace_id or f"tr-{next(_numbers):032x}"
    told: dict[str, Any] = rest.post(NEW, trace={"trace_info": _info(trace_id, **info)})["trace"]["trace_info"]
    return told


def _spans(trace_number: int, *, ended: bool = True, failed: bool = False) -> bytes:
    """A root and a child below it."""
    request = ExportTraceServiceRequest()
    for number in (1, 2):
        span = request.resource_spans.add().scope_spans.add().spans.add()
        span.trace_id, span.span_id = trace_number.to_bytes(16, "big"), number.to_bytes(8, "big")
        span.parent_span_id = b"" if number == 1 else (1).to_bytes(8, "big")
        span.name = ("predict", "tokenize")[number - 1]
        span.start_time_unix_nano = START_NS + number
        span.end_time_unix_nano = START_NS + 2_500_000_000 if ended else 0
        span.status.code = Status.STATUS_CODE_ERROR if failed else Status.STATUS_CODE_OK
        attribute = span.attributes.add()
        attribute.key, attribute.value.string_value = "mlflow.spanInputs", '{"text": "a\\u0000b ✓"}'
    body: bytes = request.SerializeToString()
    return body


def _export(client: Client, rest: Rest, body: bytes, **headers: str) -> Any:
    sent = {**rest.headers, "X-MLflow-Experiment-Id": "0", **headers}
    return client.post("/v1/traces", body, content_type="application/x-protobuf", headers=sent)


def test_a_trace_is_read_back_as_it_was_told(rest: Rest) -> None:
    told = _tell(
        rest, client_request_id="42", request_preview="a", response_preview="b", assessments=[{"assessment_name": "x"}]
    )
    read = rest.get(f"{NEW}/{told['trace_id']}")["trace"]["trace_info"]
    assert read == told
    assert (read["request_time"], read["execution_duration"]) == ("2023-11-14T22:13:20.123Z", "1.250s")
    assert read["trace_location"]["mlflow_experiment"] == {"experiment_id": "0"}
    assert read["tags"] == {
        "mlflow.traceName": "predict",
        "team": "vision",
        "mlflow.artifactLocation": f"mlflow-artifacts:/0/traces/{told['trace_id']}/artifacts",
    }
    assert (read["client_request_id"], read["assessments"]) == ("42", [{"assessment_name": "x"}])


@pytest.mark.parametrize("spans_first", [True, False])
def test_spans_and_the_trace_may_be_told_in_any_order(rest: Rest, client: Client, spans_first: bool) -> None:
    number = next(_numbers)
    trace_id = f"tr-{number:032x}"
    acts = [lambda: _export(client, rest, _spans(number)), lambda: _tell(rest, trace_id, state="ERROR")]
    for act in acts if spans_first else reversed(acts):
        act()
    trace = rest.get(f"{NEW}/get", trace_id=trace_id)["trace"]
    assert trace["trace_info"]["state"] == "ERROR"
    assert trace["trace_info"]["tags"]["mlflow.trace.spansLocation"] == "TRACKING_STORE"
    assert [span["name"] for span in trace["spans"]] == ["predict", "tokenize"]
    assert trace["spans"][0]["attributes"][0]["value"]["string_value"] == '{"text": "a\\u0000b ✓"}'


def test_spans_alone_make_a_trace_that_ends_with_its_root(rest: Rest, client: Client) -> None:
    number = next(_numbers)
    for ended, failed, state in ((False, False, "IN_PROGRESS"), (True, True, "ERROR")):
        response = _export(
            client, rest, gzip.compress(_spans(number, ended=ended, failed=failed)), **{"Content-Encoding": "gzip"}
        )
        assert (response.status_code, response["Content-Type"]) == (200, "application/x-protobuf")
        info = rest.get(f"{NEW}/tr-{number:032x}")["trace"]["trace_info"]
        assert (info["state"], info["tags"]["mlflow.traceName"]) == (state, "predict")
    assert info["execution_duration"] == "2.499s"
    assert len(rest.get(f"{NEW}/get", trace_id=info["trace_id"])["trace"]["spans"]) == 2


@pytest.mark.parametrize(
    ("body", "headers", "message"),
    [
        (b"\xff\xff\xff", {}, "Invalid OpenTelemetry format"),
        (b"\x0a\x00", {}, "no spans found"),
        (_spans(1), {"X-MLflow-Experiment-Id": "77"}, "No Experiment with id=77 exists"),
        (_spans(1), {"X-MLflow-Experiment-Id": ""}, "Missing value for required parameter 'experiment_id'"),
        (_spans(1), {"Authorization": "Bearer x"}, "token"),
    ],
)
def test_spans_that_cannot_be_read_are_refused(
    rest: Rest, client: Client, body: bytes, headers: dict[str, str], message: str
) -> None:
    response = _export(client, rest, body, **headers)
    assert response.status_code in (400, 401, 404)
    assert message in response.json()["message"]


def test_old_clients_start_and_end_a_trace(rest: Rest) -> None:
    run_id = rest.start_run()
    metadata = [{"key": "mlflow.sourceRun", "value": run_id}]
    started = rest.post(
        "traces", experiment_id="0", timestamp_ms=5_000, request_metadata=metadata, tags=[{"key": "a", "value": "1"}]
    )["trace_info"]
    assert (started["status"], started["timestamp_ms"]) == ("IN_PROGRESS", 5_000)
    tags = [{"key": "mlflow.traceName", "value": "f"}]
    ended = rest.patch(f"traces/{started['request_id']}", timestamp_ms=5_250, status="OK", tags=tags)["trace_info"]
    assert (ended["status"], ended["execution_time_ms"]) == ("OK", 250)
    assert rest.get(f"traces/{started['request_id']}/info")["trace_info"] == ended
    assert {tag["key"]: tag["value"] for tag in ended["tags"]} == {
        "a": "1",
        "mlflow.traceName": "f",
        "mlflow.artifactLocation": f"mlflow-artifacts:/0/traces/{started['request_id']}/artifacts",
    }
    assert rest.get("traces", experiment_ids=["0"], filter=f"attribute.run_id = '{run_id}'")["traces"] == [ended]


def test_spans_may_lie_beside_the_artifacts_of_the_experiment(rest: Rest, settings: Any, tmp_path: Any) -> None:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path)
    for trace_id in (
        _tell(rest)["trace_id"],
        rest.post("traces", timestamp_ms=1, experiment_id="0")["trace_info"]["request_id"],
    ):
        path = f"/api/2.0/mlflow-artifacts/artifacts/0/traces/{trace_id}/artifacts/traces.json"
        assert rest.send("PUT", path, b'{"spans": []}') == {}
        assert rest.client.get(path, headers=dict(rest.headers)).getvalue() == b'{"spans": []}'
        with pytest.raises(Refusal, match=r"Trace with ID 0+ is not found"):
            rest.send("PUT", path.replace(trace_id, "0" * 32), b"{}")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", True),
        ("status = 'OK' AND name = 'predict'", True),
        ("trace.status IN ('ERROR', 'IN_PROGRESS')", False),
        ("tags.team = 'vision' AND tags.`mlflow.traceName` LIKE 'pre%'", True),
        ("tag.team ILIKE 'SPEECH'", False),
        ("metadata.`mlflow.user` = 'ada'", True),
        ("request_metadata.`mlflow.user` != 'ada'", False),
        ("tags.absent IS NULL", True),
        ("execution_time_ms > 1000 AND timestamp_ms >= 1700000000123", True),
        ("end_time <= 1700000001373 AND end_time_ms > 1700000001372", True),
        ("execution_time < 1000", False),
    ],
)
def test_traces_are_searched(rest: Rest, search: str, found: bool) -> None:
    told = _tell(rest)
    locations = [told["trace_location"]]
    traces = rest.post(f"{NEW}/search", locations=locations, filter=search).get("traces", [])
    assert traces == ([told] if found else [])


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("span.name = 'tokenize'", True),
        ("span.name LIKE 'token%' AND span.status = 'OK'", True),
        ("span.name IN ('tokenize', 'x') AND span.type != 'CHAIN'", False),
        ("span.name = 'predict' AND span.type = 'CHAIN' AND status = 'OK'", True),
        ("span.name = 'tokenize' AND span.type = 'CHAIN'", False),
        ("span.type NOT IN ('CHAIN')", False),
        ("span.status = 'ERROR'", False),
        ("span.attributes.kind = 'test'", True),
        ("span.attributes.`a b` ILIKE 'TEXT ✓'", True),
        ("span.attributes.tokens = '7'", True),
        ("span.attributes.kind != 'test'", False),
        ("span.attributes.`$.x\"` = 'test'", False),
        ("span.content LIKE '%✓%'", True),
        ("text ILIKE '%TOKENIZE%' AND name = 'predict'", True),
        ("trace.text LIKE '%nowhere%'", False),
    ],
)
def test_traces_are_searched_by_one_of_their_spans(rest: Rest, client: Client, search: str, found: bool) -> None:
    number = next(_numbers)
    request = ExportTraceServiceRequest()
    request.ParseFromString(_spans(number))
    root = request.resource_spans[0].scope_spans[0].spans[0]
    for key, value in (("mlflow.spanType", '"CHAIN"'), ("kind", '"test"'), ("a b", "text ✓")):
        attribute = root.attributes.add()
        attribute.key, attribute.value.string_value = key, value
    attribute = root.attributes.add()
    attribute.key, attribute.value.int_value = "tokens", 7
    _export(client, rest, request.SerializeToString())
    _tell(rest)
    traces = rest.post(f"{NEW}/search", locations=[_info("x")["trace_location"]], filter=search).get("traces", [])
    assert [trace["trace_id"] for trace in traces] == ([f"tr-{number:032x}"] if found else [])


@pytest.mark.parametrize(
    ("search", "status", "message"),
    [
        ("feedback.correctness = 'yes'", 501, "Searches by feedback are not offered"),
        ("expectation.answer > 0.5", 501, "Searches by expectation are not offered"),
        ("issue.id = 'x'", 501, "Searches by issue are not offered"),
        ("prompt = 'name/1'", 501, "Searches by prompt are not offered"),
        ("span.colour = 'red'", 400, "content, name, status, type, attributes.<key> of a span"),
        ("span.attributes. = 'red'", 400, "cannot be read"),
        ("span.attributes.`a\x00` = 'red'", 400, "of a span"),
        ("span.name > 1", 400, "for span.name"),
    ],
)
def test_a_search_for_what_is_not_kept_says_so(rest: Rest, search: str, status: int, message: str) -> None:
    with pytest.raises(Refusal, match=message) as refused:
        rest.post(f"{NEW}/search", locations=[_info("x")["trace_location"]], filter=search)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("field", "expected"),
    [("execution_time_ms", [10, 2, 1]), ("timestamp_ms", [2, 10, 1]), ("name", [1, 10, 2]), ("tags.order", [2, 1, 10])],
)
def test_traces_are_ordered_and_paged(rest: Rest, field: str, expected: list[int]) -> None:
    for seconds, minute, name, order in ((1, 1, "c", "b"), (2, 3, "a", "c"), (10, 2, "b", "a")):
        _tell(
            rest,
            execution_duration=f"{seconds}s",
            request_time=f"2024-01-01T00:0{minute}:00Z",
            tags={"mlflow.traceName": name, "order": order},
        )
    seen: list[int] = []
    token = ""
    for _ in range(3):
        page = rest.post(
            f"{NEW}/search",
            locations=[_info("x")["trace_location"]],
            order_by=[f"{field} DESC"],
            max_results=1,
            page_token=token,
        )
        seen += [round(float(trace["execution_duration"].removesuffix("s"))) for trace in page["traces"]]
        token = page.get("next_page_token", "")
    assert (seen, token) == (expected, "")


def test_tags_are_set_renamed_and_deleted(rest: Rest) -> None:
    path = f"{NEW}/{_tell(rest)['trace_id']}"
    rest.patch(f"{path}/tags", key="team", value="speech")
    rest.patch(path.replace("3.0", "2.0") + "/tags", key="mlflow.traceName", value="other")
    rest.delete(f"{path}/tags", key="mlflow.traceName")
    with pytest.raises(Refusal, match=r"No tag with name: mlflow\.traceName"):
        rest.delete(f"{path}/tags", key="mlflow.traceName")
    with pytest.raises(Refusal, match="is immutable and cannot be set on a trace"):
        rest.patch(f"{path}/tags", key="mlflow.trace.spansLocation", value="x")
    tags = rest.get(path)["trace"]["trace_info"]["tags"]
    assert {key: value for key, value in tags.items() if key != "mlflow.artifactLocation"} == {"team": "speech"}
    rest.delete(f"{path}/tags", key="team")
    with pytest.raises(Refusal, match="No tag with name: team"):
        rest.delete(f"{path}/tags", key="team")


def test_traces_are_deleted_by_name_or_by_age(rest: Rest) -> None:
    ids = [_tell(rest, request_time=f"2024-01-01T00:0{minute}:00Z")["trace_id"] for minute in range(4)]
    old = {"experiment_id": "0", "max_timestamp_millis": 1_704_067_320_000}
    assert rest.post("traces/delete-traces", **old, max_traces=1) == {"traces_deleted": 1}
    assert rest.post(f"{NEW}/delete-traces", experiment_id="0", request_ids=[ids[3]]) == {"traces_deleted": 1}
    left = rest.post(f"{NEW}/batchGetInfos", trace_ids=ids)["trace_infos"]
    assert [info["trace_id"] for info in left] == ids[1:3]
    assert rest.post("traces/delete-traces", **old) == {"traces_deleted": 2}
    for body, message in (
        ({}, "Either `max_timestamp_millis` or `trace_ids` must be specified."),
        ({"max_timestamp_millis": 1, "request_ids": ["a"]}, "Only one of"),
        ({"max_traces": 1, "request_ids": ["a"]}, "can't be specified"),
        ({"max_timestamp_millis": 1, "max_traces": 0}, "must be a positive integer"),
    ):
        with pytest.raises(Refusal) as refused:
            rest.post("traces/delete-traces", experiment_id="0", **body)
        assert message in refused.value.message


@pytest.mark.parametrize(
    ("info", "message"),
    [
        ({"request_time": "yesterday"}, "trace.trace_info.request_time"),
        ({"request_time": "1969-01-01T00:00:00Z"}, "trace.trace_info.request_time"),
        ({"execution_duration": "soon"}, "execution_duration is seconds"),
        ({"execution_duration": f"{10**12}s"}, "A trace takes"),
        ({"state": "FINE"}, "trace.trace_info.state"),
        ({"tags": {"../up": "x"}}, "not a plain relative path"),
        ({"tags": {"k": "v" * 8_001}}, "the limit is 8000"),
        ({"trace_metadata": {"k": "a\x00"}}, "NUL"),
        ({"assessments": [{"rationale": "a\x00"}]}, "NUL"),
        ({"trace_id": "a/../b"}, "A trace's id is"),
        ({"trace_location": None}, "Missing value for required parameter 'experiment_id'"),
    ],
)
def test_what_cannot_be_told_of_a_trace_is_refused(rest: Rest, info: dict[str, Any], message: str) -> None:
    with pytest.raises(Refusal) as refused:
        _tell(rest, **info)
    assert message in refused.value.message
    assert (refused.value.status, refused.value.error_code) == (400, "INVALID_PARAMETER_VALUE")


def test_a_stranger_finds_no_trace(rest: Rest, stranger: Rest) -> None:
    trace_id = _tell(rest)["trace_id"]
    for act in (
        lambda: stranger.get(f"{NEW}/{trace_id}"),
        lambda: stranger.get(f"{NEW}/get", trace_id=trace_id),
        lambda: stranger.patch(f"{NEW}/{trace_id}/tags", key="k", value="v"),
        lambda: stranger.patch(f"traces/{trace_id}", timestamp_ms=1, status="OK"),
    ):
        with pytest.raises(Refusal, match="is not found") as refused:
            act()
        assert refused.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    assert stranger.post(f"{NEW}/batchGetInfos", trace_ids=[trace_id]) == {}
    assert stranger.post(f"{NEW}/search", locations=[_info("x")["trace_location"]]) == {}
    assert _tell(stranger, trace_id)["trace_id"] == trace_id


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/3.0/mlflow/scorers/register"),
        ("GET", "/api/3.0/mlflow/gateway/endpoints/list"),
        ("POST", "/api/3.0/mlflow/prompt-optimization/jobs"),
        ("POST", "/api/3.0/mlflow/traces/tr-1/assessments"),
        ("POST", "/api/2.0/mlflow/traces/link-to-run"),
        ("GET", "/ajax-api/3.0/mlflow/datasets/d-1"),
    ],
)
def test_what_is_not_offered_says_so(rest: Rest, method: str, path: str) -> None:
    with pytest.raises(Refusal) as refused:
        rest.send(method, path, {})
    assert (refused.value.status, refused.value.error_code) == (501, "NOT_IMPLEMENTED")
    assert refused.value.message == f"{method} {path} is not offered by Assay."
