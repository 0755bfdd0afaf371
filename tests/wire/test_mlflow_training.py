"""Training code with the stock MLflow client works unchanged."""

from pathlib import Path
from typing import Any

import pytest

from tests.plugins.stack import Stack
from tests.wire.mlflow_client import run_script


@pytest.fixture(scope="module")
def training(live: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run_script("training", url=live.url, token=live.token, folder=tmp_path_factory.mktemp("training"))


def test_five_lines_without_any_set_up_make_a_run_in_the_default_experiment(live: Stack, tmp_path: Path) -> None:
    facts = run_script("five_lines", url=live.url, token=live.token, folder=tmp_path)
    assert len(facts["run_id"]) == 32


def test_autologging_records_params_metrics_data_and_model(training: dict[str, Any]) -> None:
    assert training["status"] == "FINISHED"
    assert training["max_iter"] == "500"
    assert 0.9 < training["training_score"] <= 1
    assert "train" in training["dataset_contexts"]
    assert training["outputs"] == training["models"]
    assert training["model_status"] == "READY"
    assert "estimator.html" in training["artifacts"]


def test_a_logged_model_is_loaded_as_it_was(training: dict[str, Any]) -> None:
    assert training["same_predictions"]
    assert training["same_by_id"]


def test_a_grid_search_makes_child_runs(training: dict[str, Any]) -> None:
    assert training["children"] == 2


def test_a_model_saved_by_hand_is_found_by_its_tags_and_metrics(training: dict[str, Any]) -> None:
    assert training["found"] == ["classifier"]
    assert training["found_metrics"] == {"accuracy": training["score"]}
    assert training["found_params"]["C"] == "1.0"
