"""A file of a registered version, by its name and number."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from tests.unit.registry.conftest import Saved, register
from tests.unit.tracking.rest import Rest

STORE = "/api/2.0/mlflow-artifacts/artifacts"


@pytest.fixture(autouse=True)
def root(settings: Settings, tmp_path: Path) -> None:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path)


def fetch(rest: Rest, **query: str) -> Any:
    return rest.client.get("/model-versions/get-artifact", query, headers=dict(rest.headers))


def test_a_versions_file_comes_from_where_its_model_lies(rest: Rest, stranger: Rest, saved: Saved) -> None:
    rest.send("PUT", f"{STORE}/0/models/{saved.model_id}/artifacts/MLmodel", b"flavors: {}")
    version = register(rest, saved)
    answer = fetch(rest, name="digits", version=version, path="MLmodel")
    assert (answer.status_code, answer.getvalue()) == (200, b"flavors: {}")
    assert answer["Content-Disposition"].startswith("attachment")
    for asker, query, status in (
        (stranger, {"name": "digits", "version": version, "path": "MLmodel"}, 404),
        (rest, {"name": "digits", "version": "9", "path": "MLmodel"}, 404),
        (rest, {"name": "digits", "version": version, "path": "absent"}, 404),
        (rest, {"name": "digits", "version": version, "path": "../MLmodel"}, 400),
        (rest, {"name": "digits", "version": version}, 400),
    ):
        assert fetch(asker, **query).status_code == status


def test_files_in_the_clients_own_storage_are_not_guessed_at(rest: Rest) -> None:
    rest.post("registered-models/create", name="digits")
    rest.post("model-versions/create", name="digits", source="s3://bucket/models/digits")
    answer = fetch(rest, name="digits", version="1", path="MLmodel")
    assert (answer.status_code, "outside this server" in answer.json()["message"]) == (400, True)
