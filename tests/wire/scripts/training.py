"""A scikit-learn training with autologging, a model saved by hand, and both loaded again."""

import json
import sys

import mlflow
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split

features, labels = load_iris(return_X_y=True, as_frame=True)
train, test, train_labels, test_labels = train_test_split(features, labels, random_state=0)
experiment = mlflow.set_experiment("wire: training")
mlflow.sklearn.autolog(silent=True)

with mlflow.start_run(run_name="auto") as run:
    model = LogisticRegression(max_iter=500).fit(train, train_labels)
    score = model.score(test, test_labels)
logged = mlflow.get_run(run.info.run_id)
assert logged.inputs
assert logged.outputs
reloaded = mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/model")
models = mlflow.search_logged_models(experiment_ids=[experiment.experiment_id], output_format="list")
by_id = mlflow.sklearn.load_model(models[0].model_uri)

mlflow.sklearn.autolog(silent=True, log_models=False)
with mlflow.start_run(run_name="grid") as grid_run:
    GridSearchCV(LogisticRegression(max_iter=500), {"C": [0.1, 1.0]}, cv=2).fit(train, train_labels)
children = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{grid_run.info.run_id}'", output_format="list")

mlflow.sklearn.autolog(disable=True)
with mlflow.start_run(run_name="by hand") as by_hand:
    signature = infer_signature(test, model.predict(test))
    saved = mlflow.sklearn.log_model(
        model,
        name="classifier",
        signature=signature,
        params={"C": 1.0},
        tags={"team": "vision"},
        pip_requirements=["scikit-learn"],
    )
    mlflow.log_metric("accuracy", score, model_id=saved.model_id)
found = mlflow.search_logged_models(
    experiment_ids=[experiment.experiment_id],
    filter_string="tags.team = 'vision' AND metrics.accuracy > 0.5",
    output_format="list",
)

sys.stdout.write(
    json.dumps(
        {
            "status": logged.info.status,
            "max_iter": logged.data.params["max_iter"],
            "training_score": logged.data.metrics["training_score"],
            "dataset_contexts": [tag.value for use in logged.inputs.dataset_inputs for tag in use.tags],
            "outputs": [output.model_id for output in logged.outputs.model_outputs],
            "models": [model.model_id for model in models],
            "model_status": str(models[0].status),
            "same_predictions": bool((reloaded.predict(test) == model.predict(test)).all()),
            "same_by_id": bool((by_id.predict(test) == model.predict(test)).all()),
            "artifacts": sorted(entry.path for entry in mlflow.artifacts.list_artifacts(run_id=run.info.run_id)),
            "children": len(children),
            "found": [model.name for model in found],
            "found_metrics": {metric.key: metric.value for metric in found[0].metrics or []},
            "found_params": found[0].params,
            "score": score,
        }
    )
)
