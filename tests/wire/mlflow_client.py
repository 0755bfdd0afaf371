"""Runs a script with the unmodified MLflow client in a process of its own, as a user would."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parent / "scripts"
FORKS = Path(__file__).parent / "forks.py"
PYTHONS = {
    "newest": Path(sys.executable),
    "2.22": Path(sys.prefix).resolve().parent / ".venv-mlflow2" / "bin" / "python",
}
"""The interpreters that have a client, by its version; the older one is made by deploy/install.py."""


def run_script(name: str, *, url: str, token: str, folder: Path, client: str = "newest", **environment: str) -> dict[str, Any]:
    """Run scripts/<name>.py in the folder. returns: the JSON object of its last line; other output is the client's own."""
    settings = {
        "MLFLOW_TRACKING_URI": url,
        "MLFLOW_TRACKING_TOKEN": token,
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    }
    with tempfile.TemporaryDirectory() as kept:
        files = {"output": f"{kept}/output", "errors": f"{kept}/errors"}
        order = {"script": str(SCRIPTS / f"{name}.py"), "folder": str(folder), **files}
        status = _have_run(client, {**order, "environment": _inherit() | settings | environment})
        assert status == 0, Path(files["errors"]).read_text()
        facts: dict[str, Any] = json.loads(Path(files["output"]).read_text().strip().splitlines()[-1])
    return facts


def _inherit() -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "ASSAY_", "DJANGO_"))}
    return inherited | {"MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONPATH": ""}


def _have_run(client: str, order: dict[str, Any]) -> int:
    """returns: the exit status."""
    forks = _start_forks(client)
    assert forks.stdin is not None
    assert forks.stdout is not None
    forks.stdin.write(f"{json.dumps(order)}\n")
    forks.stdin.flush()
    return int(forks.stdout.readline())


@lru_cache
def _start_forks(client: str) -> "subprocess.Popen[str]":
    """Until this process ends."""
    python = PYTHONS[client]
    assert python.exists(), f"{python} is missing: `python deploy/install.py --test` makes it"
    forks = subprocess.Popen([python, FORKS], env=_inherit(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(forks.communicate)
    return forks
