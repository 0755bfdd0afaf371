"""Executes one trial's command, and outlives neither it nor the worker.

Usage: python -m workers.trial_runner. One line of JSON on stdin is the job; the end of stdin means stop: the worker closed it, or
died. One line of JSON on stdout is the report. The last act is to kill the whole process group, this process included, so
that nothing which the command started there stays behind.
"""

import ctypes
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workers.outputs import CappedFile

LOOK_SECONDS = 0.2
DRAIN_SECONDS = 2.0
CHUNK_BYTES = 64 * 1024
PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass(frozen=True, slots=True)
class Job:
    """command: words. output: folder that gets stdout.txt and stderr.txt. grace_seconds: between SIGTERM and SIGKILL."""

    command: list[str]
    environment: dict[str, str]
    workdir: str
    output: str
    timeout_seconds: float
    grace_seconds: float


class CommandRun:
    """A running command and the folder that its output goes to."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.stop_asked = False
        self.end = "exited"
        self.selector = selectors.DefaultSelector()
        self.process = _start(job)
        self.files = [self._collect(self.process.stdout, "stdout"), self._collect(self.process.stderr, "stderr")]
        self.selector.register(sys.stdin.fileno(), selectors.EVENT_READ, self._read_stdin)

    def watch(self) -> dict[str, Any]:
        """Until the command ends, its time is up or it is no longer wanted. returns: the report."""
        deadline = time.monotonic() + self.job.timeout_seconds
        while self.process.poll() is None and self.end == "exited":
            self._move(LOOK_SECONDS)
            if self.stop_asked:
                self.end = "stopped"
            elif time.monotonic() >= deadline:
                self.end = "timed_out"
        if self.end != "exited":
            self._terminate()
        self._drain()
        return {"end": self.end, "exit_code": self.process.returncode, "error": ""}

    def ask_to_stop(self, *_: object) -> None:
        self.stop_asked = True

    def _terminate(self) -> None:
        """The whole group gets SIGTERM, this process too, which only notes it; SIGKILL follows as the last act of main."""
        os.killpg(0, signal.SIGTERM)
        deadline = time.monotonic() + self.job.grace_seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            self._move(LOOK_SECONDS)

    def _drain(self) -> None:
        """What is still in the pipes; a process that the command left behind may hold them open for ever."""
        deadline = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < deadline and self._move(0.0):
            continue
        for file in self.files:
            file.close()

    def _move(self, timeout_seconds: float) -> bool:
        ready = self.selector.select(timeout_seconds)
        for key, _ in ready:
            key.data(key.fd)
        return bool(ready)

    def _collect(self, pipe: Any, name: str) -> CappedFile:
        file = CappedFile(Path(self.job.output) / f"{name}.txt")

        def move(descriptor: int) -> None:
            data = os.read(descriptor, CHUNK_BYTES)
            if not data:
                self.selector.unregister(descriptor)
            file.write(data)

        self.selector.register(pipe.fileno(), selectors.EVENT_READ, move)
        return file

    def _read_stdin(self, descriptor: int) -> None:
        if not os.read(descriptor, CHUNK_BYTES):
            self.selector.unregister(descriptor)
            self.ask_to_stop()


def run(job: Job) -> dict[str, Any]:
    try:
        started = CommandRun(job)
    except OSError as error:
        return {"end": "not_started", "exit_code": None, "error": f"{error.strerror}: {error.filename}"}
    signal.signal(signal.SIGTERM, started.ask_to_stop)
    try:
        return started.watch()
    except OSError as error:
        return {"end": "broken", "exit_code": None, "error": f"its output cannot be kept: {error}"}


def _start(job: Job) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        job.command,
        env=job.environment,
        cwd=job.workdir,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_die_with_parent(),  # noqa: PLW1509  this process has one thread
    )


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux the command also dies when this process is killed; elsewhere it would run on alone."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    return ask


def main() -> None:
    if os.getpgrp() != os.getpid():
        os.setsid()
    job = Job(**json.loads(sys.stdin.buffer.readline()))
    try:
        sys.stdout.write(json.dumps(run(job)) + "\n")
        sys.stdout.flush()
    finally:
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
