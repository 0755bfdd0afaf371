"""Two teams beside each other: what one makes, the other one asks for."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient
from requests.exceptions import HTTPError

NAME = "wire cats"
client = MlflowClient()
facts: dict[str, object] = {}


def told(act: Callable[[], object]) -> str:
    """The refusal's code, or what was found."""
    try:
        return f"found {act()}"
    except MlflowException as error:
        return str(error.error_code)
    except HTTPError as error:
        return str(error.response.json()["error_code"])


for name in ("wire-vision", "wire-speech"):
    mlflow.create_workspace(name)
mlflow.set_workspace("wire-vision")
mlflow.set_experiment("wire: workspaces")
Path("notes.txt").write_text("cats alone")
with mlflow.start_run() as run:
    mlflow.log_artifact("notes.txt", "model")
client.create_registered_model(NAME)
client.create_model_version(NAME, source=f"{run.info.artifact_uri}/model", run_id=run.info.run_id)
client.set_registered_model_alias(NAME, "champion", "1")

for workspace in ("wire-vision", "wire-speech", "default"):
    mlflow.set_workspace(workspace)
    facts[workspace] = {
        "run": told(lambda: client.get_run(run.info.run_id).info.run_name == run.info.run_name),
        "listed": told(lambda: [entry.path for entry in client.list_artifacts(run.info.run_id, "model")]),
        "file": told(lambda: mlflow.artifacts.load_text(f"{run.info.artifact_uri}/model/notes.txt")),
        "model": told(lambda: client.get_model_version_by_alias(NAME, "champion").version),
        "models": [model.name for model in client.search_registered_models(filter_string="name LIKE 'wire cats%'")],
        "versions": len(client.search_model_versions(f"name = '{NAME}'")),
    }
sys.stdout.write(json.dumps(facts))
