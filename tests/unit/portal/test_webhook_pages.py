"""Pages of webhooks."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from assay.accounts.domain.roles import Role
from assay.accounts.models import Organization
from assay.registry.domain.values import Actor
from assay.registry.domain.webhooks import Event, WebhookChange, WebhookStatus, WebhookView
from assay.registry.models import WebhookDelivery
from assay.registry.selectors.webhooks import get_webhook, list_webhooks
from assay.registry.services import deliveries
from assay.registry.services.registered_models import create_registered_model
from assay.registry.services.webhooks import create_webhook
from tests.plugins.receiver import Receiver, running_receiver
from tests.unit.portal.conftest import inside

ADA = Actor(None, "ada@example.com")
SECRET = "tiger-lily-7"


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.ASSAY_WEBHOOK_PRIVATE_HOSTS = True
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def webhook(organization: Organization, receiver: Receiver) -> WebhookView:
    change = WebhookChange(name="deploy", url=receiver.url, events=(Event.MODEL_CREATED, Event.ALIAS_CREATED), secret=SECRET)
    with inside(organization):
        return create_webhook(organization.id, change, actor=ADA)


def deliver(organization: Organization, name: str) -> None:
    """Register a model, and take what is told of it to its receivers once."""
    with inside(organization):
        create_registered_model(organization.id, name=name, actor=ADA)
        waiting = list(WebhookDelivery.objects.filter(state="waiting").values_list("id", flat=True))
    for delivery_id in waiting:
        deliveries.deliver_webhook(organization.id, delivery_id)


def stored(organization: Organization, webhook_id: UUID) -> WebhookView:
    with inside(organization):
        return get_webhook(organization.id, webhook_id)


def test_without_webhooks_the_page_says_what_one_is_for(ada: Client) -> None:
    assert "Who should hear of a new model?" in ada.get(reverse("webhooks")).text
    assert reverse("webhooks") in ada.get(reverse("models")).text


def test_a_webhook_is_made_and_its_secret_is_never_shown(ada: Client, organization: Organization, receiver: Receiver) -> None:
    body = {"name": "ci", "url": receiver.url, "description": "", "secret": SECRET, "events": [Event.VERSION_CREATED]}
    made = ada.post(reverse("webhook_new"), body, follow=True).text
    assert "A version was registered" in made
    assert "yes, with a secret that is never shown" in made
    with inside(organization):
        [webhook] = list_webhooks(organization.id).webhooks
    for page in (made, ada.get(reverse("webhooks")).text, ada.get(reverse("webhook", args=[webhook.id])).text):
        assert "ci" in page
        assert SECRET not in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "-"}, "is invalid"),
        ({"url": "ftp://example.com"}, "field-error"),
        ({"events": []}, "This field is required."),
        ({"events": ["model.exploded"]}, "field-error"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused_beside_its_field(
    ada: Client, organization: Organization, change: dict[str, object], said: str
) -> None:
    body = {"name": "ci", "url": "https://example.com/x", "secret": SECRET, "events": [Event.VERSION_CREATED]}
    page = ada.post(reverse("webhook_new"), body | change).text
    assert said in page
    assert SECRET not in page
    with inside(organization):
        assert not list_webhooks(organization.id).webhooks


def test_a_change_keeps_the_secret_unless_it_is_replaced_or_removed(
    ada: Client, organization: Organization, webhook: WebhookView
) -> None:
    address, body = reverse("webhook", args=[webhook.id]), {"url": webhook.url, "events": [Event.MODEL_CREATED]}
    ada.post(address, body | {"name": "renamed"})
    changed = stored(organization, webhook.id)
    assert (changed.name, changed.events, changed.has_secret) == ("renamed", (Event.MODEL_CREATED,), True)
    ada.post(address, body | {"name": "renamed", "unsigned": "on"})
    assert not stored(organization, webhook.id).has_secret


def test_deliveries_stand_there_with_their_outcome(
    ada: Client, organization: Organization, receiver: Receiver, webhook: WebhookView
) -> None:
    receiver.answers = [200, 410, 503]
    for name in ("good", "gone", "later"):
        deliver(organization, name)
    page = ada.get(reverse("webhook", args=[webhook.id])).text
    assert [page.count(f"</svg>{state}</span>") for state in ("Delivered", "Failed", "Waiting")] == [1, 1, 1]
    assert "The receiver answered 410" in page
    assert "The next try is due at" in page
    assert "</svg>Waiting</span>" in ada.get(reverse("webhooks")).text


def test_a_test_is_sent_signed_and_its_answer_told(ada: Client, receiver: Receiver, webhook: WebhookView) -> None:
    receiver.answers = [200, 500]
    address = reverse("webhook_test", args=[webhook.id])
    assert "Test: The receiver answered 200" in ada.post(address, {"event": Event.ALIAS_CREATED}, follow=True).text
    assert "Test: The receiver answered 500" in ada.post(address, follow=True).text
    [first, second] = receiver.messages
    assert first.body["entity"] == "model_version_alias"
    assert second.body["entity"] == "registered_model"
    assert "X-MLflow-Signature" in first.headers


def test_a_webhook_is_switched_off_and_on(ada: Client, organization: Organization, webhook: WebhookView) -> None:
    address = reverse("webhook_switch", args=[webhook.id])
    assert "Switch on" in ada.post(address, follow=True).text
    assert stored(organization, webhook.id).status is WebhookStatus.DISABLED
    ada.post(address, {"on": "1"})
    assert stored(organization, webhook.id).status is WebhookStatus.ACTIVE


def test_a_webhook_is_deleted_after_naming_what_goes(ada: Client, webhook: WebhookView) -> None:
    page = ada.get(reverse("webhook", args=[webhook.id])).text
    assert "Delete the webhook deploy?" in page
    assert "With it go its deliveries" in page
    assert "was deleted" in ada.post(reverse("webhook_delete", args=[webhook.id]), follow=True).text
    assert ada.get(reverse("webhook", args=[webhook.id])).status_code == 404


ACTS = ("webhook_switch", "webhook_test", "webhook_delete")


def test_an_engineer_is_not_offered_webhooks_and_refused(member: Callable[[Role], Client], webhook: WebhookView) -> None:
    ben = member(Role.ENGINEER)
    assert reverse("webhooks") not in ben.get(reverse("models")).text
    for address in (reverse("webhooks"), reverse("webhook_new"), reverse("webhook", args=[webhook.id])):
        assert ben.get(address).status_code == 403
    for name in ACTS:
        assert ben.post(reverse(name, args=[webhook.id])).status_code == 403


def test_a_stranger_finds_no_webhook(eve: Client, receiver: Receiver, webhook: WebhookView) -> None:
    assert webhook.url not in eve.get(reverse("webhooks")).text
    assert eve.get(reverse("webhook", args=[webhook.id])).status_code == 404
    for name in ACTS:
        assert eve.post(reverse(name, args=[webhook.id])).status_code == 404
    assert receiver.messages == []


def test_who_is_not_signed_in_sends_no_test(webhook: WebhookView, receiver: Receiver) -> None:
    assert Client().post(reverse("webhook_test", args=[webhook.id])).status_code == 302
    assert receiver.messages == []
