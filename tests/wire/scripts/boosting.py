"""A LightGBM training with autologging."""

import json
import sys

import lightgbm
import mlflow
import numpy as np
from mlflow import MlflowClient

mlflow.set_experiment("wire: boosting")
mlflow.lightgbm.autolog(silent=True, log_models=False)
random = np.random.default_rng(0)
features = random.normal(size=(300, 4))
labels = (features[:, 0] > 0).astype(int)
data = lightgbm.Dataset(features, label=labels)

with mlflow.start_run() as run:
    options = {"objective": "binary", "verbosity": -1, "num_threads": 1}
    model = lightgbm.train(options, data, num_boost_round=5, valid_sets=[data], valid_names=["train"])
    mlflow.lightgbm.log_model(model, name="model", pip_requirements=["lightgbm"])
logged = mlflow.get_run(run.info.run_id)
loaded = mlflow.lightgbm.load_model(f"runs:/{run.info.run_id}/model")
history = MlflowClient().get_metric_history(run.info.run_id, "train-binary_logloss")
facts = {
    "objective": logged.data.params["objective"],
    "steps": [point.step for point in history],
    "falls": history[-1].value < history[0].value,
    "same_predictions": bool((loaded.predict(features) == model.predict(features)).all()),
    "artifacts": sorted(entry.path for entry in mlflow.artifacts.list_artifacts(run_id=run.info.run_id)),
}
sys.stdout.write(json.dumps(facts))
