"""The whole installation survives the death of its processes."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.stack import ROOT, Stack, start_stack, stop_stack

SPEC = """
name: survivor
command: {python} {script} --c {{c}}
metric: score
direction: maximize
max_trials: 8
parallelism: 2
seed: 3
space:
  c: {{type: uniform, low: 0, high: 1}}
"""
TRIAL = """
import argparse, time, mlflow
parser = argparse.ArgumentParser()
parser.add_argument("--c", type=float)
c = parser.parse_args().c
with mlflow.start_run():
    for step in range(6):
        mlflow.log_metric("score", 1 - (c - 0.3) ** 2, step=step)
        time.sleep(0.5)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="assay-faults-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "home"


def _call(stack: Stack, path: str, body: dict[str, Any] | None = None) -> Any:
    request = urllib.request.Request(f"{stack.url}/api/v1/{path}", headers={"Authorization": f"Bearer {stack.token}"})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def _start_sweep(stack: Stack, folder: Path) -> str:
    script = folder / "train.py"
    script.write_text(TRIAL)
    spec = SPEC.format(python=sys.executable, script=script)
    return str(_call(stack, "sweeps", {"spec": spec, "workdir": str(folder)})["id"])


def _trials(stack: Stack, sweep: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = _call(stack, f"sweeps/{sweep}/trials")["items"]
    return items


def _wait(stack: Stack, sweep: str, *, finished: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while sum(trial["state"] == "succeeded" for trial in _trials(stack, sweep)) < finished:
        assert time.monotonic() < deadline, _trials(stack, sweep)
        time.sleep(0.5)


def _processes_of(home: Path) -> list[int]:
    """Pids of web, worker and beat: every process whose environment names this data directory and whose command is one of them."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment, command = (entry / "environ").read_bytes(), (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if f"ASSAY_HOME={home}".encode() in environment.split(b"\0") and any(w in command for w in (b"granian", b"celery")):
            found.append(int(entry.name))
    return found


def _kill(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def test_a_sweep_whose_web_worker_and_beat_are_killed_finishes_with_each_trial_counted_once(home: Path) -> None:
    stack = start_stack(home, ASSAY_DEMO="0")
    sweep = _start_sweep(stack, home.parent)
    _wait(stack, sweep, finished=1, seconds=90)
    _kill(_processes_of(home))
    stop_stack(stack)
    stack = start_stack(home, ASSAY_DEMO="0")
    _wait(stack, sweep, finished=8, seconds=180)
    trials = _trials(stack, sweep)
    assert sorted(trial["number"] for trial in trials) == list(range(1, 9)) or sorted(t["number"] for t in trials) == list(
        range(8)
    )
    stop_stack(stack)


def test_a_killed_supervisor_leaves_nothing_that_blocks_the_next_start(home: Path) -> None:
    stack = start_stack(home, ASSAY_DEMO="0")
    stack.process.kill()
    stack.process.wait(timeout=10)
    again = start_stack(home, ASSAY_DEMO="0")
    assert _call(again, "me")["organization"]["slug"] == "demo"
    assert stop_stack(again) == 0
    assert _processes_of(home) == []


def test_ctrl_c_ends_every_process(home: Path) -> None:
    stack = start_stack(home, ASSAY_DEMO="0")
    stack.process.send_signal(signal.SIGINT)
    assert stack.process.wait(timeout=60) == 0
    assert _processes_of(home) == []
    shown = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=stack.environment, capture_output=True, text=True, check=False
    )
    assert "make run" in shown.stderr
