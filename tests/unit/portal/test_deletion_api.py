"""Deleting and restoring runs and experiments through /api/v1."""

from datetime import timedelta

import pytest

from assay.accounts.domain.roles import Role
from assay.accounts.models import Organization
from assay.core import tenancy
from assay.core.clock import frozen, now
from assay.tracking.domain.values import RunView
from assay.tracking.services import experiments, runs
from tests.factories.callers import Caller
from tests.factories.members import add_member
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return found_organization(owner_email="ada@example.com")


@pytest.fixture
def run(organization: Organization) -> RunView:
    with tenancy.scope(organization.id):
        experiment = experiments.create_experiment(organization.id, name="digits")
        return runs.create_run(organization.id, experiment_id=experiment.id, name="first")


@pytest.fixture
def ada(organization: Organization) -> Caller:
    return Caller(bearer(organization))


def test_a_run_is_deleted_and_the_deletion_undone(ada: Caller, run: RunView) -> None:
    assert ada("DELETE", f"runs/{run.id}", 200)["lifecycle_stage"] == "deleted"
    assert ada("GET", "runs", 200)["items"] == []
    assert ada("POST", f"runs/{run.id}/restore", 200)["lifecycle_stage"] == "active"
    log = ada("GET", "audit", 200)["items"]
    assert {entry["action"] for entry in log} >= {"run.deleted", "run.restored"}
    assert {entry["actor"] for entry in log if entry["action"].startswith("run.")} == {"ada@example.com"}


def test_an_undo_comes_too_late_after_a_week(organization: Organization, ada: Caller, run: RunView) -> None:
    with frozen(now() - timedelta(days=7)), tenancy.scope(organization.id):
        runs.delete_run(organization.id, run.id)
    assert "7 days" in ada("POST", f"runs/{run.id}/restore", 409)["error"]["message"]


def test_an_experiment_goes_with_its_runs_and_comes_back_with_them(ada: Caller, run: RunView) -> None:
    ada("DELETE", f"experiments/{run.experiment_id}", 204)
    assert ada("GET", f"runs/{run.id}", 200)["lifecycle_stage"] == "deleted"
    ada("POST", f"experiments/{run.experiment_id}/restore", 204)
    assert ada("GET", f"runs/{run.id}", 200)["lifecycle_stage"] == "active"


def test_deleting_needs_the_permission_and_a_stranger_finds_nothing(organization: Organization, run: RunView) -> None:
    add_member(organization, "ben@example.com", Role.VIEWER)
    ben = Caller(bearer(organization, email="ben@example.com"))
    eve = Caller(bearer(found_organization(owner_email="eve@example.com")))
    for caller, status in ((ben, 403), (eve, 404)):
        for method, path in (
            ("DELETE", f"runs/{run.id}"),
            ("POST", f"runs/{run.id}/restore"),
            ("DELETE", f"experiments/{run.experiment_id}"),
            ("POST", f"experiments/{run.experiment_id}/restore"),
        ):
            caller(method, path, status)


def test_a_heartbeat_is_answered_with_the_runs_status(ada: Caller, run: RunView) -> None:
    assert ada("POST", f"runs/{run.id}/heartbeat", 200) == {"status": "RUNNING"}
