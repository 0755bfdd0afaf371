"""The whole installation as its users meet it: `manage.py up` in a data directory of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assay.core.engines.ports import find_free_port

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 540


@dataclass(frozen=True)
class Stack:
    """A running installation. home: its ASSAY_HOME; secrets belong to the demo's owner and to a stranger."""

    url: str
    home: Path
    process: subprocess.Popen[str]
    environment: dict[str, str]

    email = "owner@example.com"
    stranger_email = "eve@example.com"

    @property
    def password(self) -> str:
        return (self.home / "admin.txt").read_text().strip()

    @property
    def token(self) -> str:
        return (self.home / "token.txt").read_text().strip()

    @property
    def stranger_password(self) -> str:
        return (self.home / "eve.txt").read_text().strip()

    @property
    def stranger_token(self) -> str:
        return (self.home / "eve.token.txt").read_text().strip()

    def manage(self, *arguments: str) -> str:
        """Run a management command inside the installation; returns what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def start_stack(home: Path, **settings: str) -> Stack:
    """Start `manage.py up` and wait for its ready line."""
    port = find_free_port()
    inherited = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}}
    environment = inherited | {"ASSAY_HOME": str(home), "ASSAY_PORT": str(port), "ASSAY_WEB_PROCESSES": "2"} | settings
    log = home.parent / f"{home.name}.up.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT, text=True
        )
    deadline = time.monotonic() + READY_SECONDS
    while "assay: ready:" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            process.send_signal(signal.SIGTERM)
            raise AssertionError(f"the stack did not become ready:\n{log.read_text()}")
        time.sleep(0.2)
    return Stack(f"http://127.0.0.1:{port}", home, process, environment)


def stop_stack(stack: Stack) -> int:
    stack.process.send_signal(signal.SIGTERM)
    return stack.process.wait(timeout=90)


@contextmanager
def running_stack(home: Path, **settings: str) -> Iterator[Stack]:
    stack = start_stack(home, **settings)
    try:
        stack.manage(
            "create_organization", "--name", "Elsewhere", "--slug", "elsewhere", "--owner-email", Stack.stranger_email,
            "--password-file", str(home / "eve.txt"), "--token-file", str(home / "eve.token.txt"),
        )  # fmt: skip
        urllib.request.urlopen(f"{stack.url}/health", timeout=10).close()
        yield stack
    finally:
        stop_stack(stack)
