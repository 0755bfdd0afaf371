"""The process that runs a trial's command, seen from the worker."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from assay.core.home import ROOT
from assay.tuning.domain.outcomes import CommandEnd, Report

RUNNER = "workers.trial_runner"
GRACE_SECONDS = 5.0
DEATH_SECONDS = 30.0


class TrialProcess:
    """`python -m workers.trial_runner` in a session of its own. It gets no environment of ours; the job goes through stdin.

    While stdin is open the command may run; when it closes, by us or because we died, the command is ended.
    """

    def __init__(
        self, command: list[str], *, environment: Mapping[str, str], workdir: str, output: Path, timeout_seconds: int
    ) -> None:
        job = {
            "command": command,
            "environment": dict(environment),
            "workdir": workdir,
            "output": str(output),
            "timeout_seconds": timeout_seconds,
            "grace_seconds": GRACE_SECONDS,
        }
        self.output = output
        self.process = subprocess.Popen(
            [sys.executable, "-m", RUNNER],
            cwd=ROOT,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._send(json.dumps(job).encode() + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Whatever happened, nothing of the group is left."""
        self.stop()
        try:
            self.process.wait(DEATH_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill_group()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def wait(self, timeout_seconds: float) -> bool:
        """Whether it has ended within the time."""
        try:
            self.process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """Ask for the end; the command has GRACE_SECONDS to tidy up."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()

    def read_report(self) -> Report:
        """How it ended. Called after wait was true."""
        line = self.process.stdout.read() if self.process.stdout else b""
        if not line:
            self._kill_group()
            return Report(CommandEnd.LOST, last_words=self._last_words())
        told = json.loads(line)
        return Report(CommandEnd(told["end"]), told["exit_code"], told["error"], self._last_words())

    def _last_words(self) -> str:
        """The last line of stderr that says anything."""
        path = self.output / "stderr.txt"
        tail = path.read_bytes()[-4096:].decode(errors="replace") if path.exists() else ""
        return next((line.strip() for line in reversed(tail.splitlines()) if line.strip()), "")[:500]

    def _send(self, line: bytes) -> None:
        if self.process.stdin is None:
            return
        try:
            self.process.stdin.write(line)
            self.process.stdin.flush()
        except BrokenPipeError:
            self._kill_group()

    def _kill_group(self) -> None:
        """What the command left behind, should the runner have been killed before it could."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
