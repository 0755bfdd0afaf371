"""A member of another organization knows the ids of a run and tries everything with them."""

import json
import os
import sys
from collections.abc import Callable

import mlflow
from mlflow.entities import Metric, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

client, run_id, experiment_id = MlflowClient(), os.environ["RUN_ID"], os.environ["EXPERIMENT_ID"]
attempts: dict[str, Callable[[], object]] = {
    "get_run": lambda: client.get_run(run_id),
    "get_experiment": lambda: client.get_experiment(experiment_id),
    "log_metric": lambda: client.log_metric(run_id, "m", 1.0),
    "log_param": lambda: client.log_param(run_id, "p", "1"),
    "log_batch": lambda: client.log_batch(run_id, metrics=[Metric("m", 1.0, 1, 1)], tags=[RunTag("t", "1")]),
    "set_tag": lambda: client.set_tag(run_id, "t", "1"),
    "delete_tag": lambda: client.delete_tag(run_id, "mlflow.user"),
    "set_terminated": lambda: client.set_terminated(run_id),
    "delete_run": lambda: client.delete_run(run_id),
    "restore_run": lambda: client.restore_run(run_id),
    "create_run": lambda: client.create_run(experiment_id),
    "rename_experiment": lambda: client.rename_experiment(experiment_id, "mine"),
    "delete_experiment": lambda: client.delete_experiment(experiment_id),
    "get_metric_history": lambda: client.get_metric_history(run_id, "m"),
    "list_artifacts": lambda: client.list_artifacts(run_id),
    "log_text": lambda: client.log_text(run_id, "x", "x.txt"),
    "nested": lambda: mlflow.start_run(run_id=run_id),
    "download": lambda: mlflow.artifacts.download_artifacts(f"mlflow-artifacts:/{experiment_id}/{run_id}/artifacts/secret.txt"),
}


def told(act: Callable[[], object]) -> str:
    try:
        act()
    except MlflowException as error:
        return str(error.error_code)
    except OSError as error:
        return type(error).__name__
    return "nothing"


facts: dict[str, object] = {name: told(act) for name, act in attempts.items()}
facts["experiments"] = [found.name for found in client.search_experiments(view_type=ViewType.ALL)]
facts["runs"] = len(client.search_runs([experiment_id], run_view_type=ViewType.ALL))
sys.stdout.write(json.dumps(facts))
