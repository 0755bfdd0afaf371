"""What training scripts do with runs, once each."""

import json
import math
import sys
import time

import mlflow
from mlflow.entities import Metric, Param, RunStatus, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

EXPERIMENT = f"wire: fluent {mlflow.__version__}"
client = MlflowClient()
facts: dict[str, object] = {}

experiment = mlflow.set_experiment(EXPERIMENT)
experiment_id = experiment.experiment_id
again = mlflow.set_experiment(EXPERIMENT)
facts["same_experiment"] = again.experiment_id == experiment_id
mlflow.set_experiment_tags({"team": "vision", "mlflow.note.content": "**notes**"})

with mlflow.start_run(run_name="parent", tags={"stage": "test"}) as parent:
    mlflow.log_params({"lr": 0.1, "layers": 3, "empty": ""})
    mlflow.log_metrics({"acc": 0.5, "loss": 1.0}, step=0)
    mlflow.log_metric("nan", math.nan)
    mlflow.log_metric("inf", math.inf)
    mlflow.set_tag("mlflow.note.content", "hello")
    mlflow.set_tags({"a": "1", "b": "ünï ✓"})
    mlflow.delete_tag("a")
    for step in range(1, 300):
        mlflow.log_metric("acc", step / 300, step=step, synchronous=False)
    mlflow.flush_async_logging()
    with mlflow.start_run(run_name="child", nested=True) as child:
        mlflow.log_metric("acc", 0.75)
    mlflow.log_dict({"a": 1}, "config/settings.json")
    mlflow.log_text("hello", "notes.txt")
    mlflow.log_table({"x": [1, 2], "y": ["a", "b"]}, artifact_file="table.json")
parent_run = mlflow.get_run(parent.info.run_id)
facts["params"] = parent_run.data.params
facts["metrics"] = {key: repr(value) for key, value in parent_run.data.metrics.items()}
facts["tags"] = {key: value for key, value in parent_run.data.tags.items() if not key.startswith("mlflow.source")}
facts["status"] = parent_run.info.status
facts["ended_after_start"] = parent_run.info.end_time >= parent_run.info.start_time
facts["history"] = [len(client.get_metric_history(parent.info.run_id, key)) for key in ("acc", "nan", "never")]
found_parent = mlflow.get_parent_run(child.info.run_id)
facts["parent_of_child"] = found_parent is not None and found_parent.info.run_id == parent.info.run_id
facts["settings"] = mlflow.artifacts.load_dict(f"{parent_run.info.artifact_uri}/config/settings.json")
facts["table_rows"] = len(mlflow.load_table("table.json", run_ids=[parent.info.run_id]))

with mlflow.start_run(run_id=parent.info.run_id):
    mlflow.log_metric("resumed", 1)
facts["resumed"] = mlflow.get_run(parent.info.run_id).data.metrics["resumed"]

points = [Metric("m", value, 1_700_000_000_000 + value, value) for value in range(1_000)]
for _ in range(2):
    client.log_batch(child.info.run_id, metrics=points)
client.log_batch(child.info.run_id, params=[Param("p", "1")], tags=[RunTag("t", "1")])
client.update_run(child.info.run_id, name="renamed")
client.set_terminated(child.info.run_id, status=RunStatus.to_string(RunStatus.FAILED))
child_run = client.get_run(child.info.run_id)
facts["child"] = [
    child_run.info.run_name,
    child_run.data.tags["mlflow.runName"],
    child_run.info.status,
    child_run.data.metrics["m"],
]
facts["child_points"] = len(client.get_metric_history(child.info.run_id, "m"))

for value in range(7):
    with mlflow.start_run(run_name=f"paged {value}"):
        mlflow.log_metric("rank", value)
        mlflow.log_param("parity", "even" if value % 2 == 0 else "odd")


def names(filter_string: str, order_by: list[str] | None = None, most: int = 100) -> list[str]:
    found = mlflow.search_runs(filter_string=filter_string, order_by=order_by, output_format="list", max_results=most)
    return [run.info.run_name for run in found]


facts["by_metric"] = names("metrics.rank > 3 and params.parity = 'even'", ["metrics.rank DESC"])
facts["by_tag"] = names("tags.stage = 'test'")
facts["by_name"] = names("attributes.run_name LIKE 'paged%'", ["attributes.start_time ASC"], most=2)
paged, token = [], None
while True:
    page = client.search_runs([experiment_id], "metrics.rank >= 0", order_by=["metrics.rank"], max_results=3, page_token=token)
    paged.append([run.data.metrics["rank"] for run in page])
    token = page.token
    if not token:
        break
facts["pages"] = paged
facts["frame_columns"] = {"metrics.rank", "params.parity", "tags.mlflow.runName"} <= set(mlflow.search_runs().columns)

client.delete_run(child.info.run_id)
facts["deleted"] = [run.info.run_id for run in client.search_runs([experiment_id], run_view_type=ViewType.DELETED_ONLY)] == [
    child.info.run_id
]
try:
    client.log_param(child.info.run_id, "late", "1")
except MlflowException as error:
    facts["late"] = error.error_code
client.restore_run(child.info.run_id)
facts["restored"] = client.get_run(child.info.run_id).info.lifecycle_stage

other = client.create_experiment(f"wire: other {time.time_ns()}", tags={"k": "v"})
client.rename_experiment(other, f"wire: renamed {time.time_ns()}")
client.delete_experiment(other)
facts["experiment_deleted"] = client.get_experiment(other).lifecycle_stage
client.restore_experiment(other)
facts["experiment_restored"] = client.get_experiment(other).lifecycle_stage
facts["experiments_found"] = [
    found.name == EXPERIMENT
    for found in mlflow.search_experiments(filter_string=f"tags.team = 'vision' AND name LIKE 'wire%{mlflow.__version__}'")
]
facts["absent_experiment"] = client.get_experiment_by_name("wire: absent")
sys.stdout.write(json.dumps(facts))
