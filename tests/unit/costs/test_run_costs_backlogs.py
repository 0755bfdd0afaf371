"""What costs hears of, and what it catches up with when a message was lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from assay.core import deferral, tenancy
from assay.core.clock import frozen
from assay.core.signals import bill_imported, run_changed
from assay.costs.domain.uses import TAGS
from assay.costs.services.allocation import allocate_import
from assay.costs.services.backlogs import list_stale_runs, list_waiting_imports, resume_costs
from assay.costs.services.uses import refresh_run
from assay.costs.tasks import allocate_import as allocate_task
from assay.costs.tasks import refresh_run as refresh_task
from assay.costs.tasks import resume_costs as resume_task
from assay.tracking.domain.states import RunStatus
from assay.tracking.services import experiments, runs
from tests.factories.bills import charge, import_bill
from tests.factories.holds import MACHINE, hold_machine
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
GPU = "i-0d18c6e2a9b4f0754"
Sent = list[tuple[str, dict[str, object]]]


@pytest.fixture
def ada() -> Iterator[UUID]:
    with frozen(NOW):
        yield found_organization().id


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Messages that would have gone to the broker."""
    messages: Sent = []
    monkeypatch.setattr(deferral, "_send", lambda name, queue, values: messages.append((name, dict(values))))
    return messages


def test_a_changed_run_is_refreshed_and_an_imported_bill_allocated_by_tasks(
    ada: UUID, sent: Sent, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run_changed.send(sender=None, organization_id=ada, run_id=ada)
        bill_imported.send(sender=None, organization_id=ada, import_id=ada)
    of_costs = [(name, values) for name, values in sent if name.startswith("costs.")]
    assert of_costs == [
        ("costs.refresh_run", {"organization_id": str(ada), "run_id": str(ada)}),
        ("costs.allocate_import", {"organization_id": str(ada), "import_id": str(ada)}),
    ]
    assert [refresh_task.name, allocate_task.name] == [name for name, _ in of_costs]


def test_a_delivery_waits_until_runs_are_charged_from_it(ada: UUID) -> None:
    first = import_bill(ada, [charge(GPU, NOW, "1")])
    with tenancy.scope(ada):
        assert list_waiting_imports(ada) == [first]
        allocate_import(ada, first)
        assert list_waiting_imports(ada) == []
    second = import_bill(ada, [charge(GPU, NOW, "2")])
    with tenancy.scope(ada):
        assert list_waiting_imports(ada) == [second]


def test_a_run_is_stale_until_its_hold_says_what_it_says(ada: UUID) -> None:
    with tenancy.scope(ada):
        fresh = hold_machine(ada, GPU, NOW - HOUR, None)
        experiment = experiments.ensure_default_experiment(ada).id
        runs.create_run(ada, experiment_id=experiment, started_at=NOW, tags={})
        unheard = runs.create_run(ada, experiment_id=experiment, started_at=NOW, tags=MACHINE).id
        assert list_stale_runs(ada) == [unheard]
        refresh_run(ada, unheard)
        runs.update_run(ada, fresh, status=RunStatus.FINISHED, ended_at=NOW)
        assert list_stale_runs(ada) == [fresh]
        refresh_run(ada, fresh)
        assert list_stale_runs(ada) == []


def test_a_run_that_names_no_machine_any_more_is_stale(ada: UUID) -> None:
    with tenancy.scope(ada):
        held = hold_machine(ada, GPU, NOW - HOUR, None)
        for key in TAGS:
            runs.delete_tag(ada, held, key=key)
        assert list_stale_runs(ada) == [held]


def test_runs_that_name_no_machine_cost_nothing_to_pass_over(
    ada: UUID, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with tenancy.scope(ada):
        experiment = experiments.ensure_default_experiment(ada).id
        for number in range(3):
            runs.create_run(ada, experiment_id=experiment, started_at=NOW, tags={"assay.compute.host": str(number)})
        with django_assert_num_queries(3):
            assert list_stale_runs(ada) == []


def test_the_end_of_an_old_run_is_caught_up_with_too(ada: UUID) -> None:
    with tenancy.scope(ada):
        old = hold_machine(ada, GPU, NOW - timedelta(days=30), None)
        assert list_stale_runs(ada) == []
        runs.update_run(ada, old, status=RunStatus.FINISHED, ended_at=NOW)
        assert list_stale_runs(ada) == [old]


def test_what_waits_is_sent_again(
    ada: UUID, sent: Sent, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    delivery = import_bill(ada, [charge(GPU, NOW, "1")])
    with tenancy.scope(ada):
        experiment = experiments.ensure_default_experiment(ada).id
        run = runs.create_run(ada, experiment_id=experiment, started_at=NOW, tags=MACHINE).id
    with django_capture_on_commit_callbacks(execute=True):
        resume_task()
    organization = {"organization_id": str(ada)}
    assert ("costs.allocate_import", organization | {"import_id": str(delivery)}) in sent
    assert ("costs.refresh_run", organization | {"run_id": str(run)}) in sent


def test_tasks_enter_the_scope_themselves(ada: UUID) -> None:
    delivery = import_bill(ada, [charge(GPU, NOW - HOUR, "1")])
    with tenancy.scope(ada):
        experiment = experiments.ensure_default_experiment(ada).id
        run = runs.create_run(ada, experiment_id=experiment, started_at=NOW, tags=MACHINE).id
    refresh_task(organization_id=str(ada), run_id=str(run))
    allocate_task(organization_id=str(ada), import_id=str(delivery))
    with tenancy.scope(ada):
        resume_costs(ada)
        assert (list_stale_runs(ada), list_waiting_imports(ada)) == ([], [])
