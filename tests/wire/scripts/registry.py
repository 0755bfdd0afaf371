"""What teams do with the model registry, once each."""

import json
import sys
from collections.abc import Callable

import mlflow
import mlflow.sklearn
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient
from sklearn.linear_model import LogisticRegression

client = MlflowClient()
facts: dict[str, object] = {}
NAME = f"wire digits {mlflow.__version__}"
THIRD = mlflow.__version__ >= "3"
facts["name"] = NAME


def told(act: Callable[[], object]) -> tuple[str, str]:
    try:
        act()
    except MlflowException as error:
        return error.error_code, error.message
    return "", ""


mlflow.set_experiment("wire: registry")
x, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
versions = []
for strength in (0.1, 10.0):
    with mlflow.start_run() as run:
        fitted = LogisticRegression(C=strength).fit(x, y)
        mlflow.log_param("c", strength)
        name = {"name": "model"} if THIRD else {"artifact_path": "model"}
        info = mlflow.sklearn.log_model(fitted, **name, pip_requirements=["scikit-learn"])
    versions.append(mlflow.register_model(info.model_uri, NAME, tags={"c": str(strength)}))
last_run_id = run.info.run_id
facts["versions"] = [[version.version, version.status, version.run_id == last_run_id] for version in versions]
facts["registrations"] = client.get_logged_model(info.model_id).tags["mlflow.modelVersions"] if THIRD else ""

by_run = mlflow.register_model(f"runs:/{last_run_id}/model", NAME)
facts["by_run"] = [by_run.version, by_run.run_id == last_run_id]

client.set_registered_model_alias(NAME, "champion", "1")
client.set_registered_model_alias(NAME, "champion", "2")
champion = client.get_model_version_by_alias(NAME, "champion")
facts["champion"] = [champion.version, list(champion.aliases), champion.tags]
for address in (f"models:/{NAME}@champion", f"models:/{NAME}/2", f"models:/{NAME}/latest"):
    loaded = mlflow.sklearn.load_model(address)
    facts[address.removeprefix(f"models:/{NAME}")] = [loaded.C, loaded.predict([[3.0]]).tolist()]
facts["pyfunc"] = mlflow.pyfunc.load_model(f"models:/{NAME}@champion").predict([[0.0]]).tolist()

client.transition_model_version_stage(NAME, "1", "Production")
client.transition_model_version_stage(NAME, "2", "Production", archive_existing_versions=True)
facts["stages"] = {version.version: version.current_stage for version in client.search_model_versions(f"name = '{NAME}'")}
facts["latest"] = [version.version for version in client.get_latest_versions(NAME, ["Production"])]
facts["by_stage"] = mlflow.sklearn.load_model(f"models:/{NAME}/Production").C

client.update_registered_model(NAME, "reads digits")
client.set_registered_model_tag(NAME, "team", "vision")
client.set_model_version_tag(NAME, "2", "validated", "yes")
client.update_model_version(NAME, "2", "the better one")
client.rename_registered_model(NAME, f"{NAME} 2")
model = client.get_registered_model(f"{NAME} 2")
facts["model"] = [model.name, model.description, model.tags, model.aliases]
facts["found"] = [found.name for found in client.search_registered_models(f"tags.team = 'vision' AND name LIKE '{NAME}%'")]
tagged = client.search_model_versions(f"name = '{NAME} 2' AND tags.validated = 'yes'")
facts["found_versions"] = [[found.version, found.description] for found in tagged]
pages, token = [], None
while True:
    page = client.search_model_versions(f"name = '{NAME} 2'", max_results=2, order_by=["version_number ASC"], page_token=token)
    pages.append([found.version for found in page])
    token = page.token
    if not token:
        break
facts["pages"] = pages
facts["copied"] = client.copy_model_version(f"models:/{NAME} 2/2", f"{NAME} copy").source

facts["taken"] = told(lambda: client.create_registered_model(f"{NAME} 2"))
facts["absent_model"] = told(lambda: client.get_registered_model("wire absent"))
facts["absent_version"] = told(lambda: client.get_model_version(f"{NAME} 2", "77"))
facts["absent_alias"] = told(lambda: client.get_model_version_by_alias(f"{NAME} 2", "none"))
facts["local_source"] = told(lambda: client.create_model_version(f"{NAME} 2", "/etc/passwd", last_run_id))
facts["foreign_source"] = told(lambda: client.create_model_version(f"{NAME} 2", "runs:/" + "f" * 32 + "/model", last_run_id))

client.delete_registered_model_alias(f"{NAME} 2", "champion")
client.delete_model_version(f"{NAME} 2", "3")
for name in (f"{NAME} 2", f"{NAME} copy"):
    client.delete_registered_model(name)
facts["left"] = [found.name for found in client.search_registered_models(f"name LIKE '{NAME}%'")]
sys.stdout.write(json.dumps(facts))
