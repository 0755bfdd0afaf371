"""Searches by the stock client, in every form of the grammar."""

from typing import Any

import pytest

from tests.plugins.stack import Stack
from tests.wire.mlflow_client import run_script

FOUND = {
    "metrics.acc > 0.6": "beta",
    "metric.acc >= 0.5 AND metrics.acc < 0.9": "alpha",
    "metrics.`val loss` = 3": "alpha",
    'metrics."m/1" != 2': "alpha",
    "metrics.nan != 5": "gamma beta",
    "metrics.nan > 0": "gamma",
    "params.lr = '0.1'": "alpha",
    "param.lr != '0.1'": "beta",
    'parameters.`a b` = "x"': "alpha",
    "params.kernel LIKE 'R%'": "beta",
    "params.kernel LIKE 'r%'": "",
    "params.kernel ILIKE 'r_f'": "beta",
    'params.quote = "it\'s 100% sure"': "gamma",
    "tags.team = 'g'": "gamma",
    "tag.`mlflow.note.content` LIKE '%ta'": "delta beta",
    "tags.mlflow.runName = 'beta'": "beta",
    "tags.only IS NULL": "delta gamma beta",
    "tags.only IS NOT NULL": "alpha",
    "attributes.status = 'FINISHED'": "delta alpha",
    "attribute.status != 'FINISHED' and params.lr = '0.2'": "beta",
    "attr.run_name ILIKE '%TA'": "delta beta",
    "run_name IN ('alpha')": "alpha",
    "run_id IN ('ALPHA', 'GAMMA')": "gamma alpha",
    "attributes.run_id NOT IN ('ALPHA', 'GAMMA')": "delta beta",
    "start_time > 1700000000001": "delta gamma",
    "end_time <= 1700000100000": "alpha",
    "created = 1700000000002": "gamma",
    "datasets.name = 'iris'": "delta",
    "dataset.name LIKE 'w%' AND dataset.context = 'testing'": "delta",
    "datasets.digest IN ('DIGEST', 'other')": "delta",
    "datasets.name = 'absent'": "",
}
ORDERED = {
    "metrics.acc": "alpha beta delta gamma",
    "metrics.acc DESC": "beta alpha delta gamma",
    "metrics.nan ASC": "gamma beta delta alpha",
    "metrics.nan DESC": "gamma beta delta alpha",
    "params.lr DESC, run_name": "beta alpha delta gamma",
    "tags.team": "alpha beta delta gamma",
    "attributes.start_time ASC": "alpha beta gamma delta",
    "end_time DESC": "delta gamma beta alpha",
    "status, start_time DESC": "beta delta alpha gamma",
}


@pytest.fixture(scope="module")
def facts(live: Stack, client: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("searches")
    return run_script("searches", url=live.url, token=live.token, folder=folder, client=client)


def test_every_form_of_a_search_finds_its_runs(facts: dict[str, Any]) -> None:
    assert facts["filters"] == FOUND


def test_every_order_puts_what_is_missing_last_and_the_newest_first_among_equals(facts: dict[str, Any]) -> None:
    assert facts["orders"] == ORDERED


def test_a_search_that_says_nothing_is_refused(facts: dict[str, Any]) -> None:
    assert set(facts["bad"]) == {"INVALID_PARAMETER_VALUE"}
    assert facts["twice"] == "INVALID_PARAMETER_VALUE"


def test_data_sets_are_inputs_of_the_run_with_their_context(facts: dict[str, Any]) -> None:
    assert facts["inputs"] == [["iris", "training"], ["wine", "testing"]]


def test_a_search_may_look_at_all_experiments(facts: dict[str, Any]) -> None:
    assert facts["frame"] >= 1
