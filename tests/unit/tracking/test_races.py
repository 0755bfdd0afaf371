"""Several clients at once: nothing is lost, nothing counted twice, nobody waits in a circle."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connections

from assay.core import tenancy
from assay.tracking.domain.errors import NotActive, ParamsFixed
from assay.tracking.domain.queries import RunQuery
from assay.tracking.domain.states import Visibility
from assay.tracking.domain.values import DatasetUse, DatasetView, MetricPoint
from assay.tracking.selectors.metrics import history
from assay.tracking.selectors.runs import get_run, list_runs
from assay.tracking.services import experiments, merging, runs
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def organization_id(committed: None) -> UUID:
    return found_organization().id


@pytest.fixture
def experiment_id(organization_id: UUID) -> UUID:
    with tenancy.scope(organization_id):
        return experiments.create_experiment(organization_id, name="raced").id


@pytest.fixture
def run_id(organization_id: UUID, experiment_id: UUID) -> UUID:
    with tenancy.scope(organization_id):
        return runs.create_run(organization_id, experiment_id=experiment_id).id


def _at_once(organization_id: UUID, act: Callable[[int], str], count: int = 6) -> list[str]:
    """Each in a thread, a connection and a transaction of its own."""

    def alone(number: int) -> str:
        try:
            with tenancy.scope(organization_id):
                return act(number)
        except (NotActive, ParamsFixed) as refused:
            return type(refused).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(alone, range(count)))


def test_overlapping_batches_in_opposite_orders_add_up(organization_id: UUID, run_id: UUID) -> None:
    points = [MetricPoint(f"m{key}", float(step), step, step) for step in range(40) for key in range(5)]

    def log(number: int) -> str:
        shifted = points[number * 10 :]
        runs.log_batch(organization_id, run_id, metrics=shifted if number % 2 else shifted[::-1])
        return "logged"

    assert _at_once(organization_id, log) == ["logged"] * 6
    with tenancy.scope(organization_id):
        merging.merge_run(organization_id, run_id)
        latest = get_run(organization_id, run_id).metrics
        assert {key: (metric.count, metric.value) for key, metric in latest.items()} == {
            f"m{key}": (40, 39.0) for key in range(5)
        }
        assert len(history(organization_id, run_id, "m3").points) == 40


def test_of_several_values_for_one_param_the_first_stays(organization_id: UUID, run_id: UUID) -> None:
    def log(number: int) -> str:
        runs.log_batch(organization_id, run_id, params={"lr": str(number)})
        return str(number)

    answers = _at_once(organization_id, log)
    with tenancy.scope(organization_id):
        kept = get_run(organization_id, run_id).params["lr"]
    assert sorted(answers) == sorted([kept, *["ParamsFixed"] * 5])


def test_runs_that_use_the_same_new_data_share_it(organization_id: UUID, experiment_id: UUID) -> None:
    datasets = [DatasetUse(DatasetView(f"d{number}", "x", "code", "{}"), "training", {}) for number in range(8)]

    def use(number: int) -> str:
        run = runs.create_run(organization_id, experiment_id=experiment_id)
        runs.log_inputs(organization_id, run.id, datasets=datasets[::-1] if number % 2 else datasets)
        return "used"

    assert _at_once(organization_id, use) == ["used"] * 6
    with tenancy.scope(organization_id):
        assert len(list_runs(organization_id, RunQuery(filter="datasets.name = 'd3'")).runs) == 6


def test_no_active_run_slips_into_an_experiment_that_is_being_deleted(organization_id: UUID, experiment_id: UUID) -> None:
    def act(number: int) -> str:
        if number == 2:
            experiments.delete_experiment(organization_id, experiment_id)
            return "deleted"
        runs.create_run(organization_id, experiment_id=experiment_id)
        return "created"

    answers = _at_once(organization_id, act)
    assert "deleted" in answers
    with tenancy.scope(organization_id):
        assert list_runs(organization_id, RunQuery()).runs == ()
        kept = list_runs(organization_id, RunQuery(view=Visibility.DELETED_ONLY)).runs
    assert len(kept) == answers.count("created")


def test_the_default_experiment_is_made_once_by_all(organization_id: UUID) -> None:
    found = _at_once(organization_id, lambda _: str(experiments.ensure_default_experiment(organization_id).id))
    assert len(set(found)) == 1


def test_points_logged_while_others_merge_are_each_there_once(organization_id: UUID, run_id: UUID) -> None:
    def act(number: int) -> str:
        if number % 3 == 0:
            return str(merging.merge_run(organization_id, run_id))
        for step in range(20):
            again = step - step % 3
            points = [MetricPoint("m", 1.0, number * 100 + at, at) for at in (step, again)]
            runs.log_batch(organization_id, run_id, metrics=points)
        return "logged"

    for _ in range(2):
        _at_once(organization_id, act, count=6)
    with tenancy.scope(organization_id):
        merging.merge_run(organization_id, run_id)
        steps = [point.step for point in history(organization_id, run_id, "m").points]
        assert sorted(steps) == sorted(number * 100 + step for number in (1, 2, 4, 5) for step in range(20))
        assert get_run(organization_id, run_id).metrics["m"].count == 80
