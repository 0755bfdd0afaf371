"""`assay webhooks`."""

import pytest

from tests.unit.client.assay_server import AssayServer
from tests.unit.client.conftest import Assay, json_of
from tests.unit.client.test_commands import WEBHOOK

DELIVERY = {
    "event": "model_version.created",
    "state": "failed",
    "attempts": 8,
    "response_status": 503,
    "error": "It answered 503",
}


def test_a_webhook_is_shown_with_its_last_deliveries(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("GET", "webhooks/w1", WEBHOOK)
    logged_in.answer("GET", "webhooks/w1/deliveries", {"items": [DELIVERY], "next_cursor": None})
    shown = run("webhooks", "show", "w1").stdout
    assert "deploy" in shown
    assert "It answered 503" in shown
    assert json_of(run("webhooks", "show", "w1", "--json")) == WEBHOOK | {"deliveries": [DELIVERY]}


def test_the_secret_comes_from_the_environment(logged_in: AssayServer, run: Assay, monkeypatch: pytest.MonkeyPatch) -> None:
    logged_in.answer("POST", "webhooks", WEBHOOK, status=201)
    words = ("webhooks", "create", "deploy", "https://example.com/x", "--event", "model_version.created")
    refused = run(*words, "--secret-from-env")
    assert refused.exit_code == 2
    assert "ASSAY_WEBHOOK_SECRET is empty" in refused.stderr
    monkeypatch.setenv("ASSAY_WEBHOOK_SECRET", "tiger")
    made = run(*words, "--secret-from-env")
    assert "tiger" not in made.stdout
    [sent] = logged_in.bodies("webhooks")
    assert (sent["secret"], sent["events"]) == ("tiger", ["model_version.created"])


def test_a_change_sends_what_was_named_and_no_more(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("PATCH", "webhooks/w1", WEBHOOK)
    run("webhooks", "change", "w1", "--name", "other", "--unsigned")
    run("webhooks", "change", "w1", "--event", "prompt.created")
    assert logged_in.bodies("webhooks/w1") == [{"name": "other", "secret": ""}, {"events": ["prompt.created"]}]
    assert run("webhooks", "change", "w1", "--unsigned", "--secret-from-env").exit_code == 2


def test_a_test_that_is_not_accepted_is_exit_code_1(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("POST", "webhooks/w1/test", {"accepted": False, "told": "The receiver answered 500."})
    result = run("webhooks", "test", "w1")
    assert (result.exit_code, result.stderr) == (1, "Error: The receiver answered 500.\n")


def test_a_webhook_is_deleted_after_asking(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("DELETE", "webhooks/w1", {})
    assert run("webhooks", "delete", "w1", input="n\n").exit_code == 1
    assert logged_in.asked == []
    assert "Deleted." in run("webhooks", "delete", "w1", input="y\n").stdout
    assert run("webhooks", "delete", "w1", "--yes").exit_code == 0
    assert [asked.method for asked in logged_in.asked] == ["DELETE", "DELETE"]
