"""Points that were answered survive the death of the web server and of PostgreSQL; points that were sent again are there once."""

import http.client
import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
import pytest

from assay.core.engines.postgres import APPLICATION, OWNER, Postgres
from assay.core.engines.redis import Redis
from tests.plugins.stack import Stack, start_stack, stop_stack

CLIENTS = 3
ROUNDS = 3
PATIENCE_SECONDS = 90


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="assay-faults-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@contextmanager
def _engines(home: Path) -> Iterator[tuple[Postgres, dict[str, str]]]:
    postgres, redis = Postgres(home), Redis(home)
    postgres.start()
    redis.start()
    try:
        yield (
            postgres,
            {
                "DATABASE_URL": postgres.url(APPLICATION),
                "DATABASE_OWNER_URL": postgres.url(OWNER),
                "REDIS_URL": redis.url(),
            },
        )
    finally:
        postgres.stop()
        redis.stop()


def _request(stack: Stack, method: str, path: str, body: object = None) -> Any:
    """raises: OSError or HTTPException when there was no answer, AssertionError for one that is not success."""
    connection = http.client.HTTPConnection(urlsplit(stack.url).netloc, timeout=20)
    try:
        headers = {"Authorization": f"Bearer {stack.token}", "Content-Type": "application/json"}
        content = None if body is None else msgspec.json.encode(body)
        connection.request(method, f"/api/2.0/mlflow/{path}", content, headers)
        response = connection.getresponse()
        answer = response.read()
        assert response.status == 200, answer[:300]
        return msgspec.json.decode(answer)
    finally:
        connection.close()


def _log_until_told(stack: Stack, run_id: str, client: int, stop: threading.Event) -> int:
    """Batches one after the other, each sent until it is answered, as the real client does. returns: how many."""
    number = 0
    while not stop.is_set():
        steps = range(number * 10, number * 10 + 10)
        points = [{"key": f"client_{client}", "value": step / 7, "timestamp": step, "step": step} for step in steps]
        _send_until_answered(stack, {"run_id": run_id, "metrics": points})
        number += 1
    return number


def _send_until_answered(stack: Stack, batch: object) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            _request(stack, "POST", "runs/log-batch", batch)
            return
        except (OSError, http.client.HTTPException, AssertionError):
            assert time.monotonic() < deadline, "the server did not come back"
            time.sleep(0.1)


def _kill_web(home: Path) -> None:
    for entry in Path("/proc").iterdir():
        try:
            environment, command = (entry / "environ").read_bytes(), (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if f"ASSAY_HOME={home}".encode() in environment.split(b"\0") and b"granian" in command:
            try:
                os.kill(int(entry.name), signal.SIGKILL)
            except ProcessLookupError:
                continue


def _crash(postgres: Postgres) -> None:
    """At once, without a checkpoint: what was committed comes back from the log."""
    assert postgres.process is not None
    postgres.process.send_signal(signal.SIGQUIT)
    postgres.process.wait(timeout=60)
    postgres.start()


def test_every_answered_point_is_there_once_after_the_web_server_and_postgresql_died(folder: Path) -> None:
    with _engines(folder / "engines") as (postgres, urls):
        home = folder / "home"
        stack = start_stack(home, ASSAY_DEMO="0", **urls)
        try:
            run_id = _request(stack, "POST", "runs/create", {"experiment_id": "0"})["run"]["info"]["run_id"]
            stop = threading.Event()
            with ThreadPoolExecutor(CLIENTS) as pool:
                clients = [pool.submit(_log_until_told, stack, run_id, client, stop) for client in range(CLIENTS)]
                try:
                    for _ in range(ROUNDS):
                        time.sleep(2)
                        _kill_web(home)
                        time.sleep(2)
                        _crash(postgres)
                finally:
                    stop.set()
                answered = [client.result() for client in clients]
            assert min(answered) > 10
            for client, batches in enumerate(answered):
                question = urlencode({"run_id": run_id, "metric_key": f"client_{client}", "max_results": 25_000})
                history = _request(stack, "GET", f"metrics/get-history?{question}")["metrics"]
                assert [point["step"] for point in history] == list(range(batches * 10))
        finally:
            stop_stack(stack)
