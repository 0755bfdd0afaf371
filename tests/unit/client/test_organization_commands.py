"""`assay organization`."""

from tests.unit.client.assay_server import AssayServer
from tests.unit.client.conftest import Assay, json_of

ORGANIZATION = {
    "id": "o1",
    "slug": "ada",
    "name": "Ada",
    "currency": "USD",
    "timezone": "UTC",
    "silent_run_hours": 24,
}


def test_it_is_shown(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("GET", "organization", ORGANIZATION)
    assert "24 hours" in run("organization", "show").stdout
    assert json_of(run("organization", "show", "--json")) == ORGANIZATION


def test_a_change_sends_what_was_named_and_no_more(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("PATCH", "organization", ORGANIZATION | {"silent_run_hours": 72})
    assert "72 hours" in run("organization", "change", "--silent-run-hours", "72").stdout
    assert logged_in.bodies("organization") == [{"silent_run_hours": 72}]
    refused = run("organization", "change")
    assert refused.exit_code == 2
    assert "--silent-run-hours" in refused.stderr
