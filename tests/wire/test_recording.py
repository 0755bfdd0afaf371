"""What a training records of itself through the client: while it runs, after it has ended, and when it is killed."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.stack import ROOT, Stack
from tests.wire.mlflow_client import SCRIPTS, run_script

PATIENCE_SECONDS = 60


def ask(live: Stack, path: str) -> Any:
    request = urllib.request.Request(f"{live.url}/api/v1/{path}", headers={"Authorization": f"Bearer {live.token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def wait_for(look: Callable[[], Any]) -> Any:
    """What look finds, once it finds something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.2)
    return found


def console_of(live: Stack, run_id: str, stream: str) -> str:
    return "".join(item["text"] for item in ask(live, f"runs/{run_id}/console?after=0&stream={stream}")["items"])


@contextmanager
def training(live: Stack, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A captured training that goes on when the file `go` appears."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "ASSAY_", "DJANGO_"))}
    asked = {
        "MLFLOW_TRACKING_URI": live.url,
        "MLFLOW_TRACKING_TOKEN": live.token,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "ASSAY_CAPTURE": "1",
        "PYTHONPATH": str(ROOT / "platform"),
    }
    command = [sys.executable, str(SCRIPTS / "captured.py"), str(folder / "go")]
    process = subprocess.Popen(
        command, cwd=folder, env=inherited | asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def find_running(live: Stack) -> str:
    question = "runs?experiment=captured&filter=attributes.status%20%3D%20%27RUNNING%27"
    experiments = {one["name"] for one in ask(live, "experiments")["items"]}
    items = ask(live, question)["items"] if "captured" in experiments else []
    return str(items[0]["id"]) if items else ""


@pytest.fixture(scope="module")
def recorded(live: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was there while the training ran, and the ids of its two runs."""
    folder = tmp_path_factory.mktemp("captured")
    with training(live, folder) as process:
        run_id = wait_for(lambda: find_running(live))
        while_it_ran = wait_for(lambda: text if "good" in (text := console_of(live, run_id, "stdout")) else "")
        wait_for(lambda: len(ask(live, f"runs/{run_id}/events")["items"]) == 2)
        (folder / "go").touch()
        stdout, stderr = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, stderr
    (second,) = [run["id"] for run in ask(live, "runs?experiment=captured&limit=1")["items"]]
    return {"id": run_id, "while_it_ran": while_it_ran, "stdout": stdout, "stderr": stderr, "second": second}


def test_console_arrives_while_the_run_runs_and_is_whole_afterwards(live: Stack, recorded: dict[str, Any]) -> None:
    assert "epoch 1 \x1b[32mgood\x1b[0m\n" in recorded["while_it_ran"]
    assert "epoch 2" not in recorded["while_it_ran"]
    first, second = (console_of(live, recorded[name], "stdout") for name in ("id", "second"))
    assert first + second == recorded["stdout"]
    assert first.startswith("loading\n")
    assert second.startswith("of the second run\n")
    assert "warning: ünï\n" in console_of(live, recorded["id"], "stderr")


def test_nothing_of_the_recording_shows_in_the_trainings_own_output(recorded: dict[str, Any]) -> None:
    assert "Assay" not in recorded["stdout"] + recorded["stderr"]


def test_stages_and_milestones_are_on_the_run(live: Stack, recorded: dict[str, Any]) -> None:
    items = ask(live, f"runs/{recorded['id']}/events")["items"]
    assert [(item["kind"], item["name"], item["step"]) for item in items] == [
        ("stage", "load", None), ("stage", "fit", 1), ("milestone", "best so far", 2),
    ]  # fmt: skip
    assert items[0]["ended_at"] == items[1]["at"]
    assert items[1]["ended_at"] == ask(live, f"runs/{recorded['id']}")["ended_at"]


def test_the_source_and_the_machines_load_are_recorded(live: Stack, recorded: dict[str, Any]) -> None:
    source, run = ask(live, f"runs/{recorded['id']}/source"), ask(live, f"runs/{recorded['id']}")
    assert "captured.py" in source["command"]
    assert source["packages"]["mlflow-skinny"]
    assert run["tags"].get("mlflow.source.git.commit", "") == source["commit"]
    assert {"system/cpu_utilization_percentage", "system/system_memory_usage_megabytes"} <= set(run["metrics"])


def test_a_killed_training_is_still_running_and_has_promised_heartbeats(live: Stack, tmp_path: Path) -> None:
    """Two minutes later it is lost; tests/unit/tracking/test_liveness.py holds the clock."""
    with training(live, tmp_path) as process:
        run_id = wait_for(lambda: find_running(live))
        wait_for(lambda: console_of(live, run_id, "stdout"))
        process.send_signal(signal.SIGKILL)
    run = ask(live, f"runs/{run_id}")
    assert run["status"] == "RUNNING"
    assert run["expects_heartbeat"]


def test_mlflows_own_system_metrics_are_kept(live: Stack, tmp_path: Path) -> None:
    facts = run_script("system_metrics", url=live.url, token=live.token, folder=tmp_path)
    metrics = ask(live, f"runs/{facts['run_id']}")["metrics"]
    assert {"system/cpu_utilization_percentage", "system/disk_usage_percentage"} <= set(metrics)


def test_the_demos_trainings_tell_of_themselves(live: Stack) -> None:
    runs = [run for run in ask(live, "runs?experiment=digits-ocr")["items"] if "mlflow.parentRunId" not in run["tags"]]
    assert len(runs) > 3
    for run in runs:
        stages = [item for item in ask(live, f"runs/{run['id']}/events")["items"] if item["kind"] == "stage"]
        assert stages[0]["name"] == "load data"
        assert run["started_at"] <= stages[0]["at"] < stages[-1]["ended_at"] == run["ended_at"]
        assert console_of(live, run["id"], "stdout").startswith("loading data set")
