"""Runs that are lost, and runs that are removed for good: what becomes of their dollars."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from assay.core import tenancy
from assay.core.clock import frozen
from assay.costs.models import ComputeUse, ResourceCost, RunCost
from assay.costs.selectors.run_costs import costs_of_runs
from assay.costs.services.allocation import allocate_import
from assay.costs.services.uses import refresh_run
from assay.tracking.models import Run
from assay.tracking.services import liveness, purges, runs
from tests.factories.bills import charge, import_bill
from tests.factories.holds import hold_machine
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 11, 5, 10, tzinfo=UTC)
LATER = datetime(2026, 11, 20, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
GPU = "i-0d18c6e2a9b4f0754"


@pytest.fixture
def ada() -> Iterator[UUID]:
    with frozen(LATER):
        yield found_organization().id


def purge(ada: UUID, run: UUID) -> bool:
    """returns: whether the run is gone."""
    while purges.purge_run_step(ada, run):
        continue
    return not Run.objects.filter(id=run).exists()


def test_a_lost_run_holds_its_machine_until_it_was_last_heard_of(ada: UUID) -> None:
    with tenancy.scope(ada):
        with frozen(LATER - 3 * HOUR):
            run = hold_machine(ada, GPU, LATER - 3 * HOUR, None)
        with frozen(LATER - HOUR):
            liveness.receive_heartbeat(ada, run)
        liveness.mark_lost_runs(ada)
        refresh_run(ada, run)
        assert ComputeUse.objects.get(run_id=run).ended_at == LATER - HOUR
        assert costs_of_runs(ada, [run])[run].amount == Decimal("2.012")


def test_a_purged_runs_dollars_become_idle_before_the_run_is_gone(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, TEN + HOUR)
        other = hold_machine(ada, GPU, TEN, TEN + HOUR)
    delivery = import_bill(ada, [charge(GPU, TEN, "1"), charge("i-other", TEN + 100 * HOUR, "1")])
    with tenancy.scope(ada):
        allocate_import(ada, delivery)
        runs.delete_run(ada, run)
        runs.delete_run(ada, other)
        with frozen(LATER + WEEK):
            assert not purge(ada, run)
            assert costs_of_runs(ada, [run])[run].amount == Decimal("0.5")
            refresh_run(ada, run)
            assert purge(ada, run)
        machine = ResourceCost.objects.get(resource_id=GPU)
        assert (machine.total, machine.runs + machine.idle) == (1, 1)
        assert sum(RunCost.objects.filter(kind="actual").values_list("amount", flat=True)) == machine.runs
