"""The client's everyday calls, once each, against the live server."""

import sys
from typing import Any

import pytest

from tests.plugins.stack import Stack
from tests.wire.mlflow_client import run_script


@pytest.fixture(scope="module")
def facts(live: Stack, client: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("fluent")
    return run_script("fluent", url=live.url, token=live.token, folder=folder, client=client)


def test_what_a_run_logs_is_read_back(facts: dict[str, Any]) -> None:
    assert facts["same_experiment"]
    assert facts["params"] == {"lr": "0.1", "layers": "3", "empty": ""}
    assert facts["metrics"] == {"acc": repr(299 / 300), "loss": "1.0", "nan": "nan", "inf": repr(sys.float_info.max)}
    assert facts["tags"] | {"mlflow.user": ""} == {
        "stage": "test",
        "b": "ünï ✓",
        "mlflow.note.content": "hello",
        "mlflow.runName": "parent",
        "mlflow.user": "",
        **{
            key: value for key, value in facts["tags"].items() if key.startswith(("assay.", "mlflow.artifact", "mlflow.logged"))
        },
    }
    assert (facts["status"], facts["ended_after_start"]) == ("FINISHED", True)


def test_history_is_complete_also_when_logged_asynchronously(facts: dict[str, Any]) -> None:
    assert facts["history"] == [300, 1, 0]


def test_nested_runs_know_their_parent_and_runs_resume(facts: dict[str, Any]) -> None:
    assert facts["parent_of_child"]
    assert facts["resumed"] == 1.0


def test_files_logged_from_memory_are_read_back(facts: dict[str, Any]) -> None:
    assert facts["settings"] == {"a": 1}
    assert facts["table_rows"] == 2


def test_a_repeated_batch_is_one_batch(facts: dict[str, Any]) -> None:
    assert facts["child"] == ["renamed", "renamed", "FAILED", 999.0]
    assert facts["child_points"] == 1_000


def test_runs_are_searched_ordered_and_paged(facts: dict[str, Any]) -> None:
    assert facts["by_metric"] == ["paged 6", "paged 4"]
    assert facts["by_tag"] == ["parent"]
    assert facts["by_name"] == ["paged 0", "paged 1"]
    assert facts["pages"] == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0]]
    assert facts["frame_columns"]


def test_runs_and_experiments_are_deleted_and_restored(facts: dict[str, Any]) -> None:
    assert facts["deleted"]
    assert facts["late"] == "INVALID_PARAMETER_VALUE"
    assert facts["restored"] == "active"
    assert (facts["experiment_deleted"], facts["experiment_restored"]) == ("deleted", "active")


def test_experiments_are_found_by_tag_and_absent_ones_are_none(facts: dict[str, Any]) -> None:
    assert facts["experiments_found"] == [True]
    assert facts["absent_experiment"] is None
