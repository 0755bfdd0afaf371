"""What goes wrong reaches the stock client as its own exceptions; a stranger reaches nothing."""

from pathlib import Path
from typing import Any

import pytest

from tests.plugins.stack import Stack
from tests.wire.mlflow_client import run_script


@pytest.fixture(scope="module")
def facts(live: Stack, client: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("refusals")
    return run_script("refusals", url=live.url, token=live.token, folder=folder, client=client)


@pytest.mark.parametrize(
    ("case", "code", "sentence"),
    [
        ("unknown_run", "RESOURCE_DOES_NOT_EXIST", "Run with id=ffffffffffffffffffffffffffffffff not found"),
        ("unknown_experiment", "RESOURCE_DOES_NOT_EXIST", "No Experiment with id=987654 exists"),
        ("changed_param", "INVALID_PARAMETER_VALUE", "Changing param values is not allowed"),
        ("changed_in_batch", "INVALID_PARAMETER_VALUE", "Changing param values is not allowed"),
        ("taken_name", "RESOURCE_ALREADY_EXISTS", "already exists"),
        ("absent_tag", "RESOURCE_DOES_NOT_EXIST", "No tag with name: absent"),
        ("bad_filter", "INVALID_PARAMETER_VALUE", "Invalid clause"),
        ("bad_token", "INVALID_PARAMETER_VALUE", "Invalid page token"),
        ("taken_model", "RESOURCE_ALREADY_EXISTS", "Registered Model (name=wire taken) already exists."),
        ("long_tag", "INVALID_PARAMETER_VALUE", "8000"),
        ("long_param", "INVALID_PARAMETER_VALUE", "6000"),
        ("bad_key", "INVALID_PARAMETER_VALUE", "../up"),
        ("duplicates", "INVALID_PARAMETER_VALUE", "Duplicate parameter keys"),
        ("too_many", "INVALID_PARAMETER_VALUE", "at most 1000 metrics"),
        ("unknown_token", "UNAUTHENTICATED", "token is not known"),
        ("no_token", "UNAUTHENTICATED", "Send an API token"),
    ],
)
def test_a_refusal_has_the_code_and_the_sentence(facts: dict[str, Any], case: str, code: str, sentence: str) -> None:
    told_code, told_sentence = facts[case]
    assert told_code == code
    assert sentence in told_sentence


def test_a_refused_batch_stores_nothing(facts: dict[str, Any]) -> None:
    assert not facts["half_stored"]


def test_the_token_may_be_a_password_and_then_wins(facts: dict[str, Any]) -> None:
    assert facts["basic"]
    assert facts["basic_wins"]


def test_a_stranger_with_all_ids_finds_nothing(live: Stack, client: str, facts: dict[str, Any], tmp_path: Path) -> None:
    ids = {"RUN_ID": facts["run_id"], "EXPERIMENT_ID": facts["experiment_id"]}
    found = run_script("stranger", url=live.url, token=live.stranger_token, folder=tmp_path, client=client, **ids)
    assert found.pop("experiments") == ["Default"]
    assert found.pop("runs") == 0
    assert found.pop("download") != "nothing"
    assert set(found.values()) == {"RESOURCE_DOES_NOT_EXIST"}
