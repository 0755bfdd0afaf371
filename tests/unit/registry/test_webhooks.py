"""Webhooks: made through the MLflow protocol, told of events, signed, retried, and told at least once."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import Settings

from assay.accounts.domain.roles import Role
from assay.accounts.models import Organization
from assay.core import clock, tenancy
from assay.registry.domain.webhooks import KEPT, LEASE, MAXIMUM_ATTEMPTS, Answer, DeliveryState, retry_delay
from assay.registry.models import Webhook, WebhookDelivery
from assay.registry.services import deliveries
from tests.factories.members import add_member
from tests.factories.tokens import bearer
from tests.plugins.receiver import Message, Receiver, running_receiver
from tests.unit.registry.conftest import Saved, register
from tests.unit.tracking.rest import Refusal, Rest

EVERY = [
    {"entity": entity, "action": action}
    for entity, action in (
        ("REGISTERED_MODEL", "CREATED"),
        ("MODEL_VERSION", "CREATED"),
        ("MODEL_VERSION_TAG", "SET"),
        ("MODEL_VERSION_TAG", "DELETED"),
        ("MODEL_VERSION_ALIAS", "CREATED"),
        ("MODEL_VERSION_ALIAS", "DELETED"),
    )
]


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.ASSAY_WEBHOOK_PRIVATE_HOSTS = True
    with running_receiver() as receiver:
        yield receiver


def _listen(rest: Rest, receiver: Receiver, **body: Any) -> dict[str, Any]:
    body = {"name": "ci", "url": receiver.url, "events": EVERY, "secret": "s3cret"} | body
    webhook: dict[str, Any] = rest.post("webhooks", **body)["webhook"]
    return webhook


def _rows(ada: Organization) -> list[WebhookDelivery]:
    with tenancy.scope(ada.id):
        return list(WebhookDelivery.objects.order_by("id"))


def _deliver_all(ada: Organization) -> None:
    for row in _rows(ada):
        deliveries.deliver_webhook(ada.id, row.id)


def _signature(message: Message, secret: str = "s3cret") -> str:
    content = f"{message.headers['X-MLflow-Delivery-Id']}.{message.headers['X-MLflow-Timestamp']}.{message.text}"
    return "v1," + base64.b64encode(hmac.new(secret.encode(), content.encode(), hashlib.sha256).digest()).decode()


def test_a_webhook_is_made_changed_listed_and_removed_and_its_secret_never_shown(rest: Rest, receiver: Receiver) -> None:
    webhook = _listen(rest, receiver, description="tells CI")
    assert webhook["status"] == "ACTIVE"
    assert webhook["events"] == EVERY
    assert "s3cret" not in str(rest.get("webhooks"))
    path = f"webhooks/{webhook['webhook_id']}"
    assert rest.get(path)["webhook"] == webhook
    changed = rest.patch(path, name="other", status="DISABLED", events=EVERY[:1])["webhook"]
    assert (changed["name"], changed["status"], changed["events"], changed["url"]) == (
        "other",
        "DISABLED",
        EVERY[:1],
        receiver.url,
    )
    assert changed["description"] == "tells CI"
    rest.delete(path)
    assert rest.get("webhooks") == {}
    for method in ("GET", "PATCH", "DELETE", "POST"):
        with pytest.raises(Refusal, match="404 RESOURCE_DOES_NOT_EXIST: Webhook with ID"):
            rest.get(path) if method == "GET" else rest.send(method, path + "/test" * (method == "POST"), {})


def test_the_secret_is_stored_encrypted(rest: Rest, ada: Organization, receiver: Receiver) -> None:
    _listen(rest, receiver)
    with tenancy.scope(ada.id):
        assert "s3cret" not in Webhook.objects.get().secret


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"name": "-x"}, "Webhook name '-x' is invalid"),
        ({"name": "x" * 64}, "is invalid"),
        ({"name": ""}, "Missing value for required parameter 'name'"),
        ({"url": ""}, "Missing value for required parameter 'url'"),
        ({"url": "ftp://example.com/"}, "Invalid webhook URL scheme: 'ftp'"),
        ({"url": "http://nowhere.invalid/"}, "cannot be resolved"),
        ({"events": []}, "Missing value for required parameter 'events'"),
        ({"events": [{"entity": "MODEL_VERSION", "action": "DELETED"}]}, "Invalid action 'deleted' for entity 'model_version'"),
        ({"status": "ASLEEP"}, "Invalid value"),
        ({"secret": "x" * 1_001}, "at most 1000 characters"),
    ],
)
def test_a_webhook_that_cannot_work_is_refused(rest: Rest, receiver: Receiver, body: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal, match="400 INVALID_PARAMETER_VALUE") as refused:
        _listen(rest, receiver, **body)
    assert sentence in refused.value.message


def test_hosts_of_the_own_network_are_refused_unless_the_installation_allows_them(rest: Rest) -> None:
    for url in ("https://127.0.0.1/x", "https://localhost/x", "https://169.254.169.254/latest/meta-data", "http://10.0.0.1/"):
        with pytest.raises(Refusal, match="400 INVALID_PARAMETER_VALUE"):
            rest.post("webhooks", name="inner", url=url, events=EVERY)


def test_the_address_is_checked_again_when_a_message_leaves(
    rest: Rest, ada: Organization, receiver: Receiver, settings: Settings
) -> None:
    _listen(rest, receiver)
    rest.post("registered-models/create", name="digits")
    settings.ASSAY_WEBHOOK_PRIVATE_HOSTS = False
    _deliver_all(ada)
    assert receiver.messages == []
    assert "Allowed schemes are: https" in _rows(ada)[0].error


def test_an_engineer_may_not_decide_who_is_told(ada: Organization, client: Client, receiver: Receiver) -> None:
    add_member(ada, "ben@example.com", Role.ENGINEER)
    ben = Rest(client, bearer(ada, email="ben@example.com"))
    with pytest.raises(Refusal, match="403 PERMISSION_DENIED"):
        _listen(ben, receiver)


def test_each_change_is_told_in_mlflows_words_and_signed(
    rest: Rest, ada: Organization, receiver: Receiver, saved: Saved
) -> None:
    _listen(rest, receiver)
    register(rest, saved, tags=[{"key": "a", "value": "b"}])
    version = {"name": "digits", "version": "1"}
    rest.post("model-versions/set-tag", **version, key="k", value="v")
    rest.delete("model-versions/delete-tag", **version, key="k")
    rest.post("registered-models/alias", name="digits", alias="best", version="1")
    rest.delete("registered-models/alias", name="digits", alias="best")
    _deliver_all(ada)
    told = [(message.body["entity"], message.body["action"], message.body["data"]) for message in receiver.messages]
    assert told == [
        ("registered_model", "created", {"name": "digits", "tags": {}, "description": ""}),
        (
            "model_version",
            "created",
            version | {"source": saved.source, "run_id": saved.run_id, "tags": {"a": "b"}, "description": None},
        ),
        ("model_version_tag", "set", version | {"key": "k", "value": "v"}),
        ("model_version_tag", "deleted", version | {"key": "k"}),
        ("model_version_alias", "created", {"name": "digits", "alias": "best", "version": "1"}),
        ("model_version_alias", "deleted", {"name": "digits", "alias": "best"}),
    ]
    assert all(message.headers["X-MLflow-Signature"] == _signature(message) for message in receiver.messages)
    ids = [message.headers["X-MLflow-Delivery-Id"] for message in receiver.messages]
    assert ids == [str(row.id) for row in _rows(ada)]
    assert {row.state for row in _rows(ada)} == {DeliveryState.DELIVERED}
    assert all(datetime.fromisoformat(message.body["timestamp"]) for message in receiver.messages)


def test_only_active_listeners_of_the_same_organization_are_told(
    rest: Rest, stranger: Rest, ada: Organization, receiver: Receiver
) -> None:
    _listen(stranger, receiver)
    _listen(rest, receiver, name="asleep", status="DISABLED")
    _listen(rest, receiver, name="other", events=EVERY[1:2])
    rest.post("registered-models/create", name="digits")
    assert _rows(ada) == []


def test_a_change_that_is_refused_tells_nobody(rest: Rest, ada: Organization, receiver: Receiver) -> None:
    _listen(rest, receiver)
    rest.post("registered-models/create", name="digits")
    with pytest.raises(Refusal):
        rest.post("registered-models/create", name="digits")
    assert len(_rows(ada)) == 1


def test_prompts_have_events_of_their_own(rest: Rest, ada: Organization, receiver: Receiver) -> None:
    events = [{"entity": "PROMPT", "action": "CREATED"}, {"entity": "PROMPT_VERSION", "action": "CREATED"}]
    _listen(rest, receiver, events=[*events, {"entity": "PROMPT_TAG", "action": "SET"}])
    mark = {"key": "mlflow.prompt.is_prompt", "value": "true"}
    rest.post("registered-models/create", name="greeting", tags=[mark])
    text = {"key": "mlflow.prompt.text", "value": "Hello"}
    rest.post("model-versions/create", name="greeting", source="dummy-source", tags=[mark, text])
    rest.post("registered-models/set-tag", name="greeting", key="k", value="v")
    _deliver_all(ada)
    assert [message.body["data"] for message in receiver.messages] == [
        {"name": "greeting", "tags": {}, "description": ""},
        {"name": "greeting", "version": "1", "template": "Hello", "tags": {}, "description": None},
        {"name": "greeting", "key": "k", "value": "v"},
    ]


def test_a_receiver_that_is_away_is_tried_again_with_the_same_id(rest: Rest, ada: Organization, receiver: Receiver) -> None:
    _listen(rest, receiver)
    rest.post("registered-models/create", name="digits")
    receiver.answers = [503, 429]
    at = clock.now()
    for attempt in range(1, 4):
        with clock.frozen(at):
            _deliver_all(ada)
            _deliver_all(ada)
        at += retry_delay(attempt)
    row = _rows(ada)[0]
    assert (row.state, row.attempts, row.response_status) == (DeliveryState.DELIVERED, 3, 200)
    assert len({message.headers["X-MLflow-Delivery-Id"] for message in receiver.messages}) == 1
    assert len({message.headers["X-MLflow-Timestamp"] for message in receiver.messages}) == 3
    assert len(receiver.messages) == 3


@pytest.mark.parametrize("status", [400, 404, 302])
def test_a_receiver_that_refuses_is_not_asked_again(rest: Rest, ada: Organization, receiver: Receiver, status: int) -> None:
    _listen(rest, receiver)
    rest.post("registered-models/create", name="digits")
    receiver.answers, receiver.location = [status], receiver.url
    _deliver_all(ada)
    row = _rows(ada)[0]
    assert (row.state, row.response_status, len(receiver.messages)) == (DeliveryState.FAILED, status, 1)
    assert f"The receiver answered {status}" in row.error


def test_tries_end(rest: Rest, ada: Organization, receiver: Receiver) -> None:
    _listen(rest, receiver)
    rest.post("registered-models/create", name="digits")
    receiver.answers = [500] * 20
    at = clock.now()
    for _ in range(MAXIMUM_ATTEMPTS + 3):
        with clock.frozen(at):
            _deliver_all(ada)
        at += timedelta(hours=2)
    assert _rows(ada)[0].state == DeliveryState.FAILED
    assert len(receiver.messages) == MAXIMUM_ATTEMPTS


def test_what_a_lost_sender_had_is_sent_by_another(
    rest: Rest, ada: Organization, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    _listen(rest, receiver)
    rest.post("registered-models/create", name="digits")
    row = _rows(ada)[0]
    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "send_message", _die)
        with pytest.raises(SystemExit):
            deliveries.deliver_webhook(ada.id, row.id)
    _deliver_all(ada)
    assert receiver.messages == []
    hints: list[UUID] = []
    monkeypatch.setattr(deliveries, "defer", lambda name, **values: hints.append(UUID(values["delivery_id"])))
    with clock.frozen(clock.now() + LEASE + timedelta(seconds=1)):
        deliveries.deliver_waiting_webhooks()
        _deliver_all(ada)
    assert hints == [row.id]
    assert (_rows(ada)[0].state, _rows(ada)[0].attempts, len(receiver.messages)) == (DeliveryState.DELIVERED, 2, 1)


def test_a_webhook_is_called_by_one_sender_at_a_time(
    rest: Rest, ada: Organization, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that one that is slow holds one worker; what waits is handed on to when the call has ended."""
    _listen(rest, receiver)
    for name in ("a", "b"):
        rest.post("registered-models/create", name=name)
    first, second = _rows(ada)
    hints: list[UUID] = []
    monkeypatch.setattr(deliveries, "defer", lambda name, **values: hints.append(UUID(values["delivery_id"])))
    send = deliveries.send_message

    def send_while_another_tries(*args: Any, **values: Any) -> Answer:
        deliveries.deliver_webhook(ada.id, second.id)
        assert receiver.messages == []
        return send(*args, **values)

    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "send_message", send_while_another_tries)
        deliveries.deliver_webhook(ada.id, first.id)
    assert [message.body["data"]["name"] for message in receiver.messages] == ["a"]
    assert hints == [second.id]
    deliveries.deliver_webhook(ada.id, second.id)
    assert [row.state for row in _rows(ada)] == [DeliveryState.DELIVERED] * 2


def test_a_receiver_that_is_away_is_left_alone_until_the_next_try(rest: Rest, ada: Organization, receiver: Receiver) -> None:
    _listen(rest, receiver)
    for name in ("a", "b"):
        rest.post("registered-models/create", name=name)
    receiver.answers = [503]
    with clock.frozen(clock.now()):
        _deliver_all(ada)
    assert len(receiver.messages) == 1
    assert [row.attempts for row in _rows(ada)] == [1, 0]
    assert len({row.not_before for row in _rows(ada)}) == 1


def test_old_deliveries_are_left_out(rest: Rest, ada: Organization, receiver: Receiver) -> None:
    _listen(rest, receiver)
    rest.post("registered-models/create", name="a")
    _deliver_all(ada)
    rest.post("registered-models/create", name="b")
    with clock.frozen(clock.now() + KEPT + timedelta(days=1)):
        deliveries.forget_old_deliveries()
    assert [row.state for row in _rows(ada)] == [DeliveryState.WAITING]


def _die(*_: object, **__: object) -> None:
    raise SystemExit


def test_a_webhook_is_tried_out_with_an_example(rest: Rest, ada: Organization, receiver: Receiver) -> None:
    path = f"webhooks/{_listen(rest, receiver)['webhook_id']}/test"
    assert rest.post(path)["result"] == {"success": True, "response_status": 200, "response_body": "thanks"}
    receiver.answers = [500]
    chosen = rest.post(path, event={"entity": "MODEL_VERSION_ALIAS", "action": "CREATED"})["result"]
    assert (chosen["success"], chosen["response_status"]) == (False, 500)
    assert [message.body["action"] for message in receiver.messages] == ["created", "created"]
    assert receiver.messages[1].body["data"] == {"name": "example_model", "alias": "example_alias", "version": "1"}
    assert receiver.messages[0].headers["X-MLflow-Signature"] == _signature(receiver.messages[0])
    assert _rows(ada) == []


def test_a_test_of_a_receiver_that_is_away_says_so(rest: Rest, receiver: Receiver, settings: Settings) -> None:
    path = f"webhooks/{_listen(rest, receiver)['webhook_id']}/test"
    settings.ASSAY_WEBHOOK_PRIVATE_HOSTS = False
    result = rest.post(path)["result"]
    assert not result["success"]
    assert result["error_message"].startswith("Failed to test webhook")


def test_without_a_secret_messages_are_not_signed(rest: Rest, ada: Organization, receiver: Receiver) -> None:
    webhook = _listen(rest, receiver)
    rest.patch(f"webhooks/{webhook['webhook_id']}", secret="")
    rest.post("registered-models/create", name="digits")
    _deliver_all(ada)
    assert "X-MLflow-Signature" not in receiver.messages[0].headers


def test_a_stranger_reaches_no_webhook(rest: Rest, stranger: Rest, receiver: Receiver) -> None:
    path = f"webhooks/{_listen(rest, receiver)['webhook_id']}"
    assert stranger.get("webhooks") == {}
    for method, further in (("PATCH", ""), ("DELETE", ""), ("POST", "/test")):
        with pytest.raises(Refusal, match="404"):
            stranger.send(method, path + further, {})


def test_webhooks_are_paged(rest: Rest, receiver: Receiver) -> None:
    for number in range(3):
        _listen(rest, receiver, name=f"w{number}")
    first = rest.get("webhooks", max_results=2)
    second = rest.get("webhooks", max_results=2, page_token=first["next_page_token"])
    names = [webhook["name"] for webhook in (*first["webhooks"], *second["webhooks"])]
    assert sorted(names) == ["w0", "w1", "w2"]
    assert "next_page_token" not in second
