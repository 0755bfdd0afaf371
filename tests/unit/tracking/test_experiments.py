"""Experiments have small numbers, unique names, and come back with the runs they took along."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connections

from assay.core import tenancy
from assay.core.errors import Invalid
from assay.tracking.domain.errors import ExperimentNameTaken, ExperimentNotFound, NotActive, TagNotFound
from assay.tracking.domain.queries import ExperimentQuery
from assay.tracking.domain.states import LifecycleStage, Visibility
from assay.tracking.domain.values import ExperimentView
from assay.tracking.selectors import experiments as selectors
from assay.tracking.selectors.runs import get_run
from assay.tracking.services import experiments, runs
from tests.factories.organizations import found_organization


def test_numbers_start_at_one_in_each_organization(ada: UUID, eve: UUID) -> None:
    assert [experiments.create_experiment(ada, name=name).number for name in ("a", "b")] == [1, 2]
    with tenancy.scope(eve):
        assert experiments.create_experiment(eve, name="a").number == 1


def test_the_default_experiment_is_made_once_and_is_number_zero(ada: UUID) -> None:
    first = experiments.ensure_default_experiment(ada)
    assert (first.number, first.name) == (0, "Default")
    assert experiments.ensure_default_experiment(ada) == first
    assert experiments.create_experiment(ada, name="a").number == 1


def test_the_default_experiment_finds_another_name_when_its_own_is_taken(ada: UUID) -> None:
    experiments.create_experiment(ada, name="Default")
    assert experiments.ensure_default_experiment(ada).name == "Default 0"


def test_a_name_stays_taken_by_a_deleted_experiment(ada: UUID, experiment: ExperimentView) -> None:
    experiments.delete_experiment(ada, experiment.id)
    with pytest.raises(ExperimentNameTaken):
        experiments.create_experiment(ada, name=experiment.name)


@pytest.mark.parametrize("name", ["", "  ", "n" * 501, "a\x00b"])
def test_an_experiment_needs_a_usable_name(ada: UUID, name: str) -> None:
    with pytest.raises(Invalid):
        experiments.create_experiment(ada, name=name)


def test_renaming_refuses_a_taken_name_and_allows_its_own(ada: UUID, experiment: ExperimentView) -> None:
    experiments.create_experiment(ada, name="other")
    experiments.rename_experiment(ada, experiment.id, name=experiment.name)
    with pytest.raises(ExperimentNameTaken):
        experiments.rename_experiment(ada, experiment.id, name="other")
    experiments.rename_experiment(ada, experiment.id, name="third")
    assert selectors.get_experiment(ada, experiment.id).name == "third"


def test_restoring_brings_back_the_runs_deleted_with_it_and_no_others(ada: UUID, experiment: ExperimentView) -> None:
    before, along = (runs.create_run(ada, experiment_id=experiment.id).id for _ in range(2))
    runs.delete_run(ada, before)
    experiments.delete_experiment(ada, experiment.id)
    assert get_run(ada, along).lifecycle_stage is LifecycleStage.DELETED
    experiments.restore_experiment(ada, experiment.id)
    assert get_run(ada, along).lifecycle_stage is LifecycleStage.ACTIVE
    assert get_run(ada, before).lifecycle_stage is LifecycleStage.DELETED


def test_a_deleted_experiment_refuses_writes(ada: UUID, experiment: ExperimentView) -> None:
    experiments.delete_experiment(ada, experiment.id)
    writes: list[Callable[[], None]] = [
        lambda: experiments.delete_experiment(ada, experiment.id),
        lambda: experiments.rename_experiment(ada, experiment.id, name="x"),
        lambda: experiments.set_experiment_tag(ada, experiment.id, key="k", value="v"),
        lambda: experiments.delete_experiment_tag(ada, experiment.id, key="k"),
    ]
    for write in writes:
        with pytest.raises(NotActive):
            write()
    experiments.restore_experiment(ada, experiment.id)
    with pytest.raises(NotActive):
        experiments.restore_experiment(ada, experiment.id)


def test_tags_overwrite_and_can_be_removed(ada: UUID, experiment: ExperimentView) -> None:
    experiments.set_experiment_tag(ada, experiment.id, key="k", value="1")
    experiments.set_experiment_tag(ada, experiment.id, key="k", value="2")
    assert selectors.get_experiment(ada, experiment.id).tags == {"k": "2"}
    experiments.delete_experiment_tag(ada, experiment.id, key="k")
    with pytest.raises(TagNotFound):
        experiments.delete_experiment_tag(ada, experiment.id, key="k")
    with pytest.raises(Invalid):
        experiments.set_experiment_tag(ada, experiment.id, key="k", value="v" * 20_001)


def test_a_list_is_searched_ordered_and_paged(ada: UUID) -> None:
    for name in ("beta", "alpha", "gamma"):
        experiments.create_experiment(ada, name=name, tags={"team": "vision"} if name != "gamma" else {})
    query = ExperimentQuery(filter="tags.team = 'vision'", order_by=("name",), limit=1)
    first = selectors.list_experiments(ada, query)
    assert [view.name for view in first.experiments] == ["alpha"]
    assert first.next_page_token
    second = selectors.list_experiments(
        ada, ExperimentQuery(filter=query.filter, order_by=query.order_by, limit=1, page_token=first.next_page_token)
    )
    assert [view.name for view in second.experiments] == ["beta"]
    assert second.next_page_token is None
    newest = selectors.list_experiments(ada, ExperimentQuery(view=Visibility.ALL))
    assert [view.name for view in newest.experiments] == ["gamma", "alpha", "beta"]


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("name LIKE '%a%'", ["beta", "Alpha"]),
        ("name ILIKE 'alpha'", ["Alpha"]),
        ("attribute.name != 'beta'", ["Alpha"]),
        ("experiment_id IN ('1', '7')", ["beta"]),
        ("experiment_id NOT IN ('1')", ["Alpha"]),
        ("creation_time > 0", ["beta", "Alpha"]),
    ],
)
def test_attributes_of_experiments_can_be_searched(ada: UUID, search: str, names: list[str]) -> None:
    for name in ("beta", "Alpha"):
        experiments.create_experiment(ada, name=name)
    found = selectors.list_experiments(ada, ExperimentQuery(filter=search, order_by=("experiment_id",))).experiments
    assert [view.name for view in found] == names


def test_activity_counts_active_runs(ada: UUID, experiment: ExperimentView) -> None:
    kept, gone = (runs.create_run(ada, experiment_id=experiment.id) for _ in range(2))
    runs.delete_run(ada, gone.id)
    activity = selectors.list_activity(ada, [experiment.id])[experiment.id]
    assert (activity.runs, activity.running, activity.last_started_at) == (1, 1, kept.started_at)


def test_a_stranger_finds_no_experiment(ada: UUID, eve: UUID, experiment: ExperimentView) -> None:
    with tenancy.scope(eve):
        with pytest.raises(ExperimentNotFound):
            experiments.delete_experiment(eve, experiment.id)
        assert selectors.find_experiment_by_name(eve, experiment.name) is None
        assert selectors.find_experiment_by_number(eve, experiment.number) is None
        assert selectors.list_experiments(eve, ExperimentQuery(view=Visibility.ALL)).experiments == ()


@pytest.mark.usefixtures("committed")
def test_experiments_made_at_once_get_different_numbers() -> None:
    organization_id = found_organization().id

    def create(position: int) -> int:
        try:
            with tenancy.scope(organization_id):
                return experiments.create_experiment(organization_id, name=f"e{position}").number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(create, range(8))) == list(range(1, 9))
