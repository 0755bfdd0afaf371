"""The web server's processes: one that dies is replaced, and none outlives the server."""

import os
import signal
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugins.web import Web, running_web

pytestmark = pytest.mark.usefixtures("django_db_setup")
PATIENCE_SECONDS = 60


def _processes_of(web: Web) -> list[int]:
    pid = web.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _answers(web: Web) -> bool:
    try:
        urllib.request.urlopen(f"{web.url}/health", timeout=10).close()
    except OSError:
        return False
    return True


def _wait_until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def test_a_killed_web_process_is_replaced() -> None:
    with running_web() as web:
        killed = _processes_of(web)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        _wait_until(lambda: bool(set(_processes_of(web)) - set(killed)) and _answers(web), "no other process answers")


def test_no_web_process_outlives_its_server() -> None:
    with running_web() as web:
        orphans = _processes_of(web)
        web.process.kill()
        web.process.wait(timeout=PATIENCE_SECONDS)
        _wait_until(
            lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans), "a web process goes on without its server"
        )
        assert orphans
