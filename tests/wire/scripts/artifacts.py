"""Files up and down, small and large."""

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.tracking import MlflowClient

client = MlflowClient()
facts: dict[str, object] = {}
mlflow.set_experiment("wire: artifacts")
folder = Path(tempfile.mkdtemp(dir="."))
(folder / "data" / "deep").mkdir(parents=True)
for name in ("a.txt", "data/b with space.txt", "data/deep/ü.txt", "data/100%.txt"):
    (folder / name).write_text(name)
(folder / "empty").write_bytes(b"")
large = os.urandom(20 * 1024 * 1024)
Path("large.bin").write_bytes(large)

with mlflow.start_run() as run:
    mlflow.log_artifacts(str(folder), "files")
    mlflow.log_artifact("large.bin")
    mlflow.log_artifact(str(folder / "a.txt"))
run_id = run.info.run_id
facts["root"] = {entry.path: entry.file_size for entry in client.list_artifacts(run_id)}
facts["files"] = {entry.path: entry.is_dir for entry in client.list_artifacts(run_id, "files/data")}
local = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="files", dst_path="down"))
facts["downloaded"] = {str(path.relative_to(local)): path.read_text() for path in sorted(local.rglob("*")) if path.is_file()}
down = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="large.bin", dst_path="down"))
facts["large_same"] = hashlib.sha256(down.read_bytes()).digest() == hashlib.sha256(large).digest()
facts["text"] = mlflow.artifacts.load_text(f"runs:/{run_id}/a.txt")
try:
    mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="absent.txt")
except (MlflowException, OSError) as error:
    facts["absent"] = "absent.txt" in str(error)
repository = get_artifact_repository(run.info.artifact_uri)
repository.delete_artifacts("files")  # type: ignore[no-untyped-call]  # the client's own
facts["after_delete"] = sorted(entry.path for entry in client.list_artifacts(run_id))
sys.stdout.write(json.dumps(facts))
