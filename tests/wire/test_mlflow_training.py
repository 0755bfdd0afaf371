"""Training code with the stock MLflow client works unchanged."""

from pathlib import Path
from typing import Any

import pytest

from tests.plugins.stack import Stack
from tests.wire.mlflow_client import run_script


@pytest.fixture(scope="module")
def training(live: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run_script("training", url=live.url, token=live.token, folder=tmp_path_factory.mktemp("training"))


def test_five_lines_without_any_set_up_make_a_run_in_the_default_experiment(live: Stack, client: str, tmp_path: Path) -> None:
    facts = run_script("five_lines", url=live.url, token=live.token, folder=tmp_path, client=client)
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


def test_an_older_client_logs_by_itself_and_saves_models_as_it_always_did(live: Stack, tmp_path: Path) -> None:
    facts = run_script("training2", url=live.url, token=live.token, folder=tmp_path, client="2.22")
    assert (facts["status"], facts["max_iter"], facts["dataset_contexts"]) == ("FINISHED", "500", ["train"])
    assert 0.9 < facts["training_score"] <= 1
    assert {"estimator.html", "model"} <= set(facts["artifacts"])
    assert facts["same_predictions"]
    assert facts["same_by_hand"]
    assert facts["history"] == ["first", "second"]


def test_boosted_trees_log_every_round(live: Stack, tmp_path: Path) -> None:
    facts = run_script("boosting", url=live.url, token=live.token, folder=tmp_path)
    assert (facts["objective"], facts["steps"]) == ("binary", [0, 1, 2, 3, 4])
    assert facts["falls"]
    assert facts["same_predictions"]
    assert "feature_importance_gain.png" in facts["artifacts"]


def test_a_network_logs_every_epoch(live: Stack, tmp_path: Path) -> None:
    """Needs PyTorch, which deploy/install.py brings."""
    facts = run_script("deep", url=live.url, token=live.token, folder=tmp_path)
    assert (facts["status"], facts["optimizer"], len(facts["losses"])) == ("FINISHED", "SGD", 3)
    assert facts["losses"] == sorted(facts["losses"], reverse=True)
    assert facts["same_predictions"]
