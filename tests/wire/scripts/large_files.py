"""A file in parts, up and down, as the client does it with large ones."""

import hashlib
import json
import os
import sys
from pathlib import Path

import mlflow
from mlflow.tracking import MlflowClient

content = os.urandom(11 * 1024 * 1024 + 3)
Path("weights é 🚀.bin").write_bytes(content)
Path("small.txt").write_text("small")
mlflow.set_experiment("wire: large files")
with mlflow.start_run() as run:
    mlflow.log_artifact("weights é 🚀.bin", "model")
    mlflow.log_artifact("small.txt", "model")
down = Path(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="model", dst_path="down"))
facts = {
    "listed": {entry.path: entry.file_size for entry in MlflowClient().list_artifacts(run.info.run_id, "model")},
    "same": hashlib.sha256((down / "weights é 🚀.bin").read_bytes()).digest() == hashlib.sha256(content).digest(),
    "small": (down / "small.txt").read_text(),
}
sys.stdout.write(json.dumps(facts))
