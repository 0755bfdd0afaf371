"""Uploads in parts and addresses without credentials, through the protocol, in both homes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from pytest_django import Settings

from assay.core import clock
from tests.plugins.s3_server import BUCKET, running_s3
from tests.unit.tracking.rest import Refusal, Rest

MPU = "/api/2.0/mlflow-artifacts/mpu"
STORE = "/api/2.0/mlflow-artifacts/artifacts"
PRESIGNED = "/api/2.0/mlflow-artifacts/presigned"
FIVE_MIB = 5 * 1024 * 1024
HERE = "http://testserver"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with running_s3() as url:
        yield url


@pytest.fixture(params=["folder", "bucket"])
def home(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> str:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path / "artifacts")
    if request.param == "bucket":
        settings.ASSAY_ARTIFACTS_URL = f"s3://{BUCKET}/{tmp_path.name}"
        settings.ASSAY_ARTIFACTS_ENDPOINT_URL = request.getfixturevalue("s3")
    return str(request.param)


def send(rest: Rest, url: str, content: bytes) -> Any:
    """PUT without credentials, to wherever the address leads."""
    if not url.startswith(HERE):
        return requests.put(url, data=content, timeout=30)
    return rest.client.put(url.removeprefix(HERE), content, content_type="application/octet-stream")


def fetch(rest: Rest, url: str, **headers: str) -> bytes:
    if not url.startswith(HERE):
        return requests.get(url, headers=headers, timeout=30).content
    content: bytes = rest.client.get(url.removeprefix(HERE), headers=headers).getvalue()
    return content


def begin(rest: Rest, parts: int, path: str = "0/model") -> dict[str, Any]:
    return rest.post(f"{MPU}/create/{path}", path="/somewhere/weights.bin", num_parts=parts)


def complete(rest: Rest, upload: dict[str, Any], etags: list[str], path: str = "0/model") -> dict[str, Any]:
    parts = [{"part_number": number, "etag": etag, "url": "x"} for number, etag in enumerate(etags, start=1)]
    return rest.post(f"{MPU}/complete/{path}", path="weights.bin", upload_id=upload["upload_id"], parts=parts)


def download(rest: Rest, path: str) -> bytes:
    content: bytes = rest.client.get(f"{STORE}/{path}", headers=dict(rest.headers)).getvalue()
    return content


def test_a_file_in_parts_arrives_whole_and_once(rest: Rest, home: str) -> None:
    contents = [b"1" * FIVE_MIB, b"2" * FIVE_MIB, b"3"]
    upload = begin(rest, 3)
    assert [credential["part_number"] for credential in upload["credentials"]] == [1, 2, 3]
    etags = [
        send(rest, credential["url"], content).headers["ETag"]
        for credential, content in zip(upload["credentials"], contents, strict=True)
    ]
    assert all(etag.startswith('"') for etag in etags)
    assert rest.get(STORE, path="0/model") == {}
    assert complete(rest, upload, etags) == complete(rest, upload, etags) == {}
    assert download(rest, "0/model/weights.bin") == b"".join(contents)
    assert rest.post(f"{MPU}/abort/0/model", path="weights.bin", upload_id=upload["upload_id"]) == {}
    assert len(download(rest, "0/model/weights.bin")) == 2 * FIVE_MIB + 1


def test_an_aborted_upload_takes_nothing_more(rest: Rest, home: str) -> None:
    upload = begin(rest, 1)
    etag = send(rest, upload["credentials"][0]["url"], b"x").headers["ETag"]
    rest.post(f"{MPU}/abort/0/model", path="weights.bin", upload_id=upload["upload_id"])
    assert send(rest, upload["credentials"][0]["url"], b"x").status_code >= 400
    with pytest.raises(Refusal, match="begin it again") as refused:
        complete(rest, upload, [etag])
    assert (refused.value.status, refused.value.error_code) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert rest.get(STORE, path="0/model") == {}


def test_files_are_streamed_through_whatever_the_home(rest: Rest, home: str) -> None:
    run_id = rest.start_run()
    base = f"0/{run_id}/artifacts"
    content = bytes(range(256)) * 80_000
    rest.send("PUT", f"{STORE}/{base}/a/b c 🚀.bin", content)
    assert download(rest, f"{base}/a/b c 🚀.bin") == content
    part = rest.client.get(f"{STORE}/{base}/a/b c 🚀.bin", headers={**rest.headers, "Range": "bytes=255-256"})
    assert (part.status_code, part.getvalue()) == (206, b"\xff\x00")
    entry = {"path": "a/b c 🚀.bin", "is_dir": False, "file_size": len(content)}
    assert rest.get("artifacts/list", run_id=run_id, path="a")["files"] == [entry]
    rest.delete(f"{STORE}/{base}/a")
    assert rest.get(STORE, path=base) == {}


def test_signed_addresses_lead_to_the_file_and_its_parts(rest: Rest, home: str) -> None:
    rest.send("PUT", f"{STORE}/0/digits", b"0123456789")
    signed = rest.get(f"{PRESIGNED}/0/digits")
    assert (signed["file_size"], signed["headers"]) == (10, {})
    assert fetch(rest, signed["url"], Range="bytes=2-4") == b"234"
    assert fetch(rest, signed["url"]) == b"0123456789"
    with pytest.raises(Refusal) as absent:
        rest.get(f"{PRESIGNED}/0/absent")
    assert (absent.value.status, absent.value.error_code) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_files_of_runs_and_models_go_and_come_by_signed_addresses(rest: Rest, home: str) -> None:
    run_id = rest.start_run()
    model_id = rest.post("logged-models", experiment_id="0", name="m")["model"]["info"]["model_id"]
    for owner in ({"run_id": run_id}, {"model_id": model_id}):
        signed = rest.post("artifacts/presigned-upload-url", path="a/b.txt", **owner)
        assert send(rest, signed["presigned_url"], b"hello").status_code == 200
    signed = rest.post("artifacts/presigned-download-url", run_id=run_id, path="a/b.txt", expiration=60)
    assert (fetch(rest, signed["presigned_url"]), signed["file_size"]) == (b"hello", 5)
    assert download(rest, f"0/models/{model_id}/artifacts/a/b.txt") == b"hello"


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("artifacts/presigned-upload-url", {"path": "a"}, "Exactly one of run_id and model_id"),
        ("artifacts/presigned-upload-url", {"path": "a", "run_id": "1", "model_id": "m"}, "Exactly one of run_id and model_id"),
        ("artifacts/presigned-upload-url", {"path": "../a", "run_id": "RUN"}, "Invalid path"),
        ("artifacts/presigned-upload-url", {"path": "a", "run_id": "RUN", "expiration": 0}, "between 1 and 604800"),
        ("artifacts/presigned-upload-url", {"path": "a", "run_id": "RUN", "expiration": 604801}, "between 1 and 604800"),
        ("artifacts/presigned-download-url", {"run_id": "RUN"}, "required parameter 'path'"),
        (f"{MPU}/create/0/model", {"num_parts": 1}, "required parameter 'path'"),
        (f"{MPU}/create/0/model", {"path": "a"}, "required parameter 'num_parts'"),
        (f"{MPU}/create/0/model", {"path": "a", "num_parts": 0}, "1 to 10000 parts"),
        (f"{MPU}/create/0/model", {"path": "a", "num_parts": 10_001}, "1 to 10000 parts"),
        (f"{MPU}/create/0/model", {"path": "..", "num_parts": 1}, "Invalid path"),
        (f"{MPU}/create/0/%2e%2e/1", {"path": "a", "num_parts": 1}, "Invalid path"),
        (f"{MPU}/complete/0/model", {"path": "a", "upload_id": "x"}, "required parameter 'parts'"),
        (f"{MPU}/complete/0/model", {"path": "a", "upload_id": "x", "parts": [{"etag": "y"}]}, "'parts[0].part_number'"),
        (f"{MPU}/abort/0/model", {"path": "a"}, "required parameter 'upload_id'"),
    ],
)
def test_what_cannot_be_is_refused(rest: Rest, path: str, body: dict[str, object], said: str) -> None:
    run_id = rest.start_run()
    with pytest.raises(Refusal) as refused:
        rest.post(path, **{name: run_id if value == "RUN" else value for name, value in body.items()})
    assert refused.value.status == 400
    assert said in refused.value.message


def test_a_link_ends_is_for_one_action_and_cannot_be_changed(rest: Rest, settings: Settings, tmp_path: Path) -> None:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path)
    rest.send("PUT", f"{STORE}/0/digits", b"0123456789")
    url = rest.get(f"{PRESIGNED}/0/digits")["url"].removeprefix(HERE)
    assert rest.client.get(url).getvalue() == b"0123456789"
    with clock.frozen(clock.now() + timedelta(seconds=301)):
        late = rest.client.get(url)
    forged = rest.client.get(url[:-1] + ("A" if url[-1] != "A" else "B"))
    other = rest.client.put(url.replace("/download/", "/upload/"), b"x")
    for answer in (late, forged, other, rest.client.get(url.replace("/download/", "/part/"))):
        assert answer.status_code in {403, 405}
    assert (late.json()["error_code"], "ask for a new one" in late.json()["message"]) == ("PERMISSION_DENIED", True)


def test_addresses_are_those_that_the_client_reaches_assay_by(rest: Rest, settings: Settings, tmp_path: Path) -> None:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path)
    settings.ALLOWED_HOSTS = ["testserver", "ml.example.com", "web"]
    settings.PUBLIC_URL = "https://ml.example.com/assay"
    rest.send("PUT", f"{STORE}/0/a", b"x")

    def url_for(host: str) -> str:
        url: str = rest.client.get(f"{PRESIGNED}/0/a", headers={**rest.headers, "Host": host}).json()["url"]
        return url

    assert url_for("ml.example.com").startswith("https://ml.example.com/assay/api/2.0/mlflow-artifacts/signed/download/")
    assert url_for("web:8000").startswith("http://web:8000/api/2.0/")


def test_a_pasted_file_goes_to_its_run(rest: Rest, settings: Settings, tmp_path: Path) -> None:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path)
    run_id = rest.start_run()
    address = f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run_id}&path=notes/a.txt"
    assert rest.client.post(address, b"hi", content_type="text/plain", headers=dict(rest.headers)).status_code == 200
    assert download(rest, f"0/{run_id}/artifacts/notes/a.txt") == b"hi"
    for content in (b"", b"x" * (10 * 1024 * 1024 + 1)):
        refused = rest.client.post(address, content, content_type="text/plain", headers=dict(rest.headers))
        assert refused.status_code == 400


@pytest.mark.parametrize("path", ["7/x", f"0/{'a' * 32}/artifacts/x", f"0/models/m-{'a' * 32}/artifacts/x", "shared/x"])
def test_nothing_is_stored_where_no_experiment_run_or_model_is(
    rest: Rest, settings: Settings, tmp_path: Path, path: str
) -> None:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path / "artifacts")
    for act in (
        lambda: rest.send("PUT", f"{STORE}/{path}", b"x"),
        lambda: rest.post(f"{MPU}/create/{path}", path="a", num_parts=1),
        lambda: rest.get(f"{STORE}/{path}"),
        lambda: rest.delete(f"{STORE}/{path}"),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert (refused.value.status, refused.value.error_code) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert not (tmp_path / "artifacts").exists()


def test_the_server_says_how_files_should_travel(rest: Rest, settings: Settings) -> None:
    def said() -> tuple[bool, bool]:
        info = rest.client.get("/api/3.0/mlflow/server-info").json()
        return info["multipart_uploads_enabled"], info["multipart_downloads_enabled"]

    assert said() == (True, False)
    settings.ASSAY_ARTIFACTS_MULTIPART_DOWNLOADS = True
    settings.ASSAY_ARTIFACTS_MULTIPART_UPLOADS = False
    assert said() == (False, True)
