"""The model registry as the unmodified client uses it, and webhooks that arrive."""

import base64
import hashlib
import hmac
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.plugins.receiver import Message, running_receiver
from tests.plugins.stack import Stack
from tests.wire.mlflow_client import run_script

NAME = "wire digits"
TOLD = 9
"""The example; the model, three versions, the alias twice; the copy's model and version."""


@dataclass(frozen=True)
class Registered:
    facts: dict[str, Any]
    messages: list[Message]


@pytest.fixture(scope="module")
def registered(live: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registered]:
    with running_receiver() as receiver:
        folder = tmp_path_factory.mktemp("registry")
        facts = run_script("registry", url=live.url, token=live.token, folder=folder, WEBHOOK_URL=receiver.url)
        yield Registered(facts, receiver.wait_for(TOLD))
        address = f"{live.url}/api/2.0/mlflow/webhooks/{facts['webhook_id']}"
        headers = {"Authorization": f"Bearer {live.token}", "Content-Type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(address, b"{}", headers, method="DELETE"), timeout=30).close()


@pytest.fixture(scope="module")
def facts(registered: Registered) -> dict[str, Any]:
    return registered.facts


def test_models_are_registered_from_logged_models_and_from_runs(facts: dict[str, Any]) -> None:
    assert facts["versions"] == [["1", "READY", False], ["2", "READY", True]]
    assert facts["by_run"] == ["3", True]
    assert f'"name": "{NAME}"' in facts["registrations"].replace("\\", "")


def test_an_alias_moves_and_models_load_by_alias_version_and_stage(facts: dict[str, Any]) -> None:
    assert facts["champion"] == ["2", ["champion"], {"c": "10.0"}]
    for suffix in ("@champion", "/2", "/latest"):
        assert facts[f"models:/{NAME}{suffix}"] == [10.0, [1]]
    assert facts["pyfunc"] == [0]
    assert facts["by_stage"] == 10.0


def test_a_promoted_version_archives_the_former(facts: dict[str, Any]) -> None:
    assert facts["stages"] == {"1": "Archived", "2": "Production", "3": "None"}
    assert facts["latest"] == ["2"]


def test_models_are_renamed_described_tagged_and_found(facts: dict[str, Any]) -> None:
    assert facts["model"] == [f"{NAME} 2", "reads digits", {"team": "vision"}, {"champion": "2"}]
    assert facts["found"] == [f"{NAME} 2"]
    assert facts["found_versions"] == [["2", "the better one"]]
    assert facts["pages"] == [["1", "2"], ["3"]]
    assert facts["copied"] == f"models:/{NAME} 2/2"
    assert facts["left"] == []


@pytest.mark.parametrize(
    ("case", "code", "sentence"),
    [
        ("taken", "RESOURCE_ALREADY_EXISTS", f"Registered Model (name={NAME} 2) already exists."),
        ("absent_model", "RESOURCE_DOES_NOT_EXIST", "Registered Model with name=wire absent not found"),
        ("absent_version", "RESOURCE_DOES_NOT_EXIST", f"Model Version (name={NAME} 2, version=77) not found"),
        ("absent_alias", "INVALID_PARAMETER_VALUE", "Registered model alias none not found."),
        ("local_source", "INVALID_PARAMETER_VALUE", "Invalid model version source: '/etc/passwd'"),
        ("foreign_source", "INVALID_PARAMETER_VALUE", "must identify the resource that contains the source"),
        ("inner_webhook", "INVALID_PARAMETER_VALUE", "Invalid webhook URL scheme"),
    ],
)
def test_a_refusal_has_mlflows_code_and_sentence(facts: dict[str, Any], case: str, code: str, sentence: str) -> None:
    told_code, told_sentence = facts[case]
    assert told_code == code
    assert sentence in told_sentence


def test_a_webhook_is_made_tried_and_switched_off(registered: Registered) -> None:
    name, url, status, events, secret = registered.facts["webhook"]
    assert (name, status, secret) == ("wire", "ACTIVE", None)
    assert url.endswith("/hook")
    assert events == ["model_version.created", "model_version_alias.created", "registered_model.created"]
    assert registered.facts["webhook_test"] == [True, 200]
    assert registered.facts["spare"] == [["renamed", "DISABLED"]]
    assert registered.facts["absent_webhook"][0] == "RESOURCE_DOES_NOT_EXIST"


def test_every_change_arrives_once_signed(registered: Registered) -> None:
    told = [(message.body["entity"], message.body["data"].get("version", "")) for message in registered.messages[1:]]
    assert sorted(told) == [
        ("model_version", "1"),
        ("model_version", "1"),
        ("model_version", "2"),
        ("model_version", "3"),
        ("model_version_alias", "1"),
        ("model_version_alias", "2"),
        ("registered_model", ""),
        ("registered_model", ""),
    ]
    assert len({message.headers["X-MLflow-Delivery-Id"] for message in registered.messages}) == TOLD
    assert all(message.headers["X-MLflow-Signature"] == _sign(message) for message in registered.messages)


def _sign(message: Message) -> str:
    content = f"{message.headers['X-MLflow-Delivery-Id']}.{message.headers['X-MLflow-Timestamp']}.{message.text}"
    return "v1," + base64.b64encode(hmac.new(b"s3cret", content.encode(), hashlib.sha256).digest()).decode()
