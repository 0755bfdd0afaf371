"""Large files by the stock client: in parts, from a folder and from a bucket; and memory that does not grow with them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer
from tests.plugins.s3_server import BUCKET, client_of, running_s3
from tests.plugins.web import Web, running_web
from tests.wire.mlflow_client import run_script

MIB = 1024 * 1024
SIZE = 11 * MIB + 3
PARTS = {"MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": str(MIB), "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(5 * MIB), "MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE": str(4 * MIB)}  # fmt: skip


@dataclass(frozen=True)
class Home:
    """bucket_url: of the S3 server; empty for a folder."""

    web: Web
    folder: Path
    bucket_url: str
    headers: dict[str, str]

    @property
    def token(self) -> str:
        return self.headers["Authorization"].removeprefix("Bearer ")

    def count_uploads_in_parts(self) -> int:
        """Those that were completed."""
        if not self.bucket_url:
            return len(list((self.folder / ".incoming").glob("*.parts/done")))
        client = client_of(self.bucket_url)
        keys = [item["Key"] for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", ())]
        return sum("assay-upload" in client.head_object(Bucket=BUCKET, Key=key)["Metadata"] for key in keys)


@pytest.fixture(scope="module")
def headers(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """Of an owner, committed."""
    with django_db_blocker.unblock():
        made = bearer(found_organization(owner_email="large-files@example.com"))
        connections.close_all()
    return made


@pytest.fixture(scope="module", params=["folder", "bucket"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, headers: dict[str, str]) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("kept")
    if request.param == "folder":
        with running_web(ASSAY_ARTIFACTS_ROOT=str(folder)) as web:
            yield Home(web, folder, "", headers)
        return
    with (
        running_s3() as url,
        running_web(ASSAY_ARTIFACTS_URL=f"s3://{BUCKET}/wire", ASSAY_ARTIFACTS_ENDPOINT_URL=url) as web,
    ):
        yield Home(web, folder, url, headers)


def run_client(home: Home, folder: Path, client: str = "newest", **settings: str) -> dict[str, Any]:
    folder.mkdir()
    return run_script("large_files", url=home.web.url, token=home.token, folder=folder, client=client, **PARTS, **settings)


def test_the_older_client_sends_large_files_in_parts_when_it_is_told_to(home: Home, tmp_path: Path) -> None:
    """It does not ask the server."""
    before = home.count_uploads_in_parts()
    facts = run_client(home, tmp_path / "as asked", "2.22", MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD="true")
    assert facts == {"listed": {"model/weights é 🚀.bin": SIZE, "model/small.txt": 5}, "same": True, "small": "small"}
    assert home.count_uploads_in_parts() == before + 1


def test_the_client_sends_and_fetches_large_files_in_parts(home: Home, tmp_path: Path) -> None:
    expected, before = {"model/weights é 🚀.bin": SIZE, "model/small.txt": 5}, home.count_uploads_in_parts()
    facts = run_client(home, tmp_path / "by itself")
    assert facts == {"listed": expected, "same": True, "small": "small"}
    assert home.count_uploads_in_parts() == before + 1
    asked = {"MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true", "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "true"}
    assert run_client(home, tmp_path / "as asked", **asked)["same"]
    assert home.count_uploads_in_parts() == before + 2


def test_memory_stays_flat_while_a_large_file_passes(home: Home, tmp_path: Path) -> None:
    """The file is sparse here; the server sees every byte of it."""
    size = (80 if home.bucket_url else 300) * MIB
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(size)
    store = f"{home.web.url}/api/2.0/mlflow-artifacts/artifacts"
    requests.put(f"{store}/0/warm", data=b"x" * 20 * MIB, headers=home.headers, timeout=60).raise_for_status()
    requests.get(f"{store}/0/warm", headers=home.headers, timeout=60).raise_for_status()
    before = home.web.peak_bytes()
    with large.open("rb") as file:
        requests.put(f"{store}/0/large", data=file, headers=home.headers, timeout=120).raise_for_status()
    with requests.get(f"{store}/0/large", headers=home.headers, stream=True, timeout=120) as answer:
        assert sum(len(block) for block in answer.iter_content(MIB)) == size
    assert home.web.peak_bytes() - before < 32 * MIB


def test_an_upload_whose_client_dies_leaves_nothing(home: Home) -> None:
    """The connection breaks in the middle; what was there before stays."""
    url = f"{home.web.url}/api/2.0/mlflow-artifacts/artifacts/0/a"
    requests.put(url, data=b"old", headers=home.headers, timeout=30).raise_for_status()

    place = urlsplit(url)
    connection = HTTPConnection(place.netloc, timeout=30)
    connection.putrequest("PUT", place.path)
    for name, value in {**home.headers, "Content-Length": str(20 * MIB)}.items():
        connection.putheader(name, value)
    connection.endheaders(os.urandom(12 * MIB))
    connection.close()
    assert requests.get(url, headers=home.headers, timeout=30).content == b"old"
    listed = requests.get(url.removesuffix("/0/a"), params={"path": "0"}, headers=home.headers, timeout=30)
    assert {"path": "a", "is_dir": False, "file_size": 3} in listed.json()["files"]
