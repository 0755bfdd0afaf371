"""Sweeps on real workers: kill one, stop one, tell one the same thing twice; each trial counts once."""

import json
import os
import signal
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from tests.plugins.stack import Stack, running_stack

SPEC = """
name: {name}
command: python train.py --c {{c}} --marks {marks}
metric: score
direction: maximize
max_trials: {max_trials}
parallelism: 2
seed: 3
sampler: random
space:
  c: {{type: uniform, low: 0, high: 1}}
"""
TRAIN = """
import argparse, os, pathlib, time, mlflow

parser = argparse.ArgumentParser()
parser.add_argument("--c", type=float)
parser.add_argument("--marks")
options = parser.parse_args()
number = os.environ["ASSAY_TRIAL_NUMBER"]
with (pathlib.Path(options.marks) / f"{number}.started").open("a") as file:
    file.write(f"{os.getpid()}\\n")
with mlflow.start_run():
    for step in range(10):
        mlflow.log_metric("score", 1 - (options.c - 0.3) ** 2, step=step)
        time.sleep(0.3)
print("forbidden:", [name for name in os.environ if "DATABASE" in name or "REDIS" in name or "SECRET" in name])
"""
ENDED = {"succeeded", "failed", "stopped"}


@dataclass(frozen=True)
class Workplace:
    """The running installation and a folder with the training script."""

    stack: Stack
    folder: Path

    def call(self, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(f"{self.stack.url}/api/v1/{path}", method="GET" if body is None else "POST")
        request.add_header("Authorization", f"Bearer {self.stack.token}")
        request.add_header("Content-Type", "application/json")
        request.data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def start(self, name: str, *, max_trials: int = 4) -> str:
        marks = self.folder / name
        marks.mkdir()
        spec = SPEC.format(name=name, marks=marks, max_trials=max_trials)
        return str(self.call("sweeps", {"spec": spec, "workdir": str(self.folder)})["id"])

    def trials(self, sweep: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.call(f"sweeps/{sweep}/trials")["items"]
        return items

    def starts(self, name: str) -> dict[int, int]:
        """How often the command of each trial was really started."""
        marks = (self.folder / name).glob("*.started")
        return {int(mark.stem): len(mark.read_text().splitlines()) for mark in marks}

    def worker(self) -> int:
        """Pid of the worker that executes trials, as the supervisor started it."""
        supervisor = (self.stack.home / "supervisor.pid").read_text().strip()
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
                if parent == supervisor and b"trials@%h" in (entry / "cmdline").read_bytes():
                    return int(entry.name)
            except OSError:
                continue
        return 0


@pytest.fixture(scope="module")
def workplace() -> Iterator[Workplace]:
    with tempfile.TemporaryDirectory(prefix="assay-sweeps-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        (folder / "train.py").write_text(TRAIN)
        with running_stack(folder / "home", ASSAY_DEMO="0") as stack:
            yield Workplace(stack, folder)


def _until(condition: Callable[[], Any], *, seconds: float = 150.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def _has_ended(workplace: Workplace, sweep: str, state: str) -> Callable[[], bool]:
    return lambda: workplace.call(f"sweeps/{sweep}")["state"] == state


def _has_begun(workplace: Workplace, name: str) -> Callable[[], bool]:
    return lambda: len(workplace.starts(name)) >= 2


def test_a_message_told_many_times_is_executed_once(workplace: Workplace) -> None:
    sweep = workplace.start("told-often")
    organization = workplace.call("me")["organization"]["id"]
    engines = dict(line.split("=", 1) for line in (workplace.stack.home / "engines.env").read_text().splitlines())
    with Celery("teller", broker=engines["REDIS_URL"], set_as_current=False, fixups=()) as teller:
        while workplace.call(f"sweeps/{sweep}")["state"] == "running":
            for trial in workplace.trials(sweep):
                values = {"organization_id": organization, "trial_id": trial["id"]}
                teller.send_task("tuning.run_trial", kwargs=values, queue="trials", ignore_result=True)
            time.sleep(0.5)
    assert workplace.starts("told-often") == dict.fromkeys(range(1, 5), 1)
    assert [(trial["state"], trial["attempt"]) for trial in workplace.trials(sweep)] == [("succeeded", 1)] * 4


def test_a_killed_worker_costs_time_and_no_trial(workplace: Workplace) -> None:
    sweep = workplace.start("killed")
    _until(_has_begun(workplace, "killed"))
    os.kill(workplace.worker(), signal.SIGKILL)
    _until(_has_ended(workplace, sweep, "finished"))
    trials = workplace.trials(sweep)
    assert [(trial["number"], trial["state"]) for trial in trials] == [(n, "succeeded") for n in range(1, 5)]
    assert max(trial["attempt"] for trial in trials) == 2
    runs = {trial["run_id"]: workplace.call(f"runs/{trial['run_id']}") for trial in trials}
    assert {run["status"] for run in runs.values()} == {"FINISHED"}
    assert all(runs[trial["run_id"]]["metrics"]["score"]["value"] == trial["value"] for trial in trials)


def test_a_worker_that_shuts_down_gives_its_trials_back(workplace: Workplace) -> None:
    sweep = workplace.start("shut-down", max_trials=2)
    _until(_has_begun(workplace, "shut-down"))
    leaving = workplace.worker()
    os.kill(leaving, signal.SIGTERM)
    _until(lambda: workplace.worker() != leaving, seconds=15)
    assert {trial["state"] for trial in workplace.trials(sweep)} <= {"waiting", "running"}
    _until(_has_ended(workplace, sweep, "finished"))
    assert [trial["attempt"] for trial in workplace.trials(sweep)] == [2, 2]


def test_a_stop_ends_the_commands_within_seconds(workplace: Workplace) -> None:
    sweep = workplace.start("stopped", max_trials=50)
    _until(_has_begun(workplace, "stopped"))
    workplace.call(f"sweeps/{sweep}/stop", {})
    _until(_has_ended(workplace, sweep, "stopped"), seconds=30)
    trials = workplace.trials(sweep)
    assert {trial["state"] for trial in trials} <= ENDED
    assert len(trials) < 50
    pids = [mark.read_text().strip() for mark in (workplace.folder / "stopped").glob("*.started")]
    _until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), seconds=10)


def test_a_command_sees_none_of_the_servers_secrets(workplace: Workplace) -> None:
    sweep = workplace.start("secrets", max_trials=1)
    _until(_has_ended(workplace, sweep, "finished"))
    output = workplace.call(f"trials/{workplace.trials(sweep)[0]['id']}/output")
    assert output["stdout"].strip().endswith("forbidden: []")
