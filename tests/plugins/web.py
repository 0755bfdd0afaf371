"""One web server process beside the tests' own engines: what a wire test of another setting needs, without a whole installation."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assay.core.engines.ports import find_free_port
from assay.core.supervision.programs import serve_web

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90


@dataclass(frozen=True)
class Web:
    """process: the server's main one; its one worker does the work."""

    url: str
    process: subprocess.Popen[bytes]

    def peak_bytes(self) -> int:
        """The most memory that the worker ever held."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        lines = Path(f"/proc/{children[0]}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


@contextmanager
def running_web(**settings: str) -> Iterator[Web]:
    """With the engines of the test session, and settings of its own."""
    port = find_free_port()
    command = [sys.executable, "-m", *serve_web("127.0.0.1", port, processes=1)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}", "ASSAY_DATABASE_POOL": "1"} | settings
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            web = Web(f"http://127.0.0.1:{port}", process)
            _wait_for(web)
            yield web
        finally:
            process.terminate()


def _wait_for(web: Web) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(web):
        assert web.process.poll() is None, "the web server ended"
        assert time.monotonic() < deadline, "the web server does not answer"
        time.sleep(0.1)


def _answers(web: Web) -> bool:
    try:
        urllib.request.urlopen(f"{web.url}/health", timeout=10).close()
    except OSError:  # not listening yet, or still starting its worker
        return False
    return True
