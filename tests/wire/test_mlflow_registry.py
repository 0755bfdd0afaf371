"""The model registry as the unmodified client uses it."""

from typing import Any

import pytest

from tests.plugins.stack import Stack
from tests.wire.mlflow_client import run_script


@pytest.fixture(scope="module")
def facts(live: Stack, client: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("registry")
    return run_script("registry", url=live.url, token=live.token, folder=folder, client=client)


def test_models_are_registered_from_logged_models_and_from_runs(facts: dict[str, Any]) -> None:
    assert facts["versions"] == [["1", "READY", False], ["2", "READY", True]]
    assert facts["by_run"] == ["3", True]


def test_a_logged_model_says_what_it_was_registered_as(facts: dict[str, Any], client: str) -> None:
    assert client == "2.22" or f'"name": "{facts["name"]}"' in facts["registrations"]


def test_an_alias_moves_and_models_load_by_alias_version_and_stage(facts: dict[str, Any]) -> None:
    assert facts["champion"] == ["2", ["champion"], {"c": "10.0"}]
    for suffix in ("@champion", "/2", "/latest"):
        assert facts[suffix] == [10.0, [1]]
    assert facts["pyfunc"] == [0]
    assert facts["by_stage"] == 10.0


def test_a_promoted_version_archives_the_former(facts: dict[str, Any]) -> None:
    assert facts["stages"] == {"1": "Archived", "2": "Production", "3": "None"}
    assert facts["latest"] == ["2"]


def test_models_are_renamed_described_tagged_and_found(facts: dict[str, Any]) -> None:
    assert facts["model"] == [f"{facts['name']} 2", "reads digits", {"team": "vision"}, {"champion": "2"}]
    assert facts["found"] == [f"{facts['name']} 2"]
    assert facts["found_versions"] == [["2", "the better one"]]
    assert facts["pages"] == [["1", "2"], ["3"]]
    assert facts["copied"] == f"models:/{facts['name']} 2/2"
    assert facts["left"] == []


@pytest.mark.parametrize(
    ("case", "code", "sentence"),
    [
        ("taken", "RESOURCE_ALREADY_EXISTS", "Registered Model (name={name} 2) already exists."),
        ("absent_model", "RESOURCE_DOES_NOT_EXIST", "Registered Model with name=wire absent not found"),
        ("absent_version", "RESOURCE_DOES_NOT_EXIST", "Model Version (name={name} 2, version=77) not found"),
        ("absent_alias", "INVALID_PARAMETER_VALUE", "Registered model alias none not found."),
        ("local_source", "INVALID_PARAMETER_VALUE", "Invalid model version source: '/etc/passwd'"),
        ("foreign_source", "INVALID_PARAMETER_VALUE", "must identify the resource that contains the source"),
    ],
)
def test_a_refusal_has_mlflows_code_and_sentence(facts: dict[str, Any], case: str, code: str, sentence: str) -> None:
    told_code, told_sentence = facts[case]
    assert told_code == code
    assert sentence.format(name=facts["name"]) in told_sentence
