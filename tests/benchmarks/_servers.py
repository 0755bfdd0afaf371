"""Assay and MLflow's own server, each with four web processes (MLflow's default), on one and the same embedded PostgreSQL."""

import http.client
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psycopg

from assay.core.engines.ports import find_free_port
from assay.core.engines.postgres import ADMIN
from tests.plugins.stack import Stack, running_stack

READY_SECONDS = 180
PEER_DATABASE = "mlflow"
PROCESSES = "4"


@dataclass(frozen=True)
class Server:
    """One that speaks the MLflow protocol. headers: its credentials."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=120)

    def post(self, connection: http.client.HTTPConnection, path: str, body: object) -> Any:
        """raises: AssertionError for anything but success."""
        return msgspec.json.decode(self.post_raw(connection, path, msgspec.json.encode(body)))

    def post_raw(self, connection: http.client.HTTPConnection, path: str, content: bytes) -> bytes:
        """raises: AssertionError for anything but success."""
        headers = {"Content-Type": "application/json", **self.headers}
        connection.request("POST", f"/api/2.0/mlflow/{path}", content, headers)
        response = connection.getresponse()
        answer = response.read()
        assert response.status == 200, answer[:500]
        return answer

    def start_run(self) -> str:
        answer = self.post(self.connect(), "runs/create", {"experiment_id": "0", "start_time": 1_700_000_000_000})
        return str(answer["run"]["info"]["run_id"])


@contextmanager
def both_servers() -> Iterator[tuple[Server, Server]]:
    """yields: Assay, MLflow."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with (
            running_stack(folder / "home", ASSAY_DEMO="0", ASSAY_WEB_PROCESSES=PROCESSES) as stack,
            _running_peer(stack, folder) as peer,
        ):
            yield Server(stack.url, {"Authorization": f"Bearer {stack.token}"}), peer


@contextmanager
def _running_peer(stack: Stack, folder: Path) -> Iterator[Server]:
    """`mlflow server` with a database of its own in the installation's PostgreSQL."""
    port, log = find_free_port(), folder / "mlflow.log"
    command = [
        sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", PROCESSES,
        "--backend-store-uri", _make_database(stack), "--artifacts-destination", str(folder / "peer-artifacts"),
    ]  # fmt: skip
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=folder, stdout=file, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        _wait_until_healthy(process, port, log)
        yield Server(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(timeout=60)


def _make_database(stack: Stack) -> str:
    """Made by the superuser of the embedded server, owned by the role that owns Assay's. returns: SQLAlchemy's URL."""
    lines = (stack.home / "engines.env").read_text().splitlines()
    owner = urlsplit(dict(line.split("=", 1) for line in lines)["DATABASE_OWNER_URL"])
    password = (stack.home / "engines" / f"{ADMIN}.password").read_text().strip()
    with psycopg.connect(
        host=owner.hostname, port=owner.port, user=ADMIN, password=password, dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f"CREATE DATABASE {PEER_DATABASE} OWNER {owner.username}")
    return f"postgresql+psycopg://{owner.netloc}/{PEER_DATABASE}"


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.3)
        finally:
            connection.close()
    raise AssertionError(f"MLflow's server did not become ready:\n{log.read_text()[-2_000:]}")
