"""A machine that is nothing in particular, a user without credentials, and real servers on loopback."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assay_client.cli.main import assay
from assay_client.identity import ec2, kubernetes
from tests.unit.client.assay_server import TOKEN, AssayServer
from tests.unit.client.metadata_service import MetadataService

Assay = Callable[..., Result]


@pytest.fixture(autouse=True)
def plain_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever machine runs the tests: no firmware, no pod, nothing named, and nothing remembered of an earlier probe."""
    nowhere = tmp_path / "nowhere"
    monkeypatch.setattr(ec2, "FIRMWARE", nowhere)
    monkeypatch.setattr(ec2, "HYPERVISOR_UUID", nowhere)
    monkeypatch.setattr(kubernetes, "NAMESPACE_FILE", nowhere)
    ec2._ask_once.cache_clear()
    for name in [name for name in os.environ if name.startswith(("ASSAY_COMPUTE_", "ASSAY_URL", "ASSAY_TOKEN", "MLFLOW_"))]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return folder


@pytest.fixture
def metadata_service() -> Iterator[MetadataService]:
    with MetadataService() as service:
        yield service


@pytest.fixture
def server() -> Iterator[AssayServer]:
    with AssayServer() as server:
        yield server


@pytest.fixture
def logged_in(server: AssayServer, monkeypatch: pytest.MonkeyPatch) -> AssayServer:
    monkeypatch.setenv("ASSAY_URL", server.url)
    monkeypatch.setenv("ASSAY_TOKEN", TOKEN)
    return server


@pytest.fixture
def run() -> Assay:
    """Runs `assay` with the words."""

    def run_assay(*words: str, input: str | None = None) -> Result:
        result = CliRunner().invoke(assay, words, input=input)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run_assay


def json_of(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)
