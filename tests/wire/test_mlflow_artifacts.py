"""Artifacts through the proxy, by the stock client."""

from typing import Any

import pytest

from tests.plugins.stack import Stack
from tests.wire.mlflow_client import run_script


@pytest.fixture(scope="module")
def facts(live: Stack, client: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("artifacts")
    return run_script("artifacts", url=live.url, token=live.token, folder=folder, client=client)


def test_folders_go_up_and_come_down_with_every_name(facts: dict[str, Any]) -> None:
    names = ["a.txt", "data/100%.txt", "data/b with space.txt", "data/deep/ü.txt"]
    assert facts["downloaded"] == {"empty": "", **{name: name for name in names}}
    assert facts["text"] == "a.txt"


def test_lists_show_folders_and_sizes(facts: dict[str, Any]) -> None:
    assert facts["root"] == {"a.txt": 5, "files": None, "large.bin": 20 * 1024 * 1024}
    assert facts["files"] == {
        "files/data/100%.txt": False,
        "files/data/b with space.txt": False,
        "files/data/deep": True,
    }


def test_twenty_megabytes_arrive_unchanged(facts: dict[str, Any]) -> None:
    assert facts["large_same"]


def test_what_is_absent_or_deleted_is_told(facts: dict[str, Any]) -> None:
    assert facts["absent"]
    assert facts["after_delete"] == ["a.txt", "large.bin"]
