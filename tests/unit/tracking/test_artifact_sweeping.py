"""What killed clients left is removed after a day, and what a purged run kept goes with it."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from assay.core import clock
from assay.tracking.domain.errors import ArtifactNotFound, UploadNotFound
from assay.tracking.domain.values import RunView
from assay.tracking.services import artifact_uploads, artifacts, experiments, logged_models, runs
from assay.tracking.services.artifacts import open_for_read, open_for_write, purge_artifacts
from assay.tracking.tasks import sweep_uploads
from tests.plugins.s3_server import BUCKET, running_s3


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with running_s3() as url:
        yield url


@pytest.fixture(params=["folder", "bucket"], autouse=True)
def home(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Path:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path / "artifacts")
    if request.param == "bucket":
        settings.ASSAY_ARTIFACTS_URL = f"s3://{BUCKET}/{tmp_path.name}"
        settings.ASSAY_ARTIFACTS_ENDPOINT_URL = request.getfixturevalue("s3")
    return tmp_path / "artifacts"


def put(organization_id: UUID, path: str) -> None:
    with open_for_write(organization_id, path) as file:
        file.write(b"x")


def path_in(run: RunView, name: str) -> str:
    return f"{run.artifact_uri.removeprefix('assay-artifacts:/')}/{name}"


def test_an_upload_is_kept_for_a_day_and_then_removed(ada: UUID) -> None:
    upload = artifact_uploads.begin_upload(ada, "0/a", parts=2)
    with clock.frozen(clock.now() + timedelta(hours=23)):
        sweep_uploads()
    artifact_uploads.abort_upload(ada, "0/other", upload.id)
    assert artifacts.sweep_uploads() == 0
    with clock.frozen(clock.now() + timedelta(hours=25)):
        sweep_uploads()
    with pytest.raises(UploadNotFound):
        artifact_uploads.complete_upload(ada, "0/a", upload.id, [artifact_uploads.UploadedPart(1, '"0"')])


def test_a_file_half_written_by_a_killed_server_is_removed(ada: UUID, home: Path, settings: Settings) -> None:
    settings.ASSAY_ARTIFACTS_URL = ""
    put(ada, "0/kept")
    draft = home / ".incoming" / f"{ada.hex}.{ada.hex}"
    draft.write_bytes(b"half")
    assert artifacts.sweep_uploads() == 0
    a_day_ago = (clock.now() - timedelta(hours=25)).timestamp()
    os.utime(draft, (a_day_ago, a_day_ago))
    assert artifacts.sweep_uploads() == 1
    assert not draft.exists()
    open_for_read(ada, "0/kept").close()


def test_a_purged_runs_files_go_and_its_neighbours_stay(ada: UUID, run: RunView) -> None:
    other = runs.create_run(ada, experiment_id=run.experiment_id, name="other", user_name="ada")
    for one in (run, other):
        for name in ("a", "model/b"):
            put(ada, path_in(one, name))
    for _ in range(2):
        purge_artifacts(ada, run)
    for name in ("a", "model/b"):
        with pytest.raises(ArtifactNotFound):
            open_for_read(ada, path_in(run, name))
        open_for_read(ada, path_in(other, name)).close()
    assert [entry.name for entry in artifacts.list_files(ada, str(run.experiment_number))] == [other.id.hex]


def test_a_purged_models_files_go(ada: UUID, run: RunView) -> None:
    model = logged_models.create_logged_model(ada, experiment_id=run.experiment_id, name="m")
    put(ada, f"{model.artifact_uri.removeprefix('assay-artifacts:/')}/MLmodel")
    purge_artifacts(ada, model)
    assert artifacts.list_files(ada, f"{run.experiment_number}/models") == []


def test_what_lies_in_the_clients_own_storage_is_left_alone(ada: UUID) -> None:
    put(ada, "0/a")
    for location in ("s3://bucket/x", "assay-artifacts:/"):
        experiment = experiments.create_experiment(ada, name=location, artifact_location=location)
        purge_artifacts(ada, runs.create_run(ada, experiment_id=experiment.id, name="r", user_name="ada"))
    open_for_read(ada, "0/a").close()
