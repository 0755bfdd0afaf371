"""Webhooks, as an admin uses them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import service
from tests.plugins.receiver import Receiver, running_receiver
from tests.plugins.stack import Stack


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver


def test_a_webhook_is_made_tried_told_switched_off_and_deleted(page: Page, live: Stack, receiver: Receiver) -> None:
    page.goto("/models")
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_role("link", name="New webhook").click()
    page.get_by_label("Name", exact=True).fill("browser-hook")
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_label("Secret").fill("tiger-lily")
    page.get_by_label("A model was registered", exact=True).check()
    page.get_by_role("button", name="Make the webhook").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("browser-hook")
    assert "tiger-lily" not in page.content()
    receiver.answers = [200, 404]
    page.get_by_role("button", name="Send a test").click()
    expect(page.locator(".note-success")).to_contain_text("The receiver answered 200")
    assert "X-MLflow-Signature" in receiver.messages[0].headers
    service.call(live, "api/2.0/mlflow/registered-models/create", {"name": "told to a browser"})
    receiver.wait_for(2)
    row = page.locator("table.data tbody tr")
    page.reload()
    expect(row).to_contain_text("A model was registered")
    for _ in range(20):
        if "Failed" in row.inner_text():
            break
        page.reload()
    expect(row).to_contain_text("The receiver answered 404")
    page.get_by_role("button", name="Switch off").click()
    page.locator("dialog[open]").get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Switched off")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("dialog[open]")).to_contain_text(receiver.url)
    page.get_by_role("button", name="Delete the webhook").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Webhooks")
    expect(page.locator("table.data tbody tr", has_text="browser-hook")).to_have_count(0)
