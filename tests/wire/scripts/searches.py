"""Data sets as inputs, and every form of search: what comes back, by the names of the runs."""

import json
import sys
import time

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()
EXPERIMENT = f"wire: searches {time.time_ns()}"
experiment_id = mlflow.set_experiment(EXPERIMENT).experiment_id
train = mlflow.data.from_pandas(pd.DataFrame({"x": [1.0, 2.0]}), name="iris", targets="x")
test = mlflow.data.from_pandas(pd.DataFrame({"x": [3.0]}), name="wine")

RUNS = {
    "alpha": {"metrics": {"acc": 0.5, "val loss": 3.0, "m/1": 1.0}, "params": {"lr": "0.1", "a b": "x"}, "status": "FINISHED"},
    "beta": {"metrics": {"acc": 0.9, "nan": float("nan")}, "params": {"lr": "0.2", "kernel": "RBF"}, "status": "FAILED"},
    "gamma": {"metrics": {"nan": 1.0}, "params": {"quote": "it's 100% sure"}, "status": "KILLED"},
    "delta": {"metrics": {}, "params": {}, "status": "RUNNING"},
}
ids = {}
for position, (name, logged) in enumerate(RUNS.items()):
    tags = {"team": name[0], "mlflow.note.content": f"about {name}", **({"only": "a"} if name == "alpha" else {})}
    run = client.create_run(experiment_id, start_time=1_700_000_000_000 + position, tags=tags, run_name=name)
    ids[name] = run.info.run_id
    for key, value in logged["metrics"].items():
        client.log_metric(ids[name], key, value)
    for key, value in logged["params"].items():
        client.log_param(ids[name], key, value)
    if logged["status"] != "RUNNING":
        client.set_terminated(ids[name], logged["status"], end_time=1_700_000_100_000 + position)
with mlflow.start_run(run_id=ids["delta"]):
    mlflow.log_input(train, context="training", **({"tags": {"split": "1"}} if int(mlflow.__version__[0]) > 2 else {}))
    mlflow.log_input(test, context="testing")
inputs = client.get_run(ids["delta"]).inputs.dataset_inputs


def names(filter_string: str = "", *order_by: str) -> str:
    found = client.search_runs([experiment_id], filter_string, order_by=list(order_by))
    return " ".join(run.info.run_name for run in found)


def told(filter_string: str = "", *order_by: str) -> str:
    try:
        return names(filter_string, *order_by)
    except MlflowException as error:
        return str(error.error_code)


FILTERS = [
    "metrics.acc > 0.6",
    "metric.acc >= 0.5 AND metrics.acc < 0.9",
    "metrics.`val loss` = 3",
    'metrics."m/1" != 2',
    "metrics.nan != 5",
    "metrics.nan > 0",
    "params.lr = '0.1'",
    "param.lr != '0.1'",
    'parameters.`a b` = "x"',
    "params.kernel LIKE 'R%'",
    "params.kernel LIKE 'r%'",
    "params.kernel ILIKE 'r_f'",
    'params.quote = "it\'s 100% sure"',
    "tags.team = 'g'",
    "tag.`mlflow.note.content` LIKE '%ta'",
    "tags.mlflow.runName = 'beta'",
    "tags.only IS NULL",
    "tags.only IS NOT NULL",
    "attributes.status = 'FINISHED'",
    "attribute.status != 'FINISHED' and params.lr = '0.2'",
    "attr.run_name ILIKE '%TA'",
    "run_name IN ('alpha')",
    f"run_id IN ('{ids['alpha']}', '{ids['gamma']}')",
    f"attributes.run_id NOT IN ('{ids['alpha']}', '{ids['gamma']}')",
    "start_time > 1700000000001",
    "end_time <= 1700000100000",
    "created = 1700000000002",
    "datasets.name = 'iris'",
    "dataset.name LIKE 'w%' AND dataset.context = 'testing'",
    f"datasets.digest IN ('{train.digest}', 'other')",
    "datasets.name = 'absent'",
]
ORDERS = [
    ["metrics.acc"],
    ["metrics.acc DESC"],
    ["metrics.nan ASC"],
    ["metrics.nan DESC"],
    ["params.lr DESC", "run_name"],
    ["tags.team"],
    ["attributes.start_time ASC"],
    ["end_time DESC"],
    ["status", "start_time DESC"],
]
BAD = [
    "metrics.acc > 'x'",
    "params.lr = x",
    "nonsense = 'x'",
    "metrics.acc > 1 OR metrics.acc < 2",
    "metrics.acc",
    "params.lr > '1'",
]
facts = {
    "filters": {
        text.replace(ids["alpha"], "ALPHA").replace(ids["gamma"], "GAMMA").replace(train.digest, "DIGEST"): told(text)
        for text in FILTERS
    },
    "orders": {", ".join(order): told("", *order) for order in ORDERS},
    "bad": [told(text) for text in BAD],
    "twice": told("", "metrics.acc", "metrics.acc DESC"),
    "inputs": sorted(
        [use.dataset.name, next(tag.value for tag in use.tags if tag.key == "mlflow.data.context")] for use in inputs
    ),
    "frame": len(mlflow.search_runs(search_all_experiments=True, filter_string="tags.team = 'a' AND params.`a b` = 'x'")),
}
sys.stdout.write(json.dumps(facts))
