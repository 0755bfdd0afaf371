"""What was deleted: undone within 7 days, gone for good after them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.apps import apps

from assay.accounts.models import AuditEntry, Organization
from assay.core import tenancy
from assay.core.clock import frozen
from assay.core.ids import new_id
from assay.tracking.domain.content import ConsoleStream, ConsoleText, Event, EventKind, Source
from assay.tracking.domain.errors import RunNotFound, UndoExpired
from assay.tracking.domain.states import LifecycleStage, ModelRole
from assay.tracking.domain.values import DatasetUse, DatasetView, MetricPoint, ModelMetric, ModelUse, RunView
from assay.tracking.models import (
    Experiment,
    LoggedModel,
    LoggedModelMetric,
    LoggedModelParam,
    LoggedModelTag,
    Run,
    RunModel,
)
from assay.tracking.selectors.experiments import find_experiment_by_number
from assay.tracking.selectors.runs import get_run
from assay.tracking.services import artifacts, experiments, logged_models, purges, runs
from assay.tracking.services.console import append_console
from assay.tracking.services.events import record_events
from assay.tracking.services.sources import record_source
from tests.factories.organizations import found_organization
from tests.factories.rows import fill_every_table

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)


@pytest.fixture
def full(ada: UUID, run: RunView) -> RunView:
    """A run with something of everything."""
    points = [MetricPoint(f"m{index % 5}", float(index), index, index) for index in range(50)]
    runs.log_batch(ada, run.id, metrics=points, params={"lr": "1"}, tags={"team": "vision"})
    data = DatasetView("digits", "abc", "local", "x")
    runs.log_inputs(ada, run.id, datasets=[DatasetUse(data, "training", {})])
    record_events(ada, run.id, [Event(new_id(), EventKind.STAGE, "fit", AT)])
    append_console(ada, run.id, [ConsoleText(ConsoleStream.STDOUT, index, "x", AT) for index in range(30)])
    record_source(ada, run.id, Source(commit="a"))
    with artifacts.open_for_write(ada, f"1/{run.id.hex}/artifacts/model.bin") as file:
        file.write(b"weights")
    return run


def delete(ada: UUID, run: RunView) -> None:
    with frozen(AT):
        runs.delete_run(ada, run.id, actor_id=None)


def purge(ada: UUID, run: RunView, *, limit: int = 10_000) -> int:
    """returns: how many steps it took."""
    steps = 1
    while purges.purge_run_step(ada, run.id, limit=limit):
        steps += 1
    return steps


def rows_of(run: RunView) -> dict[str, int]:
    """Rows that name the run, by table of tracking."""
    tables = [model for model in apps.get_app_config("tracking").get_models() if "run" in {f.name for f in model._meta.fields}]
    counts = {table.__name__: table._base_manager.filter(run_id=run.id).count() for table in tables}
    return {name: count for name, count in counts.items() if count}


def test_a_deleted_run_is_restored_within_seven_days_and_not_after(ada: UUID, full: RunView) -> None:
    delete(ada, full)
    with frozen(AT + WEEK), pytest.raises(UndoExpired, match="7 days"):
        runs.restore_run(ada, full.id)
    with frozen(AT + WEEK - SECOND):
        assert purges.list_due_runs(ada) == []
        assert not purges.purge_run_step(ada, full.id)
        runs.restore_run(ada, full.id)
    assert get_run(ada, full.id).lifecycle_stage is LifecycleStage.ACTIVE
    assert len(rows_of(full)) >= 7


def test_everything_of_a_purged_run_is_gone_and_the_audit_log_says_so(ada: UUID, full: RunView) -> None:
    delete(ada, full)
    with frozen(AT + WEEK):
        assert purges.list_due_runs(ada) == [full.id]
        purge(ada, full)
    assert rows_of(full) == {}
    assert artifacts.list_files(ada, "1") == []
    with pytest.raises(RunNotFound):
        get_run(ada, full.id)
    actions = AuditEntry.objects.filter(organization_id=ada, subject=full.name).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["run.deleted", "run.purged"]


def test_steps_are_bounded_and_an_interrupted_purge_goes_on(ada: UUID, full: RunView) -> None:
    delete(ada, full)
    with frozen(AT + WEEK):
        assert purges.purge_run_step(ada, full.id, limit=3)
        assert 0 < rows_of(full)["ConsoleChunk"] <= 30
        assert purge(ada, full, limit=3) > 10
    assert rows_of(full) == {}


def test_other_runs_keep_everything(ada: UUID, full: RunView) -> None:
    other = runs.create_run(ada, experiment_id=full.experiment_id, tags={"a": "b"})
    delete(ada, other)
    before = rows_of(full)
    with frozen(AT + WEEK):
        purges.purge_due()
    assert rows_of(full) == before
    assert not Run.objects.filter(id=other.id).exists()


def test_an_experiment_goes_after_its_runs_and_its_number_is_never_given_again(ada: UUID, full: RunView) -> None:
    with frozen(AT):
        experiments.delete_experiment(ada, full.experiment_id)
    with frozen(AT + WEEK):
        with pytest.raises(UndoExpired):
            experiments.restore_experiment(ada, full.experiment_id)
        assert purges.list_due_experiments(ada) == []
        purges.purge_due()
    assert not Experiment.objects.filter(id=full.experiment_id).exists()
    assert artifacts.list_files(ada, "") == []
    assert experiments.create_experiment(ada, name="digits").number == 2


def test_a_purged_default_is_made_anew(ada: UUID) -> None:
    default = experiments.ensure_default_experiment(ada)
    with frozen(AT):
        experiments.delete_experiment(ada, default.id)
    with frozen(AT + WEEK):
        purges.purge_due()
    assert find_experiment_by_number(ada, 0) is None
    assert experiments.ensure_default_experiment(ada).id != default.id


def test_an_experiment_in_the_clients_own_storage_loses_no_files_of_others(ada: UUID, full: RunView) -> None:
    theirs = experiments.create_experiment(ada, name="guest", artifact_location="assay-artifacts:/1")
    with frozen(AT):
        experiments.delete_experiment(ada, theirs.id)
    with frozen(AT + WEEK):
        purges.purge_due()
    assert [entry.name for entry in artifacts.list_files(ada, "1")] == [full.id.hex]


@pytest.mark.django_db
def test_no_table_is_forgotten() -> None:
    """Whatever other apps add must let a purge through: on one organization that has a row of everything."""
    organization: Organization = found_organization("everything", owner_email="everything@example.com")
    made = fill_every_table(organization)
    run, experiment = made[Run], made[Experiment]
    assert isinstance(run, Run)
    assert isinstance(experiment, Experiment)
    with tenancy.scope(organization.id):
        for table in (Run, Experiment):
            table.objects.update(lifecycle_stage=LifecycleStage.DELETED, deleted_at=AT)
        apps.get_model("costs", "ComputeUse").objects.all().delete()
        with frozen(AT + WEEK):
            purges.purge_due()
        assert not Run.objects.exists()
        assert not Experiment.objects.exists()


def test_a_deleted_logged_model_is_gone_after_seven_days_with_all_that_it_had(ada: UUID, full: RunView) -> None:
    doomed, kept = (_log_model(ada, full, name) for name in ("doomed", "kept"))
    with frozen(AT):
        logged_models.delete_logged_model(ada, doomed)
    with frozen(AT + WEEK - SECOND):
        assert purges.list_due_models(ada) == []
        assert not purges.purge_model_step(ada, doomed)
    with frozen(AT + WEEK):
        assert purges.list_due_models(ada) == [doomed]
        purges.purge_due()
    assert set(LoggedModel.objects.values_list("id", flat=True)) == {kept}
    assert _rows_of_model(doomed) == {}
    assert _rows_of_model(kept) == {"LoggedModelMetric": 20, "LoggedModelParam": 1, "LoggedModelTag": 1, "RunModel": 1}
    assert [entry.name for entry in artifacts.list_files(ada, "1/models")] == [f"m-{kept.hex}"]
    assert AuditEntry.objects.get(organization_id=ada, action="logged_model.purged").subject == "doomed"


def test_a_logged_model_goes_in_bounded_steps(ada: UUID, full: RunView) -> None:
    model_id = _log_model(ada, full, "doomed")
    with frozen(AT):
        logged_models.delete_logged_model(ada, model_id)
    with frozen(AT + WEEK):
        assert purges.purge_model_step(ada, model_id, limit=7)
        assert sum(_rows_of_model(model_id).values()) >= 23 - 7
        steps = 2
        while purges.purge_model_step(ada, model_id, limit=7):
            steps += 1
    assert steps >= 6
    assert not LoggedModel.objects.filter(id=model_id).exists()


def test_files_of_an_experiments_models_go_with_it_wherever_they_lie(ada: UUID) -> None:
    experiment = experiments.create_experiment(ada, name="apart", artifact_location="assay-artifacts:/shared/apart")
    model = logged_models.create_logged_model(ada, experiment_id=experiment.id, name="m", params={"depth": "3"})
    for path in (f"shared/apart/models/m-{model.id.hex}/artifacts/model.bin", "shared/notes.txt"):
        with artifacts.open_for_write(ada, path) as file:
            file.write(b"weights")
    with frozen(AT):
        experiments.delete_experiment(ada, experiment.id)
    with frozen(AT + WEEK):
        purges.purge_due()
    assert not Experiment.objects.filter(id=experiment.id).exists()
    assert artifacts.list_files(ada, "shared/apart/models") == []
    assert [entry.name for entry in artifacts.list_files(ada, "shared") if not entry.is_folder] == ["notes.txt"]


def _log_model(ada: UUID, run: RunView, name: str) -> UUID:
    model = logged_models.create_logged_model(
        ada, experiment_id=run.experiment_id, name=name, source_run_id=run.id, params={"depth": "3"}, tags={"a": "b"}
    )
    points = [ModelMetric(model.id, run.id, MetricPoint("acc", 0.5, step, step)) for step in range(20)]
    logged_models.log_model_metrics(ada, points)
    runs.log_inputs(ada, run.id, models=[ModelUse(model.id, ModelRole.OUTPUT)])
    with artifacts.open_for_write(ada, f"1/models/m-{model.id.hex}/artifacts/model.bin") as file:
        file.write(b"weights")
    return model.id


def _rows_of_model(model_id: UUID) -> dict[str, int]:
    tables = [LoggedModelParam, LoggedModelTag, LoggedModelMetric, RunModel]
    counts = {table.__name__: table._base_manager.filter(model_id=model_id).count() for table in tables}
    return {name: count for name, count in counts.items() if count}
