"""Registers the demo's best digits models, as a team would: one that is good, then the best as champion."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assay_client.demo.trainings.fitting import build_estimator
from assay_client.demo.trainings.orders import TrainingOrder, open_client
from assay_client.demo.trainings.plans import DIGITS, TRAININGS, Kind, Training
from assay_client.demo.trainings.recording import KEY_TAG
from assay_client.demo.trainings.samples import load_sample
from assay_client.failures import ClientFailed

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

NAME = DIGITS
CHAMPION = "champion"
VERSIONS = 2
PLANNED = {training.name: training for training in TRAININGS}
DESCRIPTION = "Reads a handwritten digit from 8 x 8 pixels. Registered from the runs with the best validation accuracy."


def register_best(order: TrainingOrder, report: Callable[[str], None]) -> bool:
    """returns: whether it was missing and now is there. raises: ClientFailed when the server does not take it."""
    client = open_client(order)
    from mlflow.exceptions import MlflowException

    logging.getLogger("mlflow").setLevel(logging.ERROR)  # what it has to say about pickles is for its users, not for a demo
    try:
        if client.search_registered_models(filter_string=f"name = '{NAME}'"):
            return False
        runs = _find_best(client)
        if not runs:
            return False
        report(f"registered model {NAME}")
        client.create_registered_model(NAME, tags={"team": "vision"}, description=DESCRIPTION)
        for run in reversed(runs):
            version = _register(client, run)
        client.set_registered_model_alias(NAME, CHAMPION, version)
    except MlflowException as error:
        raise ClientFailed(f"{order.tracking_uri} does not take the demo's model: {error}") from error
    return True


def _find_best(client: "MlflowClient") -> "list[Run]":
    """Of the digits runs that finished, the best by validation accuracy first; those that are quick to fit again before others."""
    import mlflow

    experiment = client.get_experiment_by_name(DIGITS)
    if experiment is None:
        return []
    mlflow.set_experiment(experiment_id=experiment.experiment_id)
    finished = "attributes.status = 'FINISHED' AND metrics.val_accuracy > 0"
    runs = client.search_runs([experiment.experiment_id], finished, order_by=["metrics.val_accuracy DESC"])
    known = [run for run in runs if run.data.tags.get(KEY_TAG) in PLANNED]
    return sorted(known, key=lambda run: PLANNED[run.data.tags[KEY_TAG]].kind is Kind.EPOCHS)[:VERSIONS]


def _register(client: "MlflowClient", run: "Run") -> str:
    """The run's model, fitted again as it was then and saved into the run, as the next version. returns: its number."""
    import mlflow.sklearn
    from mlflow.models import Model

    training = PLANNED[run.data.tags[KEY_TAG]]
    saved = Model.log(
        None,
        name="model",
        flavor=mlflow.sklearn,
        run_id=run.info.run_id,
        sk_model=_refit(training),
        pip_requirements=["scikit-learn"],
        serialization_format="cloudpickle",
    )
    accuracy = run.data.metrics["val_accuracy"]
    version = client.create_model_version(
        NAME,
        source=f"models:/{saved.model_id}",
        run_id=run.info.run_id,
        model_id=saved.model_id,
        description=f"{training.estimator} of the run {run.info.run_name}, validation accuracy {accuracy:.4f}.",
    )
    return str(version.version)


def _refit(training: Training) -> Any:
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn, untyped

    sample, model = load_sample(training.sample), build_estimator(training)
    with threadpool_limits(limits=1):  # matrices this small only wait for a second thread
        if training.kind is not Kind.EPOCHS:
            return model.fit(sample.train_x, sample.train_y)
        classes = sorted(set(sample.train_y.tolist()))
        for _ in range(training.epochs):
            model.partial_fit(sample.train_x, sample.train_y, classes=classes)
    return model
