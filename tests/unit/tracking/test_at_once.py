"""Points and the end of a run each take one statement, and whoever may not write changes nothing by it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from assay.accounts.domain.roles import Permission
from assay.accounts.models import ApiToken, Membership, Organization, User
from assay.core import tenancy
from assay.core.clock import now
from assay.core.errors import Unauthenticated
from assay.tracking.domain.states import RunStatus
from assay.tracking.domain.values import MetricPoint
from assay.tracking.models import MetricSegment, Run
from assay.tracking.selectors.runs import get_run
from assay.tracking.services import at_once, experiments, runs
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db

ENDED = datetime(2026, 5, 1, 12, 0, 0, 123_456, tzinfo=UTC)
POINT, OTHER = MetricPoint("loss", 0.5, 1, 1_000), MetricPoint("loss", 0.25, 2, 2_000)


@pytest.fixture
def organization() -> Organization:
    return found_organization(owner_email="ada@example.com")


@pytest.fixture
def run_id(organization: Organization) -> UUID:
    return start_run(organization)


def start_run(organization: Organization, experiment_name: str = "digits") -> UUID:
    with tenancy.scope(organization.id):
        experiment = experiments.create_experiment(organization.id, name=experiment_name)
        return runs.create_run(organization.id, experiment_id=experiment.id).id


def use(organization: Organization, **changed: object) -> str:
    """A token's header, as after a first call. changed: columns of the token."""
    header = bearer(organization)["Authorization"]
    with tenancy.scope(organization.id):
        ApiToken.objects.update(**{"last_used_at": now(), **changed})
    return header


def points_of(organization: Organization, run_id: UUID) -> int:
    with tenancy.scope(organization.id):
        return sum(segment.count for segment in MetricSegment.objects.filter(run_id=run_id))


@pytest.mark.parametrize("metrics", [[POINT], [POINT, OTHER]])
def test_whoever_may_write_adds_each_point_once(organization: Organization, run_id: UUID, metrics: list[MetricPoint]) -> None:
    header = use(organization)
    assert at_once.log_points_at_once(header, run_id, metrics)
    assert at_once.log_points_at_once(header, run_id, metrics)
    assert points_of(organization, run_id) == len(metrics)


@pytest.mark.parametrize(
    "changed",
    [
        {"revoked_at": now()},
        {"expires_at": now() - timedelta(seconds=1)},
        {"scopes": [Permission.TRACKING_READ]},
        {"last_used_at": None},
        {"last_used_at": now() - timedelta(minutes=2)},
    ],
)
def test_a_token_that_may_not_or_is_to_be_noted_adds_nothing(
    organization: Organization, run_id: UUID, changed: dict[str, object]
) -> None:
    assert not at_once.log_points_at_once(use(organization, **changed), run_id, [POINT])
    assert points_of(organization, run_id) == 0


def _lower(organization: Organization) -> None:
    with tenancy.scope(organization.id):
        Membership.objects.update(role="viewer")


def _dismiss(organization: Organization) -> None:
    with tenancy.scope(organization.id):
        Membership.objects.all().delete()


def _deactivate(_: Organization) -> None:
    User.objects.update(is_active=False)


@pytest.mark.parametrize("change", [_lower, _dismiss, _deactivate])
def test_a_holder_who_may_not_adds_nothing(
    organization: Organization, run_id: UUID, change: Callable[[Organization], None]
) -> None:
    header = use(organization)
    change(organization)
    assert not at_once.log_points_at_once(header, run_id, [POINT])
    assert points_of(organization, run_id) == 0


def test_a_stranger_adds_nothing(organization: Organization, run_id: UUID) -> None:
    assert not at_once.log_points_at_once(use(found_organization(owner_email="eve@example.com")), run_id, [POINT])
    assert not at_once.log_points_at_once("Bearer nobody", run_id, [POINT])
    with pytest.raises(Unauthenticated):
        at_once.log_points_at_once("", run_id, [POINT])
    assert points_of(organization, run_id) == 0


def test_a_deleted_run_takes_no_point_and_a_silent_one_is_noted_the_long_way(organization: Organization, run_id: UUID) -> None:
    header = use(organization)
    with tenancy.scope(organization.id):
        Run.objects.update(last_heartbeat_at=now() - timedelta(minutes=1))
    assert not at_once.log_points_at_once(header, run_id, [POINT])
    assert points_of(organization, run_id) == 1
    with tenancy.scope(organization.id):
        Run.objects.update(last_heartbeat_at=now())
        runs.delete_run(organization.id, run_id)
    assert not at_once.log_points_at_once(header, run_id, [OTHER])
    assert points_of(organization, run_id) == 1


def status_of(organization: Organization, run_id: UUID) -> RunStatus:
    with tenancy.scope(organization.id):
        return get_run(organization.id, run_id).status


def test_a_running_run_is_ended_as_the_long_way_ends_it(organization: Organization, run_id: UUID) -> None:
    header, other = use(organization), start_run(organization, "as well")
    ended = at_once.end_run_at_once(header, run_id, status=RunStatus.FAILED, ended_at=ENDED)
    with tenancy.scope(organization.id):
        expected = runs.update_run(organization.id, other, status=RunStatus.FAILED, ended_at=ENDED)
        stored = Run.objects.get(id=run_id)
    assert ended is not None
    assert (stored.status, stored.ended_at) == ("FAILED", ended.ended_at)
    same = {"id", "name", "experiment_id", "experiment_number", "started_at", "artifact_uri"}
    assert {k: v for k, v in asdict(ended).items() if k not in same} == {
        k: v for k, v in asdict(expected).items() if k not in same
    }
    with tenancy.scope(organization.id):
        assert runs.update_run(organization.id, run_id, status=RunStatus.FAILED, ended_at=ENDED) == ended


def test_whoever_may_not_ends_nothing(organization: Organization, run_id: UUID) -> None:
    eve = use(found_organization(owner_email="eve@example.com"))
    revoked, reader = use(organization, revoked_at=now()), use(organization, scopes=[Permission.TRACKING_READ])
    for header in (eve, revoked, reader, "Bearer nobody"):
        assert at_once.end_run_at_once(header, run_id, status=RunStatus.FINISHED, ended_at=ENDED) is None
    assert status_of(organization, run_id) is RunStatus.RUNNING


def test_a_run_that_others_hear_of_or_that_is_over_is_left_to_the_long_way(organization: Organization, run_id: UUID) -> None:
    header, tagged = use(organization), start_run(organization, "tagged")
    with tenancy.scope(organization.id):
        runs.log_batch(organization.id, tagged, tags={"assay.machine": "m5.large"})
        runs.update_run(organization.id, run_id, status=RunStatus.KILLED)
    for one in (tagged, run_id):
        assert at_once.end_run_at_once(header, one, status=RunStatus.FINISHED, ended_at=ENDED) is None
    assert status_of(organization, tagged) is RunStatus.RUNNING
    assert status_of(organization, run_id) is RunStatus.KILLED
