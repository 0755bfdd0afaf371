"""Runs the demo's trainings against a tracking server, and again only those that are missing there."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay_client.addresses import clean_url
from assay_client.credentials import Credentials
from assay_client.demo.trainings.fitting import FITS
from assay_client.demo.trainings.plans import TRAININGS, Kind
from assay_client.demo.trainings.recording import KEY_TAG, Recorder
from assay_client.demo.trainings.samples import load_sample
from assay_client.demo.trainings.windows import Window, plan_windows
from assay_client.failures import ClientFailed
from assay_client.server import Server

if TYPE_CHECKING:
    from mlflow import MlflowClient

PAGE_RUNS = 1000
ENDED = frozenset({"FINISHED", "FAILED", "KILLED"})


@dataclass(frozen=True, slots=True)
class TrainingOrder:
    """tracking_uri, token: as MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN; an empty token leaves the environment's.

    months: names YYYY-MM into which the runs' times fall. count: how many trainings, at most all that are planned.
    """

    tracking_uri: str
    token: str
    months: tuple[str, ...]
    count: int
    user_name: str = "demo"


@dataclass(frozen=True, slots=True)
class Trained:
    """Names of the trainings that were run now, and of those that were there before."""

    run: tuple[str, ...]
    found: tuple[str, ...]


def train(order: TrainingOrder, report: Callable[[str], None]) -> Trained:
    """report: called with a line before each training. raises: ClientFailed when mlflow or scikit-learn is missing, or the server fails."""
    client = open_client(order)
    from mlflow.exceptions import MlflowException
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn, untyped

    server = _server(order)
    trainings = TRAININGS[: order.count]
    windows = plan_windows(trainings, order.months)
    try:
        experiments = {
            name: _experiment_id(client, name) for name in dict.fromkeys(training.experiment for training in trainings)
        }
        found = _ended_trainings(client, list(experiments.values()))
        missing = [pair for pair in zip(trainings, windows, strict=True) if pair[0].name not in found]
        with threadpool_limits(limits=1):  # matrices this small only wait for a second thread
            for number, (training, window) in enumerate(missing, start=1):
                report(f"training {number}/{len(missing)}: {training.experiment}/{training.name}")
                _train_one(Recorder(client, experiments[training.experiment], order.user_name, training, server), window)
    except MlflowException as error:
        raise ClientFailed(f"{order.tracking_uri} does not take the demo's trainings: {error}") from error
    return Trained(run=tuple(training.name for training, _ in missing), found=tuple(found))


def _train_one(recorder: Recorder, window: Window) -> None:
    training = recorder.training
    try:
        FITS[training.kind](recorder, load_sample(training.sample), window)
    except ValueError:
        if training.kind is not Kind.BROKEN:
            raise


def open_client(order: TrainingOrder) -> "MlflowClient":
    """raises: ClientFailed when mlflow or scikit-learn is missing."""
    os.environ |= {"MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true", "MLFLOW_DISABLE_TELEMETRY": "true", "MPLBACKEND": "Agg"}
    if order.token:
        os.environ["MLFLOW_TRACKING_TOKEN"] = order.token
    try:
        import mlflow
        import sklearn  # noqa: F401  said here rather than in the middle of a training
    except ImportError as error:
        raise ClientFailed("The trainings need mlflow and scikit-learn: `pip install assay-client[demo]`.") from error
    mlflow.set_tracking_uri(order.tracking_uri)
    return mlflow.MlflowClient(order.tracking_uri)


def _server(order: TrainingOrder) -> Server | None:
    """None where the trainings go to something that is not a server."""
    if not order.tracking_uri.startswith(("http://", "https://")):
        return None
    token = order.token or os.environ.get("MLFLOW_TRACKING_TOKEN", "")
    return Server(Credentials(clean_url(order.tracking_uri), token))


def _experiment_id(client: "MlflowClient", name: str) -> str:
    known = client.get_experiment_by_name(name)
    if known is None:
        return str(client.create_experiment(name))
    if known.lifecycle_stage != "active":
        client.restore_experiment(known.experiment_id)
    return str(known.experiment_id)


def _ended_trainings(client: "MlflowClient", experiment_ids: Sequence[str]) -> list[str]:
    """Names of trainings that have ended. Runs that an interrupted demo left running are deleted, to be run again whole."""
    names: dict[str, None] = {}
    token: str | None = None
    while True:
        page = client.search_runs(list(experiment_ids), max_results=PAGE_RUNS, page_token=token)
        for run in page:
            name = run.data.tags.get(KEY_TAG)
            if name and run.info.status not in ENDED:
                client.delete_run(run.info.run_id)
            elif name and "mlflow.parentRunId" not in run.data.tags:
                names[name] = None
        token = page.token
        if not token:
            return list(names)
