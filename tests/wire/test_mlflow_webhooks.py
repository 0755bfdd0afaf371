"""Webhooks as the unmodified client makes them, and messages that arrive."""

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

TOLD = 6
"""The example, the model, two versions, the alias, the tag."""


@dataclass(frozen=True)
class Told:
    facts: dict[str, Any]
    messages: list[Message]


@pytest.fixture(scope="module")
def told(live: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with running_receiver() as receiver:
        folder = tmp_path_factory.mktemp("webhooks")
        facts = run_script("webhooks", url=live.url, token=live.token, folder=folder, WEBHOOK_URL=receiver.url)
        yield Told(facts, receiver.wait_for(TOLD, timeout_seconds=120))
        address = f"{live.url}/api/2.0/mlflow/webhooks/{facts['webhook_id']}"
        headers = {"Authorization": f"Bearer {live.token}", "Content-Type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(address, b"{}", headers, method="DELETE"), timeout=30).close()


def test_a_webhook_is_made_tried_and_changed(told: Told) -> None:
    name, status, events, secret = told.facts["webhook"]
    assert (name, status, secret) == ("wire", "ACTIVE", None)
    assert len(events) == 4
    assert told.facts["test"] == [True, 200]
    assert told.facts["spare"] == [["renamed", "DISABLED"]]
    assert told.facts["absent"] == "RESOURCE_DOES_NOT_EXIST"
    assert told.facts["scheme"] == "INVALID_PARAMETER_VALUE"


def test_every_change_arrives_once_signed(told: Told) -> None:
    arrived = [(message.body["entity"], message.body["data"].get("version", "")) for message in told.messages[1:]]
    assert sorted(arrived) == [
        ("model_version", "1"),
        ("model_version", "2"),
        ("model_version_alias", "2"),
        ("model_version_tag", "2"),
        ("registered_model", ""),
    ]
    assert len({message.headers["X-MLflow-Delivery-Id"] for message in told.messages}) == TOLD
    assert all(message.headers["X-MLflow-Signature"] == _sign(message) for message in told.messages)


def _sign(message: Message) -> str:
    content = f"{message.headers['X-MLflow-Delivery-Id']}.{message.headers['X-MLflow-Timestamp']}.{message.text}"
    return "v1," + base64.b64encode(hmac.new(b"s3cret", content.encode(), hashlib.sha256).digest()).decode()
