"""Tracing by the stock client: what ran is stored, and read back with its spans."""

from typing import Any

import pytest

from tests.plugins.stack import Stack
from tests.wire.mlflow_client import run_script


@pytest.fixture(scope="module")
def facts(live: Stack, client: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("traces")
    return run_script("traces", url=live.url, token=live.token, folder=folder, client=client)


def test_a_traced_function_is_read_back_with_its_spans(facts: dict[str, Any]) -> None:
    text = "hello ✓ world"
    assert facts["spans"] == [
        ["predict", {"text": text}, {"length": len(text)}],
        ["tokenize", {"text": text}, {"tokens": text.split()}],
    ]
    assert (facts["root_type"], facts["root_attribute"]) == ("CHAIN", "test")
    assert facts["by_hand"] == ["by hand", "child"]


def test_a_failure_is_told_with_its_exception(facts: dict[str, Any]) -> None:
    assert facts["states"] == ["ERROR", "OK"]
    assert facts["failed"] == ["exception"]


def test_traces_are_searched_by_run_tag_and_state(facts: dict[str, Any]) -> None:
    assert facts["of_run"] == 1
    assert facts["tagged"]
    assert facts["tags"] == {"team": "vision"}
    assert facts["ordered"] == 1


def test_traces_are_searched_by_their_spans(facts: dict[str, Any], client: str) -> None:
    assert client == "2.22" or facts["by_span"] == [1, 2, 1]


def test_deleted_traces_are_gone(facts: dict[str, Any]) -> None:
    assert (facts["deleted"], facts["left"]) == (1, 1)
