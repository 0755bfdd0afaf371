"""Heartbeats, lost runs, and their return."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from assay.accounts.models import Organization
from assay.core.clock import frozen
from assay.core.ids import new_id
from assay.core.signals import run_changed
from assay.tracking.domain.content import ConsoleStream, ConsoleText, Event, EventKind
from assay.tracking.domain.errors import NotActive, RunNotFound
from assay.tracking.domain.states import RunStatus
from assay.tracking.domain.values import ExperimentView, MetricPoint, RunView
from assay.tracking.selectors.runs import get_run
from assay.tracking.services import runs
from assay.tracking.services.console import append_console
from assay.tracking.services.events import record_events
from assay.tracking.services.liveness import mark_lost_runs, receive_heartbeat
from assay.tracking.tasks import mark_lost_runs as task
from tests.unit.tracking.rest import Rest

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def training(ada: UUID, experiment: ExperimentView) -> RunView:
    """A run that started at AT."""
    with frozen(AT):
        return runs.create_run(ada, experiment_id=experiment.id, name="training")


def promise(ada: UUID, run: RunView, at: datetime) -> RunStatus:
    with frozen(at):
        return receive_heartbeat(ada, run.id)


def look(ada: UUID, run: RunView, at: datetime) -> tuple[RunStatus, datetime | None]:
    with frozen(at):
        mark_lost_runs(ada)
    found = get_run(ada, run.id)
    return found.status, found.ended_at


def lose(ada: UUID, run: RunView) -> None:
    promise(ada, run, AT + MINUTE)
    assert look(ada, run, AT + 10 * MINUTE) == (RunStatus.LOST, AT + MINUTE)


def test_a_run_that_broke_its_promise_is_lost_and_ended_at_its_last_heartbeat(ada: UUID, training: RunView) -> None:
    promise(ada, training, AT + MINUTE)
    assert look(ada, training, AT + 3 * MINUTE) == (RunStatus.RUNNING, None)
    assert look(ada, training, AT + 3 * MINUTE + SECOND) == (RunStatus.LOST, AT + MINUTE)


def test_a_run_that_promised_nothing_has_a_day(ada: UUID, training: RunView) -> None:
    assert look(ada, training, AT + 24 * HOUR) == (RunStatus.RUNNING, None)
    assert look(ada, training, AT + 24 * HOUR + SECOND) == (RunStatus.LOST, AT)


def test_an_organization_says_how_long_such_a_run_may_be_silent(ada: UUID, training: RunView) -> None:
    Organization.objects.filter(id=ada).update(silent_run_hours=3)
    assert look(ada, training, AT + 3 * HOUR) == (RunStatus.RUNNING, None)
    assert look(ada, training, AT + 3 * HOUR + SECOND) == (RunStatus.LOST, AT)


@pytest.mark.parametrize("sign", ["heartbeat", "metric", "param", "console", "event"])
def test_a_lost_run_that_writes_runs_again(ada: UUID, training: RunView, sign: str) -> None:
    lose(ada, training)
    point = MetricPoint("loss", 0.5, 1, 1_000)
    with frozen(AT + HOUR):
        match sign:
            case "heartbeat":
                assert receive_heartbeat(ada, training.id) is RunStatus.RUNNING
            case "metric":
                runs.log_batch(ada, training.id, metrics=[point])
            case "param":
                runs.log_batch(ada, training.id, params={"lr": "1"})
            case "console":
                append_console(ada, training.id, [ConsoleText(ConsoleStream.STDOUT, 0, "x", AT)])
            case "event":
                record_events(ada, training.id, [Event(new_id(), EventKind.STAGE, "fit", AT)])
    found = get_run(ada, training.id)
    assert (found.status, found.ended_at, found.last_heartbeat_at) == (RunStatus.RUNNING, None, AT + HOUR)


def test_a_persons_tag_or_new_name_brings_no_run_back(ada: UUID, training: RunView) -> None:
    lose(ada, training)
    with frozen(AT + HOUR):
        runs.log_batch(ada, training.id, tags={"mlflow.note.content": "died of a full disk"})
        runs.delete_tag(ada, training.id, key="mlflow.note.content")
        runs.update_run(ada, training.id, name="the lost one")
    assert look(ada, training, AT + HOUR) == (RunStatus.LOST, AT + MINUTE)


def test_a_lost_run_whose_end_is_told_after_all_has_that_end(ada: UUID, training: RunView) -> None:
    lose(ada, training)
    with frozen(AT + HOUR):
        runs.update_run(ada, training.id, status=RunStatus.FINISHED)
    assert look(ada, training, AT + 2 * HOUR) == (RunStatus.FINISHED, AT + HOUR)


def test_a_finished_run_is_never_lost_and_its_client_is_told_to_stop(ada: UUID, training: RunView) -> None:
    promise(ada, training, AT)
    with frozen(AT + MINUTE):
        runs.update_run(ada, training.id, status=RunStatus.FINISHED)
    assert promise(ada, training, AT + 2 * MINUTE) is RunStatus.FINISHED
    assert look(ada, training, AT + 48 * HOUR) == (RunStatus.FINISHED, AT + MINUTE)


def test_a_run_that_is_resumed_by_another_client_has_promised_nothing(ada: UUID, training: RunView) -> None:
    promise(ada, training, AT)
    with frozen(AT + MINUTE):
        runs.update_run(ada, training.id, status=RunStatus.RUNNING)
    assert look(ada, training, AT + HOUR)[0] is RunStatus.RUNNING


def test_a_run_never_ends_before_it_starts(ada: UUID, experiment: ExperimentView) -> None:
    with frozen(AT):
        ahead = runs.create_run(ada, experiment_id=experiment.id, started_at=AT + HOUR)
    assert look(ada, ahead, AT + 25 * HOUR) == (RunStatus.LOST, AT + HOUR)


def test_deleted_and_unknown_runs_have_no_heartbeat(ada: UUID, training: RunView) -> None:
    runs.delete_run(ada, training.id)
    with pytest.raises(NotActive):
        receive_heartbeat(ada, training.id)
    with pytest.raises(RunNotFound):
        receive_heartbeat(ada, new_id())


def test_what_costs_money_hears_of_the_end_and_of_the_return(
    ada: UUID, training: RunView, django_capture_on_commit_callbacks: pytest.FixtureRequest
) -> None:
    heard: list[UUID] = []

    def hear(*, run_id: UUID, **_: object) -> None:
        heard.append(run_id)

    run_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's fixture
            lose(ada, training)
            promise(ada, training, AT + HOUR)
    finally:
        run_changed.disconnect(hear)
    assert heard == [training.id, training.id]


def test_the_scheduled_task_looks_at_every_organization(ada: UUID, training: RunView) -> None:
    with frozen(AT + 25 * HOUR):
        task()
    assert get_run(ada, training.id).status is RunStatus.LOST


def test_mlflows_clients_see_a_lost_run_as_failed_and_cannot_lose_one(rest: Rest) -> None:
    with frozen(AT):
        run_id = rest.start_run(experiment_id="0")
    with frozen(AT + 25 * HOUR):
        task()
    info = rest.get("runs/get", run_id=run_id)["run"]["info"]
    assert (info["status"], info["end_time"]) == ("FAILED", int(AT.timestamp() * 1000))
    with pytest.raises(Exception, match="status"):
        rest.post("runs/update", run_id=run_id, status="LOST")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("attributes.status = 'FAILED'", {"lost", "failed"}),
        ("status IN ('FAILED')", {"lost", "failed"}),
        ("status IN ('FAILED', 'KILLED')", {"lost", "failed"}),
        ("status LIKE 'FAIL%'", {"lost", "failed"}),
        ("status ILIKE '_ailed'", {"lost", "failed"}),
        ("status != 'FAILED'", {"done"}),
        ("status NOT IN ('FAILED')", {"done"}),
        ("status NOT IN ('FAILED', 'FINISHED')", set()),
        ("status = 'FINISHED'", {"done"}),
        ("status != 'FINISHED'", {"lost", "failed"}),
        ("status = 'LOST'", {"lost"}),
        ("status = 'failed'", set()),
    ],
)
def test_mlflows_clients_find_a_lost_run_among_the_failed_ones(rest: Rest, search: str, found: set[str]) -> None:
    with frozen(AT):
        for name, status in (("lost", ""), ("failed", "FAILED"), ("done", "FINISHED")):
            run_id = rest.start_run(experiment_id="0", run_name=name)
            if status:
                rest.post("runs/update", run_id=run_id, status=status)
    with frozen(AT + 25 * HOUR):
        task()
    runs = rest.post("runs/search", experiment_ids=["0"], filter=search).get("runs", [])
    assert {run["info"]["run_name"] for run in runs} == found
