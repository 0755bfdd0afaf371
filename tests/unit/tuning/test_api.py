"""Sweeps over /api/v1: who may, what a stranger sees, and what bad input is told."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from assay.accounts.domain.roles import Permission, Role
from assay.accounts.models import AuditEntry, Organization
from assay.core import tenancy
from assay.core.ids import new_id
from assay.tuning.models import Trial
from assay.tuning.selectors.sweeps import list_sweeps
from assay.tuning.selectors.trials import output_folder
from assay.tuning.services import leases
from assay.tuning.services.advancing import advance_sweep
from tests.factories.members import add_member
from tests.factories.organizations import found_organization
from tests.factories.sweeps import spec_text
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Organization:
    return found_organization(owner_email="ada@example.com")


@pytest.fixture
def headers(ada: Organization) -> dict[str, str]:
    return bearer(ada)


def _post(client: Client, path: str, headers: dict[str, str], body: object = None) -> Any:
    return client.post(f"/api/v1/{path}", json.dumps(body or {}), content_type="application/json", headers=headers)


def _get(client: Client, path: str, headers: dict[str, str]) -> Any:
    answer = client.get(f"/api/v1/{path}", headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


def _start(client: Client, headers: dict[str, str], **changes: Any) -> dict[str, Any]:
    answer = _post(client, "sweeps", headers, {"spec": spec_text(**changes), "workdir": "/srv/jobs"})
    assert answer.status_code == 201, answer.content
    started: dict[str, Any] = json.loads(answer.content)
    return started


def _advance(ada: Organization, sweep: dict[str, Any]) -> list[Trial]:
    with tenancy.scope(ada.id):
        advance_sweep(ada.id, sweep["id"])
        return list(Trial.objects.filter(sweep_id=sweep["id"]).order_by("number"))


def test_a_sweep_is_started_listed_and_shown(client: Client, ada: Organization, headers: dict[str, str]) -> None:
    sweep = _start(client, headers)
    assert (sweep["state"], sweep["seed"], sweep["started_by"]) == ("running", 7, "ada@example.com")
    assert sweep["experiment"]["name"] == "digits"
    assert sweep["trials"] == {"waiting": 0, "running": 0, "succeeded": 0, "failed": 0, "stopped": 0}
    assert _get(client, f"sweeps/{sweep['id']}", headers) == sweep
    assert _get(client, "sweeps", headers) == {"items": [sweep], "next_cursor": None}
    with tenancy.scope(ada.id):
        assert AuditEntry.objects.filter(action="sweep.started", subject="digits").count() == 1


def test_sweeps_are_paged_newest_first(client: Client, headers: dict[str, str]) -> None:
    ids = [_start(client, headers)["id"] for _ in range(3)]
    first = _get(client, "sweeps?limit=2", headers)
    rest = _get(client, f"sweeps?limit=2&cursor={first['next_cursor']}", headers)
    assert [item["id"] for item in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] is None


def test_trials_show_what_they_try_and_what_their_command_wrote(
    client: Client, ada: Organization, headers: dict[str, str]
) -> None:
    sweep = _start(client, headers)
    trial = _advance(ada, sweep)[0]
    shown = _get(client, f"sweeps/{sweep['id']}/trials", headers)["items"]
    assert [item["number"] for item in shown] == [1, 2]
    assert shown[0] == _get(client, f"trials/{trial.id}", headers)
    assert set(shown[0]["params"]) == {"c", "kernel"}
    assert _get(client, f"trials/{trial.id}/output", headers)["stdout"] == ""
    with tenancy.scope(ada.id):
        leases.claim_trial(ada.id, trial.id)
    folder = output_folder(trial.id, 1)
    folder.mkdir(parents=True)
    (folder / "stdout.txt").write_bytes(b"epoch 1 \xff\0\n")
    output = _get(client, f"trials/{trial.id}/output?attempt=1", headers)
    assert (output["attempt"], output["stdout"], output["stderr"]) == (1, "epoch 1 \ufffd\0\n", "")


@pytest.mark.parametrize("attempt", ["2", "-1"])
def test_an_attempt_that_never_was_is_not_found(
    client: Client, ada: Organization, headers: dict[str, str], attempt: str
) -> None:
    trial = _advance(ada, _start(client, headers))[0]
    assert client.get(f"/api/v1/trials/{trial.id}/output?attempt={attempt}", headers=headers).status_code == 404


def test_a_sweep_of_which_nothing_runs_stops_at_once_and_stays_stopped(
    client: Client, ada: Organization, headers: dict[str, str]
) -> None:
    sweep = _start(client, headers)
    _advance(ada, sweep)
    for _ in range(2):
        answer = _post(client, f"sweeps/{sweep['id']}/stop", headers)
        assert (answer.status_code, json.loads(answer.content)["state"]) == (200, "stopped")
    assert {trial.state for trial in _advance(ada, sweep)} == {"stopped"}


def test_starting_and_stopping_need_tuning_write_and_reading_tracking_read(
    client: Client, ada: Organization, headers: dict[str, str]
) -> None:
    sweep = _start(client, headers)
    add_member(ada, "ben@example.com", Role.VIEWER)
    viewer = bearer(ada, email="ben@example.com")
    assert _post(client, "sweeps", viewer, {"spec": spec_text(), "workdir": "/"}).status_code == 403
    assert _post(client, f"sweeps/{sweep['id']}/stop", viewer).status_code == 403
    assert _get(client, f"sweeps/{sweep['id']}", viewer)["name"] == "digits"
    costs_only = bearer(ada, [Permission.COSTS_READ])
    assert client.get("/api/v1/sweeps", headers=costs_only).status_code == 403
    assert client.get("/api/v1/sweeps").status_code == 401


def test_a_stranger_finds_nothing(client: Client, ada: Organization, headers: dict[str, str]) -> None:
    sweep = _start(client, headers)
    trial = _advance(ada, sweep)[0]
    eve = bearer(found_organization(owner_email="eve@example.com"))
    for path in (f"sweeps/{sweep['id']}", f"sweeps/{sweep['id']}/trials", f"trials/{trial.id}", f"trials/{trial.id}/output"):
        assert client.get(f"/api/v1/{path}", headers=eve).status_code == 404
        assert client.get(f"/api/v1/{path.replace(sweep['id'], str(new_id()))}", headers=eve).status_code == 404
    assert _post(client, f"sweeps/{sweep['id']}/stop", eve).status_code == 404
    assert _get(client, "sweeps", eve)["items"] == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"spec": "name: [", "workdir": "/"}, "not YAML"),
        ({"spec": spec_text(max_trials=0), "workdir": "/"}, "max_trials must be a whole number from 1 to 10000"),
        ({"spec": spec_text(), "workdir": "relative"}, "workdir must be absolute"),
        ({"spec": spec_text(command="run {x}"), "workdir": "/"}, "uses {x}, which is not in space"),
        ({"spec": "\ud800", "workdir": "/"}, "must be text"),
        ({"workdir": "/"}, "spec: Field required"),
    ],
)
def test_bad_input_is_told_with_its_key(client: Client, headers: dict[str, str], body: object, said: str) -> None:
    answer = _post(client, "sweeps", headers, body)
    assert answer.status_code == 400
    assert said in json.loads(answer.content)["error"]["message"]


def test_a_list_costs_three_queries_however_long(
    client: Client, ada: Organization, headers: dict[str, str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for length in (1, 6):
        while len(_get(client, "sweeps", headers)["items"]) < length:
            _start(client, headers)
        with tenancy.scope(ada.id), django_assert_num_queries(3):
            assert len(list_sweeps(ada.id).sweeps) == length
