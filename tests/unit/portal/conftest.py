"""Members of an organization at their browsers, and a stranger of another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.test import Client

from assay.accounts.domain.roles import Role
from assay.accounts.models import Organization, User
from assay.core import tenancy
from assay.tracking.domain.values import ExperimentView, RunView
from assay.tracking.services.experiments import create_experiment
from tests.factories.members import add_member
from tests.factories.organizations import found_organization
from tests.factories.runs import finish_run

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
START = datetime(2026, 3, 5, 10, tzinfo=UTC)

Browser = Callable[[str], Client]


def sign_in(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email), backend=BACKEND)
    return client


@pytest.fixture
def organization(db: None) -> Organization:
    return found_organization(owner_email="ada@example.com")


@pytest.fixture
def ada(organization: Organization) -> Client:
    """The owner."""
    return sign_in("ada@example.com")


@pytest.fixture
def member(organization: Organization) -> Callable[[Role], Client]:
    """ben in a role."""

    def join(role: Role) -> Client:
        add_member(organization, "ben@example.com", role)
        return sign_in("ben@example.com")

    return join


@pytest.fixture
def eve(db: None) -> Client:
    """The owner of another organization."""
    found_organization(owner_email="eve@example.com")
    return sign_in("eve@example.com")


@contextmanager
def inside(organization: Organization) -> Iterator[None]:
    with tenancy.scope(organization.id):
        yield


@pytest.fixture
def experiment(organization: Organization) -> ExperimentView:
    with inside(organization):
        return create_experiment(organization.id, name="digits")


@pytest.fixture
def run(organization: Organization, experiment: ExperimentView) -> RunView:
    with inside(organization):
        return finish_run(
            organization.id, experiment.id, name="first", started_at=START, metrics={"accuracy": 0.9, "loss": 0.1}
        )
