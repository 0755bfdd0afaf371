"""A scikit-learn training by a client before 3: autologging, a model saved by hand, and both loaded again."""

import json
import sys

import mlflow
from mlflow import MlflowClient
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

features, labels = load_iris(return_X_y=True, as_frame=True)
train, test, train_labels, test_labels = train_test_split(features, labels, random_state=0)
mlflow.set_experiment("wire: training 2")
mlflow.sklearn.autolog(silent=True)

with mlflow.start_run(run_name="auto") as run:
    model = LogisticRegression(max_iter=500).fit(train, train_labels)
    score = model.score(test, test_labels)
logged = mlflow.get_run(run.info.run_id)
reloaded = mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/model")

mlflow.sklearn.autolog(disable=True)
with mlflow.start_run(run_name="by hand") as by_hand:
    signature = infer_signature(test, model.predict(test))
    for name in ("first", "second"):
        mlflow.sklearn.log_model(model, artifact_path=name, signature=signature, pip_requirements=["scikit-learn"])
history = json.loads(MlflowClient().get_run(by_hand.info.run_id).data.tags["mlflow.log-model.history"])
loaded = mlflow.pyfunc.load_model(f"runs:/{by_hand.info.run_id}/second")

facts = {
    "status": logged.info.status,
    "max_iter": logged.data.params["max_iter"],
    "training_score": logged.data.metrics["training_score"],
    "dataset_contexts": [tag.value for use in logged.inputs.dataset_inputs for tag in use.tags],
    "same_predictions": bool((reloaded.predict(test) == model.predict(test)).all()),
    "same_by_hand": bool((loaded.predict(test) == model.predict(test)).all()),
    "artifacts": sorted(entry.path for entry in mlflow.artifacts.list_artifacts(run_id=run.info.run_id)),
    "history": [entry["artifact_path"] for entry in history],
}
sys.stdout.write(json.dumps(facts))
