"""What the client is told when something is wrong: error codes, by the client's own exceptions."""

import json
import os
import sys
from collections.abc import Callable

import mlflow
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

EXPERIMENT = f"wire: refusals {mlflow.__version__}"
client = MlflowClient()
facts: dict[str, object] = {}


def told(act: Callable[[], object]) -> list[str]:
    try:
        act()
    except MlflowException as error:
        return [error.error_code, str(error)]
    return ["", ""]


run_id = client.create_run(mlflow.set_experiment(EXPERIMENT).experiment_id).info.run_id
client.log_param(run_id, "lr", "0.1")
client.log_param(run_id, "lr", "0.1")
host_url, token = os.environ["MLFLOW_TRACKING_URI"], os.environ["MLFLOW_TRACKING_TOKEN"]

facts["unknown_run"] = told(lambda: client.get_run("f" * 32))
facts["unknown_experiment"] = told(lambda: client.get_experiment("987654"))
facts["changed_param"] = told(lambda: client.log_param(run_id, "lr", "0.2"))
facts["changed_in_batch"] = told(lambda: client.log_batch(run_id, params=[Param("lr", "9")], tags=[RunTag("half", "1")]))
facts["half_stored"] = "half" in client.get_run(run_id).data.tags
facts["taken_name"] = told(lambda: client.create_experiment(EXPERIMENT))
facts["absent_tag"] = told(lambda: client.delete_tag(run_id, "absent"))
facts["bad_filter"] = told(lambda: client.search_runs(["0"], "metrics.acc = 'x'"))
facts["bad_token"] = told(lambda: client.search_runs(["0"], page_token="garbage"))
facts["taken_model"] = told(lambda: [client.create_registered_model("wire taken") for _ in range(2)])

rest = client._tracking_client.store
facts["long_tag"] = told(lambda: rest.set_tag(run_id, RunTag("k", "v" * 8_001)))
facts["long_param"] = told(lambda: rest.log_param(run_id, Param("long", "v" * 6_001)))
facts["bad_key"] = told(lambda: rest.log_metric(run_id, Metric("../up", 1.0, 1, 0)))
twice = [Param("twice", "1"), Param("twice", "2")]
facts["duplicates"] = told(lambda: rest.log_batch(run_id, metrics=[], params=twice, tags=[]))
many = [Metric("m", float(step), step, step) for step in range(1_001)]
facts["too_many"] = told(lambda: rest.log_batch(run_id, metrics=many, params=[], tags=[]))

os.environ["MLFLOW_TRACKING_TOKEN"] = "assay_nobody"
facts["unknown_token"] = told(lambda: client.get_run(run_id))
del os.environ["MLFLOW_TRACKING_TOKEN"]
facts["no_token"] = told(lambda: client.get_run(run_id))
os.environ |= {"MLFLOW_TRACKING_USERNAME": "anybody", "MLFLOW_TRACKING_PASSWORD": token}
facts["basic"] = client.get_run(run_id).info.run_id == run_id
os.environ["MLFLOW_TRACKING_TOKEN"] = "assay_nobody"
facts["basic_wins"] = client.get_run(run_id).info.run_id == run_id
facts["run_id"], facts["experiment_id"] = run_id, client.get_run(run_id).info.experiment_id
client.log_text(run_id, "secret", "secret.txt")
sys.stdout.write(json.dumps(facts))
