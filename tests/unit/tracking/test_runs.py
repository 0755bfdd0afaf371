"""Runs start, end, are removed and come back; other apps hear of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from assay.core import clock, tenancy
from assay.core.errors import Invalid
from assay.core.ids import new_id
from assay.core.signals import run_changed
from assay.tracking.domain.errors import ExperimentNotFound, NotActive, RunNotFound
from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.domain.values import ExperimentView, MetricPoint, RunView
from assay.tracking.selectors.runs import get_run
from assay.tracking.services import experiments, runs

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def heard() -> Iterator[list[UUID]]:
    run_ids: list[UUID] = []

    def hear(sender: object, organization_id: UUID, run_id: UUID, **_: object) -> None:
        run_ids.append(run_id)

    run_changed.connect(hear)
    yield run_ids
    run_changed.disconnect(hear)


def test_a_new_run_is_running_and_has_its_place(ada: UUID, experiment: ExperimentView) -> None:
    started_at = START + timedelta(microseconds=1_999)
    run = runs.create_run(
        ada, experiment_id=experiment.id, name="svc", user_name="ada", started_at=started_at, tags={"assay.compute.host": "a"}
    )
    assert (run.status, run.lifecycle_stage, run.ended_at) == (RunStatus.RUNNING, LifecycleStage.ACTIVE, None)
    assert (run.experiment_id, run.experiment_number, run.user_name) == (experiment.id, experiment.number, "ada")
    assert run.started_at == START + timedelta(milliseconds=1)
    assert run.artifact_uri == f"assay-artifacts:/{experiment.number}/{run.id.hex}/artifacts"
    assert run.tags == {"assay.compute.host": "a"}


def test_a_run_without_a_name_gets_one(ada: UUID, experiment: ExperimentView) -> None:
    run = runs.create_run(ada, experiment_id=experiment.id)
    assert run.name.count("-") == 2


def test_a_run_ends_when_it_says_or_now_and_can_go_on(ada: UUID, run: RunView) -> None:
    end = START + timedelta(hours=1)
    assert runs.update_run(ada, run.id, status=RunStatus.FINISHED, ended_at=end).ended_at == end
    assert runs.update_run(ada, run.id, status=RunStatus.RUNNING).ended_at is None
    with clock.frozen(START):
        failed = runs.update_run(ada, run.id, status=RunStatus.FAILED)
    assert (failed.status, failed.ended_at) == (RunStatus.FAILED, START)


def test_a_name_alone_changes_only_the_name(ada: UUID, run: RunView) -> None:
    renamed = runs.update_run(ada, run.id, name="second")
    assert (renamed.name, renamed.status, renamed.ended_at) == ("second", RunStatus.RUNNING, None)
    with pytest.raises(Invalid):
        runs.update_run(ada, run.id, name="n" * 501)


def test_changes_are_told_after_commit(
    ada: UUID, experiment: ExperimentView, heard: list[UUID], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run = runs.create_run(ada, experiment_id=experiment.id, tags={"assay.compute.share": "1"})
        runs.update_run(ada, run.id, status=RunStatus.FINISHED)
        runs.delete_run(ada, run.id)
        runs.delete_run(ada, run.id)
        runs.restore_run(ada, run.id)
        runs.log_batch(ada, run.id, tags={"assay.compute.share": "0.5"})
        runs.delete_tag(ada, run.id, key="assay.compute.share")
        assert heard == []
    assert heard == [run.id] * 6


def test_a_run_that_names_no_machine_begins_and_ends_without_a_word_to_others(
    ada: UUID, experiment: ExperimentView, heard: list[UUID], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run = runs.create_run(ada, experiment_id=experiment.id, tags={"team": "vision"})
        runs.update_run(ada, run.id, status=RunStatus.FINISHED)
    assert heard == []


def test_logging_is_not_told(
    ada: UUID, run: RunView, heard: list[UUID], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        runs.log_batch(ada, run.id, metrics=[MetricPoint("loss", 1.0, 0, 0)], params={"lr": "1"}, tags={"team": "vision"})
    assert heard == []


def test_a_deleted_experiment_takes_no_runs(ada: UUID, experiment: ExperimentView) -> None:
    experiments.delete_experiment(ada, experiment.id)
    with pytest.raises(NotActive):
        runs.create_run(ada, experiment_id=experiment.id)
    with pytest.raises(ExperimentNotFound):
        runs.create_run(ada, experiment_id=new_id())


def test_a_run_of_a_deleted_experiment_cannot_be_restored_alone(ada: UUID, experiment: ExperimentView, run: RunView) -> None:
    experiments.delete_experiment(ada, experiment.id)
    with pytest.raises(NotActive):
        runs.restore_run(ada, run.id)


def test_a_stranger_finds_nothing_to_change(ada: UUID, eve: UUID, experiment: ExperimentView, run: RunView) -> None:
    with tenancy.scope(eve):
        for refuse in (runs.delete_run, runs.restore_run, runs.update_run, get_run):
            with pytest.raises(RunNotFound):
                refuse(eve, run.id)
        with pytest.raises(ExperimentNotFound):
            runs.create_run(eve, experiment_id=experiment.id)
    assert get_run(ada, run.id) == run
