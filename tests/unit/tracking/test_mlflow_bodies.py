"""The forms in which clients of many ages and languages write one and the same request."""

import gzip
import json
import sys
from typing import Any

import pytest
from django.test import Client

from tests.unit.tracking.rest import API, Rest

GREATEST = sys.float_info.max


def _run(rest: Rest, run_id: str) -> Any:
    return rest.get("runs/get", run_id=run_id)["run"]


def test_camel_case_says_the_same_at_every_depth(rest: Rest) -> None:
    run_id = rest.start_run()
    dataset = {"name": "iris", "digest": "1", "sourceType": "code", "source": "{}"}
    rest.post("runs/log-inputs", runId=run_id, datasets=[{"tags": [{"key": "k", "value": "v"}], "dataset": dataset}])
    rest.post("runs/update", runId=run_id, endTime=5, runName="camel")
    run = _run(rest, run_id)
    assert run["inputs"]["dataset_inputs"][0]["dataset"]["source_type"] == "code"
    assert (run["info"]["run_name"], run["info"]["end_time"]) == ("camel", 5)


def test_null_says_no_more_than_leaving_out(rest: Rest) -> None:
    run_id = rest.start_run(run_name=None, tags=None, start_time=None)
    batch = {"run_id": run_id, "metrics": None, "params": [{"key": "p", "value": None}], "tags": None}
    rest.send("POST", "runs/log-batch", batch)
    assert _run(rest, run_id)["data"]["params"] == [{"key": "p", "value": ""}]
    assert rest.post("runs/search", experiment_ids=["0"], filter=None, order_by=None, page_token=None)["runs"]


def test_null_is_a_body_without_fields(rest: Rest) -> None:
    for body in (b"null", b'"{}"', b'"null"'):
        assert rest.send("POST", "runs/create", body)["run"]["info"]["experiment_id"] == "0"


def test_bare_nan_and_infinity_are_read(rest: Rest) -> None:
    run_id = rest.start_run()
    for key, word in (("a", "NaN"), ("b", "-Infinity")):
        body = f'{{"run_id": "{run_id}", "key": "{key}", "value": {word}, "timestamp": 1}}'
        rest.send("POST", "runs/log-metric", body.encode())
    values = {metric["key"]: metric["value"] for metric in _run(rest, run_id)["data"]["metrics"]}
    assert values == {"a": "NaN", "b": -GREATEST}


def test_whole_numbers_may_be_texts_or_have_a_point(rest: Rest) -> None:
    run_id = rest.start_run(start_time="1000")
    rest.send("POST", "runs/log-metric", f'{{"run_id": "{run_id}", "key": "a", "value": "1.5", "timestamp": 7.0}}'.encode())
    assert _run(rest, run_id)["data"]["metrics"] == [{"key": "a", "value": 1.5, "timestamp": 7, "step": 0}]


@pytest.mark.parametrize("status", ["FINISHED", 3, "3"])
def test_words_of_an_enumeration_may_be_their_numbers(rest: Rest, status: object) -> None:
    run_id = rest.start_run()
    assert rest.post("runs/update", run_id=run_id, status=status)["run_info"]["status"] == "FINISHED"
    rest.post("runs/delete", run_id=run_id)
    assert len(rest.post("runs/search", experiment_ids=["0"], run_view_type=2)["runs"]) == 1
    assert rest.post("runs/search", experiment_ids=["0"], run_view_type="ACTIVE_ONLY") == {}


def test_gzipped_and_doubly_encoded_bodies_are_read(rest: Rest) -> None:
    once = json.dumps({"runName": "zipped"})
    zipped = gzip.compress(json.dumps(once).encode())
    run = rest.send("POST", "runs/create", zipped, **{"Content-Encoding": "gzip"})["run"]
    assert run["info"]["run_name"] == "zipped"


def test_the_web_pages_prefix_and_a_proxys_prefix_lead_to_the_same(rest: Rest, client: Client) -> None:
    run_id = rest.start_run()
    headers = dict(rest.headers)
    for path, environ in (
        (f"/ajax-api/2.0/mlflow/runs/get?run_id={run_id}", {}),
        (API + f"runs/get?run_id={run_id}", {"SCRIPT_NAME": "/ml"}),
    ):
        response = client.get(path, headers=headers, **environ)
        assert response.json()["run"]["info"]["run_id"] == run_id
