"""An organization in scope, with an experiment."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from assay.core import tenancy
from assay.leaderboards.domain.rankings import Direction
from assay.leaderboards.services.leaderboards import LeaderboardDraft
from assay.tracking.domain.values import ExperimentView
from assay.tracking.services.experiments import create_experiment
from tests.factories.organizations import found_organization


@pytest.fixture
def ada(db: None) -> Iterator[UUID]:
    organization = found_organization()
    with tenancy.scope(organization.id):
        yield organization.id


@pytest.fixture
def experiment(ada: UUID) -> ExperimentView:
    return create_experiment(ada, name="digits")


@pytest.fixture
def draft(experiment: ExperimentView) -> LeaderboardDraft:
    return LeaderboardDraft(
        name="Digits, by accuracy", experiment_id=experiment.id, metric="val accuracy", direction=Direction.MAXIMIZE
    )
