"""An organization in scope, with an experiment and a run."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client

from assay.core import tenancy
from assay.tracking.domain.values import ExperimentView, RunView
from assay.tracking.services import experiments, runs
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer
from tests.unit.tracking.rest import Rest


@pytest.fixture
def ada(db: None) -> Iterator[UUID]:
    organization = found_organization()
    with tenancy.scope(organization.id):
        yield organization.id


@pytest.fixture
def eve(db: None) -> UUID:
    return found_organization().id


@pytest.fixture
def experiment(ada: UUID) -> ExperimentView:
    return experiments.create_experiment(ada, name="digits")


@pytest.fixture
def run(ada: UUID, experiment: ExperimentView) -> RunView:
    return runs.create_run(ada, experiment_id=experiment.id, name="first", user_name="ada")


def _owner(client: Client, email: str) -> Rest:
    return Rest(client, bearer(found_organization(owner_email=email)))


@pytest.fixture
def rest(db: None, client: Client) -> Rest:
    """The owner of an organization, through the MLflow protocol."""
    return _owner(client, "ada@example.com")


@pytest.fixture
def stranger(db: None, client: Client) -> Rest:
    return _owner(client, "eve@example.com")
