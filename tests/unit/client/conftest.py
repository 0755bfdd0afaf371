"""A machine that is nothing in particular, and real servers on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assay_client.identity import ec2, kubernetes
from tests.unit.client.metadata_service import MetadataService


@pytest.fixture(autouse=True)
def plain_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever machine runs the tests: no firmware, no pod, and nothing remembered of an earlier probe."""
    nowhere = tmp_path / "nowhere"
    monkeypatch.setattr(ec2, "FIRMWARE", nowhere)
    monkeypatch.setattr(ec2, "HYPERVISOR_UUID", nowhere)
    monkeypatch.setattr(kubernetes, "NAMESPACE_FILE", nowhere)
    ec2._ask_once.cache_clear()


@pytest.fixture
def metadata_service() -> Iterator[MetadataService]:
    with MetadataService() as service:
        yield service
