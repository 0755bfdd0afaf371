"""The demo's trainings: when they ran, what they claim, and that they are real."""

import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pytest

from assay_client.demo.machines import MACHINES
from assay_client.demo.trainings import Trained, TrainingOrder, train
from assay_client.demo.trainings.plans import TRAININGS, Kind, Training
from assay_client.demo.trainings.windows import Window, plan_windows

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Run

MONTHS = ("2026-09", "2026-10")
FIRST, END = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
COUNTS = [6, 24, 32, len(TRAININGS)]


def planned(count: int) -> list[tuple[Training, Window]]:
    trainings = TRAININGS[:count]
    return list(zip(trainings, plan_windows(trainings, MONTHS), strict=True))


@pytest.mark.parametrize("count", COUNTS)
def test_every_run_lies_within_the_months_and_takes_hours(count: int) -> None:
    for _, window in planned(count):
        assert FIRST <= window.start < window.end <= END
        assert timedelta(hours=5) <= window.end - window.start <= timedelta(hours=80)


@pytest.mark.parametrize("count", COUNTS)
def test_runs_that_overlap_on_a_machine_have_half_of_it_each(count: int) -> None:
    for (one, its), (other, others) in combinations(planned(count), 2):
        if one.machine == other.machine and its.start < others.end and others.start < its.end:
            assert other.beside_previous
            assert (its.share, others.share) == ("0.5", "0.5")


def test_those_planned_side_by_side_do_overlap() -> None:
    pairs = [(its, others) for (_, its), (other, others) in pairwise(planned(len(TRAININGS))) if other.beside_previous]
    assert len(pairs) >= 3
    assert all(its.start < others.start < its.end for its, others in pairs)


def test_the_first_trainings_show_every_kind_and_most_machines() -> None:
    shown = TRAININGS[:24]
    assert {training.kind for training in shown} == set(Kind)
    assert {training.machine for training in shown} == {machine.name for machine in MACHINES}


def test_no_two_trainings_have_one_name() -> None:
    assert len({training.name for training in TRAININGS}) == len(TRAININGS)


def test_a_window_is_cut_into_parts_that_touch() -> None:
    window = Window(FIRST, FIRST + timedelta(hours=3))
    parts = [window.part(number, 3) for number in range(3)]
    assert [part.end - part.start for part in parts] == [timedelta(hours=1)] * 3
    assert [one.end for one in parts[:-1]] == [other.start for other in parts[1:]]


@dataclass(frozen=True)
class Tracked:
    """runs: by name. curve: the validation accuracy of mlp-64. again: what a second order of the same did."""

    runs: "dict[str, Run]"
    curve: "list[Metric]"
    again: Trained


@pytest.fixture(scope="module")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    """MLflow's own store after the first trainings were ordered twice; between, one looked interrupted."""
    folder = tmp_path_factory.mktemp("tracking")
    order = TrainingOrder(f"sqlite:///{folder / 'runs.db'}", "", MONTHS, count=6)
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of MLflow's store and its libraries
        patch.chdir(folder)
        train(order, lambda line: None)
        import mlflow

        client = mlflow.MlflowClient(order.tracking_uri)
        client.update_run(runs_of(client)["ridge"].info.run_id, status="RUNNING")
        again = train(order, lambda line: None)
        runs = runs_of(client)
        return Tracked(runs, client.get_metric_history(runs["mlp-64"].info.run_id, "val_accuracy"), again)


def runs_of(client: "MlflowClient") -> "dict[str, Run]":
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    return {run.info.run_name: run for run in client.search_runs(experiments)}


def test_only_what_is_missing_or_was_interrupted_is_trained_again(tracked: Tracked) -> None:
    assert tracked.again.run == ("ridge",)
    assert len(tracked.again.found) == 5


def test_trainings_are_real_and_logged_with_curves(tracked: Tracked) -> None:
    run, curve = tracked.runs["mlp-64"], tracked.curve
    assert len(curve) == 60
    assert curve[0].value < 0.9 < curve[-1].value < 1
    assert [point.timestamp for point in curve] == sorted(point.timestamp for point in curve)
    assert run.info.start_time < curve[0].timestamp < curve[-1].timestamp <= run.info.end_time
    assert run.data.params["hidden_layer_sizes"] == "(64,)"


def test_runs_claim_their_machine_and_say_whose_they_are(tracked: Tracked) -> None:
    tags = tracked.runs["mlp-64"].data.tags
    machine = next(machine for machine in MACHINES if machine.name == "gpu-1")
    assert tags["assay.compute.resource_id"] == machine.instance_id
    assert (tags["assay.compute.instance_type"], tags["assay.compute.region"]) == ("g5.xlarge", "us-east-1")
    assert (tags["team"], tags["dataset"]) == ("vision", "digits")


def test_autologged_runs_have_what_mlflow_logs_and_the_demos_times(tracked: Tracked) -> None:
    run = tracked.runs["ridge"]
    assert run.data.params["alpha"] == "1.0"
    assert {"training_r2_score", "val_rmse"} <= set(run.data.metrics)
    assert FIRST.timestamp() * 1000 <= run.info.start_time < run.info.end_time <= END.timestamp() * 1000


def test_a_training_that_raises_is_a_failed_run_with_its_reason(tracked: Tracked) -> None:
    run = tracked.runs["logistic-nan"]
    assert run.info.status == "FAILED"
    assert "contains NaN" in run.data.tags["error"]


def test_folds_are_nested_runs_one_after_the_other(tracked: Tracked) -> None:
    parent, folds = tracked.runs["folds-cancer"], [tracked.runs[f"folds-cancer-{number}"] for number in range(3)]
    assert {fold.data.tags["mlflow.parentRunId"] for fold in folds} == {parent.info.run_id}
    assert all(one.info.end_time == other.info.start_time for one, other in pairwise(folds))
    assert "assay.compute.resource_id" not in parent.data.tags
