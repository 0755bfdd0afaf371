"""Workspaces by the stock client: what a team made is its own, files and registered models included."""

from typing import Any

import pytest

from tests.plugins.stack import Stack
from tests.wire.mlflow_client import run_script

MINE = {
    "run": "found True",
    "listed": "found ['model/notes.txt']",
    "file": "found cats alone",
    "model": "found 1",
    "models": ["wire cats"],
    "versions": 1,
}
NOBODYS = {
    **dict.fromkeys(("run", "listed", "file", "model"), "RESOURCE_DOES_NOT_EXIST"),
    "models": [],
    "versions": 0,
}


@pytest.fixture(scope="module")
def facts(live: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run_script("workspaces", url=live.url, token=live.token, folder=tmp_path_factory.mktemp("workspaces"))


@pytest.mark.parametrize(("workspace", "expected"), [("wire-vision", MINE), ("wire-speech", NOBODYS), ("default", MINE)])
def test_a_workspace_holds_what_was_made_in_it(facts: dict[str, Any], workspace: str, expected: dict[str, object]) -> None:
    assert facts[workspace] == expected
