"""What training cost in a week: machines, runs, leaderboards."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from assay.accounts.models import Organization
from assay.core import tenancy
from assay.costs.services.allocation import allocate_import
from assay.leaderboards.domain.rankings import Direction
from assay.leaderboards.models import Leaderboard
from assay.leaderboards.services.leaderboards import LeaderboardDraft, create_leaderboard
from assay.reports.domain.figures import TrainingFigures
from assay.reports.domain.weeks import Week
from assay.reports.selectors.training import collect_training
from assay.tracking.services.experiments import create_experiment
from tests.factories.bills import charge, import_bill
from tests.factories.organizations import found_organization
from tests.factories.runs import finish_run

pytestmark = pytest.mark.django_db
WEEK = Week(date(2026, 3, 2), ZoneInfo("UTC"))
AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
MACHINE = "i-0123456789abcdef0"


@pytest.fixture
def organization() -> Organization:
    """A machine of six hours at a dollar each; one run held it for two, another one for one; a third has no price."""
    made = found_organization()
    with tenancy.scope(made.id):
        experiment_id = create_experiment(made.id, name="digits").id
        _run(made.id, experiment_id, "long", AT, hours=2, value=0.9)
        _run(made.id, experiment_id, "short", AT + timedelta(hours=3), hours=1, value=0.8)
        finish_run(made.id, experiment_id, name="free", started_at=AT, priced=False, metrics={"accuracy": 0.95})
        draft = LeaderboardDraft("By accuracy", experiment_id, "accuracy", Direction.MAXIMIZE)
        create_leaderboard(made.id, draft, actor_id=None)
    charges = [charge(MACHINE, AT + timedelta(hours=hour), "1.000000000000001") for hour in range(6)]
    delivery = import_bill(made.id, charges)
    with tenancy.scope(made.id):
        allocate_import(made.id, delivery)
    return made


def _run(organization_id: UUID, experiment_id: UUID, name: str, at: datetime, *, hours: int, value: float) -> None:
    tags = {"assay.compute.resource_id": MACHINE}
    finish_run(organization_id, experiment_id, name=name, started_at=at, hours=hours, metrics={"accuracy": value}, tags=tags)


def collect(organization: Organization, week: Week = WEEK, currency: str = "USD") -> TrainingFigures:
    with tenancy.scope(organization.id):
        return collect_training(organization.id, week=week, currency=currency)


def test_runs_and_idle_add_up_to_the_machines_they_held(organization: Organization) -> None:
    figures = collect(organization)
    assert (figures.runs, figures.idle) == (Decimal("3.000000000000003"), Decimal("3.000000000000003"))


def test_the_dearest_runs_of_the_week_come_first_and_the_unpriced_are_counted(organization: Organization) -> None:
    figures = collect(organization)
    assert [(line.name, line.experiment, line.amount, line.estimated) for line in figures.dearest] == [
        ("long", "digits", Decimal("2.000000000000002"), False),
        ("short", "digits", Decimal("1.000000000000001"), False),
    ]
    assert (figures.started, figures.unpriced) == (3, 1)


def test_the_front_of_each_leaderboard_is_named(organization: Organization) -> None:
    (front,) = collect(organization).fronts
    assert front.name == "By accuracy"
    assert [(run.name, run.rank, run.metric) for run in front.runs] == [("long", 2, "accuracy"), ("short", 3, "accuracy")]


def test_another_week_and_another_currency_have_none_of_it(organization: Organization) -> None:
    earlier = collect(organization, WEEK.before)
    assert (earlier.runs, earlier.idle, earlier.started, earlier.dearest) == (Decimal(0), Decimal(0), 0, ())
    euros = collect(organization, currency="EUR")
    assert (euros.runs, euros.dearest, euros.fronts, euros.unpriced) == (Decimal(0), (), (), 3)


def test_a_leaderboard_that_cannot_be_read_holds_no_report_back(organization: Organization) -> None:
    with tenancy.scope(organization.id):
        Leaderboard.objects.update(filter="written for an older grammar")
    assert collect(organization).fronts == ()
