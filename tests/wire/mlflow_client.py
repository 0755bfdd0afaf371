"""Runs a script with the unmodified MLflow client in a process of its own, as a user would."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parent / "scripts"
PYTHONS = {
    "newest": Path(sys.executable),
    "2.22": Path(sys.prefix).resolve().parent / ".venv-mlflow2" / "bin" / "python",
}
"""The interpreters that have a client, by its version; the older one is made by deploy/install.py."""


def run_script(name: str, *, url: str, token: str, folder: Path, client: str = "newest", **environment: str) -> dict[str, Any]:
    """Run scripts/<name>.py in the folder. returns: the JSON object of its last line; other output is the client's own."""
    python = PYTHONS[client]
    assert python.exists(), f"{python} is missing: `python deploy/install.py --test` makes it"
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "ASSAY_", "DJANGO_"))}
    settings = {
        "MLFLOW_TRACKING_URI": url,
        "MLFLOW_TRACKING_TOKEN": token,
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PYTHONPATH": "",
    }
    done = subprocess.run(
        [str(python), str(SCRIPTS / f"{name}.py")],
        cwd=folder,
        env=inherited | settings | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=220,
    )
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return facts
