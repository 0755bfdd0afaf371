"""Webhooks through /api/v1."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from django.test import Client
from pytest_django import Settings

from assay.accounts.domain.roles import Role
from assay.accounts.models import Organization
from assay.core import tenancy
from assay.registry.models import WebhookDelivery
from assay.registry.services import deliveries
from tests.factories.members import add_member
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer
from tests.plugins.receiver import Receiver, running_receiver
from tests.unit.tracking.rest import Rest

Call = Callable[..., Any]
EVENT = "registered_model.created"


def caller(client: Client, headers: dict[str, str]) -> Call:
    def call(method: str, path: str, body: object = None, status: int = 200) -> Any:
        content = b"" if body is None else msgspec.json.encode(body)
        answer = client.generic(method, f"/api/v1/{path}", content, "application/json", headers=headers)
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    return call


@pytest.fixture
def api(ada: Organization, client: Client) -> Call:
    return caller(client, bearer(ada))


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.ASSAY_WEBHOOK_PRIVATE_HOSTS = True
    with running_receiver() as receiver:
        yield receiver


def listen(api: Call, receiver: Receiver, **body: object) -> Any:
    return api("POST", "webhooks", {"name": "ci", "url": receiver.url, "events": [EVENT], "secret": "tiger"} | body, 201)


def test_a_webhook_is_made_changed_listed_and_removed(api: Call, receiver: Receiver) -> None:
    made = listen(api, receiver)
    assert (made["has_secret"], made["status"], "tiger" in str(made)) == (True, "ACTIVE", False)
    assert api("GET", "webhooks") == {"items": [made], "next_cursor": None}
    path = f"webhooks/{made['id']}"
    changed = api("PATCH", path, {"status": "DISABLED", "secret": ""})
    assert (changed["status"], changed["has_secret"], changed["name"], changed["events"]) == ("DISABLED", False, "ci", [EVENT])
    assert api("GET", path) == changed
    assert api("GET", path.replace("-", "")) == changed
    api("DELETE", path, status=204)
    api("GET", path, status=404)


def test_deliveries_are_listed_with_their_outcome(api: Call, ada: Organization, rest: Rest, receiver: Receiver) -> None:
    webhook, receiver.answers = listen(api, receiver), [200, 404]
    for name in ("first", "second"):
        rest.post("registered-models/create", name=name)
    with tenancy.scope(ada.id):
        waiting = list(WebhookDelivery.objects.order_by("id").values_list("id", flat=True))
    for delivery_id in waiting:
        deliveries.deliver_webhook(ada.id, delivery_id)
    path = f"webhooks/{webhook['id']}/deliveries"
    page = api("GET", f"{path}?limit=1")
    assert [(one["state"], one["response_status"], one["event"]) for one in page["items"]] == [("failed", 404, EVENT)]
    [oldest] = api("GET", f"{path}?limit=1&cursor={page['next_cursor']}")["items"]
    assert (oldest["state"], oldest["attempts"], oldest["error"]) == ("delivered", 1, "")


def test_a_test_says_what_the_receiver_answered(api: Call, receiver: Receiver) -> None:
    path, receiver.answers = f"webhooks/{listen(api, receiver)['id']}/test", [200, 503]
    accepted = api("POST", path, {})
    assert (accepted["accepted"], accepted["status"]) == (True, 200)
    refused = api("POST", path, {"event": "model_version.created"})
    assert not refused["accepted"]
    assert refused["told"].startswith("The receiver answered 503")
    assert receiver.messages[1].body["entity"] == "model_version"


@pytest.mark.parametrize(
    "body", [{"events": []}, {"events": ["x.y"]}, {"name": "-"}, {"url": "file:///etc/passwd"}, {"status": "ASLEEP"}]
)
def test_a_body_that_makes_no_webhook_is_refused(api: Call, receiver: Receiver, body: dict[str, object]) -> None:
    api("POST", "webhooks", {"name": "ci", "url": receiver.url, "events": [EVENT]} | body, 400)
    assert api("GET", "webhooks")["items"] == []


def test_an_engineer_may_not_and_a_stranger_finds_nothing(
    ada: Organization, client: Client, api: Call, receiver: Receiver
) -> None:
    webhook = listen(api, receiver)
    eve = caller(client, bearer(found_organization(owner_email="eve@example.com")))
    eve("GET", f"webhooks/{webhook['id']}/deliveries", status=404)
    eve("POST", f"webhooks/{webhook['id']}/test", {}, 404)
    add_member(ada, "ben@example.com", Role.ENGINEER)
    ben = caller(client, bearer(ada, email="ben@example.com"))
    for method, path in (("GET", "webhooks"), ("GET", f"webhooks/{webhook['id']}"), ("DELETE", f"webhooks/{webhook['id']}")):
        ben(method, path, status=403)
    ben("POST", f"webhooks/{webhook['id']}/test", {}, 403)
    assert api("GET", "webhooks")["items"] == [webhook]


def test_mlflows_clients_are_not_shown_the_events_that_they_do_not_know(api: Call, rest: Rest, receiver: Receiver) -> None:
    """They refuse a whole list in which one is."""
    finding = "finding.created"
    alone = listen(api, receiver, name="savings", events=[finding])
    both = listen(api, receiver, name="both", events=[EVENT, finding])
    [seen] = rest.get("webhooks")["webhooks"]
    assert (seen["name"], len(seen["events"])) == ("both", 1)
    changed = [{"entity": "MODEL_VERSION", "action": "CREATED"}]
    rest.patch(f"webhooks/{both['id']}", events=changed)
    assert api("GET", f"webhooks/{both['id']}")["events"] == ["model_version.created", finding], (
        "what it does not know it leaves"
    )
    assert api("GET", f"webhooks/{alone['id']}")["events"] == [finding]
