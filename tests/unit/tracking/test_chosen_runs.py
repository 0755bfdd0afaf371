"""Chosen runs, deleted, restored and tagged together."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from assay.accounts.models import AuditEntry
from assay.core import tenancy
from assay.core.errors import Invalid
from assay.core.ids import new_id
from assay.tracking.domain.errors import NotActive, RunNotFound
from assay.tracking.domain.states import LifecycleStage
from assay.tracking.selectors.runs import get_runs
from assay.tracking.services import experiments, runs
from tests.factories.organizations import found_organization


@pytest.fixture
def ada(db: None) -> Iterator[UUID]:
    """Inside the organization's scope."""
    organization = found_organization()
    with tenancy.scope(organization.id):
        yield organization.id


@pytest.fixture
def made(ada: UUID) -> list[UUID]:
    experiment = experiments.create_experiment(ada, name="digits")
    return [runs.create_run(ada, experiment_id=experiment.id, name=f"run {number}").id for number in range(3)]


def stages(organization_id: UUID, run_ids: list[UUID]) -> list[str]:
    found = get_runs(organization_id, run_ids)
    return [found[run_id].lifecycle_stage.value for run_id in run_ids]


def test_chosen_runs_are_deleted_and_come_back(ada: UUID, made: list[UUID]) -> None:
    assert set(runs.delete_runs(ada, made[:2], actor_id=None)) == set(made[:2])
    assert stages(ada, made) == ["deleted", "deleted", "active"]
    assert set(runs.restore_runs(ada, made[:2], actor_id=None)) == set(made[:2])
    assert stages(ada, made) == ["active"] * 3


def test_only_what_changed_is_told_so_that_undo_restores_no_more(ada: UUID, made: list[UUID]) -> None:
    runs.delete_run(ada, made[0])
    assert runs.delete_runs(ada, made, actor_id=None) == sorted(made[1:])


def test_each_act_is_one_entry_of_the_audit_log(ada: UUID, made: list[UUID]) -> None:
    runs.delete_runs(ada, made, actor_id=None)
    runs.delete_runs(ada, made, actor_id=None)
    runs.restore_runs(ada, made[:1], actor_id=None)
    entries = list(AuditEntry.objects.order_by("at").values_list("action", "subject"))
    assert entries == [("runs.deleted", "3 runs"), ("runs.restored", "run 0")]


def test_one_unknown_run_stops_all(ada: UUID, made: list[UUID]) -> None:
    with pytest.raises(RunNotFound):
        runs.delete_runs(ada, [*made, new_id()], actor_id=None)
    assert stages(ada, made) == ["active"] * 3


def test_nothing_and_too_much_are_refused(ada: UUID) -> None:
    for chosen in ([], [new_id() for _ in range(1_001)]):
        with pytest.raises(Invalid):
            runs.delete_runs(ada, chosen, actor_id=None)


def test_runs_of_a_deleted_experiment_stay_deleted(ada: UUID, made: list[UUID]) -> None:
    experiments.delete_experiment(ada, get_runs(ada, made)[made[0]].experiment_id)
    with pytest.raises(NotActive):
        runs.restore_runs(ada, made, actor_id=None)
    assert stages(ada, made) == [LifecycleStage.DELETED] * 3


def test_a_tag_is_set_on_all_or_none(ada: UUID, made: list[UUID]) -> None:
    runs.tag_runs(ada, made[:2], key="team", value="vision", actor_id=None)
    found = get_runs(ada, made)
    assert [found[run_id].tags.get("team") for run_id in made] == ["vision", "vision", None]
    runs.delete_run(ada, made[1])
    with pytest.raises(NotActive):
        runs.tag_runs(ada, made, key="team", value="speech", actor_id=None)
    assert get_runs(ada, made)[made[0]].tags["team"] == "vision"
    with pytest.raises(Invalid):
        runs.tag_runs(ada, made[:1], key="../x", value="", actor_id=None)
