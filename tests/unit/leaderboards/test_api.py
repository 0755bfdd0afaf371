from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from assay.accounts.domain.roles import Role
from assay.accounts.models import Organization
from assay.core import tenancy
from assay.core.ids import new_id
from assay.tracking.services.experiments import create_experiment
from tests.factories.callers import Caller
from tests.factories.members import add_member
from tests.factories.organizations import found_organization
from tests.factories.runs import finish_run
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def organization() -> Organization:
    return found_organization(owner_email="ada@example.com")


@pytest.fixture
def ada(organization: Organization) -> Caller:
    return Caller(bearer(organization))


@pytest.fixture
def eve() -> Caller:
    return Caller(bearer(found_organization(owner_email="eve@example.com")))


@pytest.fixture
def experiment_id(organization: Organization) -> UUID:
    with tenancy.scope(organization.id):
        experiment = create_experiment(organization.id, name="digits")
        for name, value, hours in (("good", 0.9, 4), ("cheap", 0.8, 1), ("neither", 0.7, 2)):
            finish_run(organization.id, experiment.id, name=name, started_at=AT, hours=hours, metrics={"accuracy": value})
        finish_run(
            organization.id, experiment.id, name="endless", started_at=AT, metrics={"accuracy": float("-inf")}, priced=False
        )
    return experiment.id


def body(experiment_id: UUID) -> dict[str, Any]:
    return {"name": "By accuracy", "experiment_id": str(experiment_id), "metric": "accuracy"}


def test_a_leaderboard_is_made_read_ranked_changed_and_removed(ada: Caller, experiment_id: UUID) -> None:
    made = ada("POST", "leaderboards", 201, **body(experiment_id))
    assert ada("GET", "leaderboards", 200)["items"] == [made]
    ranking = ada("GET", f"leaderboards/{made['id']}", 200)
    assert [(row["rank"], row["run_name"], row["pareto"]) for row in ranking["rows"]] == [
        (1, "good", True),
        (2, "cheap", True),
        (3, "neither", False),
        (4, "endless", False),
    ]
    assert ada("PUT", f"leaderboards/{made['id']}", 200, **body(experiment_id) | {"direction": "minimize"})["id"] == made["id"]
    assert ada("GET", f"leaderboards/{made['id']}", 200)["rows"][0]["run_name"] == "endless"
    ada("DELETE", f"leaderboards/{made['id']}", 204)
    ada("GET", f"leaderboards/{made['id']}", 404)


def test_money_is_text_with_its_currency_and_unpriced_runs_have_none(ada: Caller, experiment_id: UUID) -> None:
    made = ada("POST", "leaderboards", 201, **body(experiment_id))
    rows = {row["run_name"]: row for row in ada("GET", f"leaderboards/{made['id']}", 200)["rows"]}
    assert rows["cheap"]["cost"] == {"amount": "0.096000000000000", "currency": "USD"}
    assert (rows["cheap"]["cost_state"], rows["endless"]["cost_state"]) == ("estimate", "unpriced")
    assert (rows["endless"]["cost"], rows["endless"]["value"], rows["endless"]["value_text"]) == (None, None, "-inf")


def test_reading_and_writing_need_their_permissions(organization: Organization, ada: Caller, experiment_id: UUID) -> None:
    made = ada("POST", "leaderboards", 201, **body(experiment_id))
    add_member(organization, "ben@example.com", Role.VIEWER)
    ben = Caller(bearer(organization, email="ben@example.com"))
    ben("GET", f"leaderboards/{made['id']}", 200)
    ben("POST", "leaderboards", 403, **body(experiment_id))
    ben("PUT", f"leaderboards/{made['id']}", 403, **body(experiment_id))
    ben("DELETE", f"leaderboards/{made['id']}", 403)
    Caller({})("GET", "leaderboards", 401)


def test_a_stranger_gets_404_by_every_way(ada: Caller, eve: Caller, experiment_id: UUID) -> None:
    made = ada("POST", "leaderboards", 201, **body(experiment_id))
    assert eve("GET", "leaderboards", 200)["items"] == []
    eve("POST", "leaderboards", 404, **body(experiment_id))
    eve("GET", f"leaderboards/{made['id']}", 404)
    eve("PUT", f"leaderboards/{made['id']}", 404, **body(experiment_id))
    eve("DELETE", f"leaderboards/{made['id']}", 404)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"metric": ""}, "metric"),
        ({"direction": "sideways"}, "direction"),
        ({"experiment_id": "x"}, "experiment_id"),
        ({"filter": "metrics."}, "filter"),
    ],
)
def test_bad_input_is_named_by_field(ada: Caller, experiment_id: UUID, change: dict[str, Any], field: str) -> None:
    error = ada("POST", "leaderboards", 400, **body(experiment_id) | change)["error"]
    assert (error["code"], error["details"]["field"]) == ("invalid", field)
    ada("GET", f"leaderboards/{new_id()}", 404)
