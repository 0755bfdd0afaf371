"""Artifact bytes: up, listed, down, in parts, away; nothing half, nothing outside."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from pytest_django import Settings

from assay.core.errors import Invalid
from assay.tracking.api.mlflow import streams, transfers
from tests.unit.tracking.rest import Refusal, Rest

STORE = "/api/2.0/mlflow-artifacts/artifacts"


@pytest.fixture(autouse=True)
def root(settings: Settings, tmp_path: Path) -> Path:
    settings.ASSAY_ARTIFACTS_ROOT = str(tmp_path / "artifacts")
    return tmp_path / "artifacts"


def _files(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def _download(rest: Rest, path: str, **headers: str) -> Any:
    return rest.client.get(path, headers={**rest.headers, **headers})


def test_a_file_comes_back_as_it_went(rest: Rest) -> None:
    content = bytes(range(256)) * 5_000
    assert rest.send("PUT", f"{STORE}/0/run/artifacts/weights.bin", content) == {}
    response = _download(rest, f"{STORE}/0/run/artifacts/weights.bin")
    assert response.getvalue() == content
    assert response["Content-Length"] == str(len(content))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == 'attachment; filename="weights.bin"'
    assert response["Content-Type"] == "application/octet-stream"


def test_a_page_is_never_shown_but_saved(rest: Rest) -> None:
    rest.send("PUT", f"{STORE}/0/page.html", b"<script>1</script>")
    response = _download(rest, f"{STORE}/0/page.html")
    assert response["Content-Disposition"].startswith("attachment")
    response.close()


def test_a_file_is_replaced_whole_and_an_empty_one_is_a_file(rest: Rest, root: Path) -> None:
    rest.send("PUT", f"{STORE}/0/a.txt", b"first and long")
    rest.send("PUT", f"{STORE}/0/a.txt", b"2nd")
    rest.send("PUT", f"{STORE}/0/empty", b"")
    assert _download(rest, f"{STORE}/0/a.txt").getvalue() == b"2nd"
    assert _download(rest, f"{STORE}/0/empty").getvalue() == b""
    assert _files(root) == ["a.txt", "empty"]


@pytest.mark.parametrize(
    ("wanted", "status", "content", "shown"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=5-2", 416, b"", "bytes */10"),
        ("bytes=-", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
    ],
)
def test_a_part_can_be_asked_for(rest: Rest, wanted: str, status: int, content: bytes, shown: str | None) -> None:
    rest.send("PUT", f"{STORE}/0/digits", b"0123456789")
    response = _download(rest, f"{STORE}/0/digits", Range=wanted)
    assert (response.status_code, response.getvalue(), response.get("Content-Range")) == (status, content, shown)


def test_folders_are_listed_by_name_with_sizes(rest: Rest) -> None:
    run_id = rest.start_run()
    base = f"{STORE}/0/{run_id}/artifacts"
    rest.send("PUT", f"{base}/model/MLmodel", b"flavors")
    rest.send("PUT", f"{base}/notes.txt", b"hello")
    files = [{"path": "model", "is_dir": True}, {"path": "notes.txt", "is_dir": False, "file_size": 5}]
    assert rest.get(STORE, path=f"0/{run_id}/artifacts") == {"files": files}
    listed = rest.get("artifacts/list", run_id=run_id)
    assert listed == {"root_uri": f"mlflow-artifacts:/0/{run_id}/artifacts", "files": files}
    below = rest.get("artifacts/list", run_id=run_id, path="model")["files"]
    assert below == [{"path": "model/MLmodel", "is_dir": False, "file_size": 7}]
    assert rest.get(STORE, path=f"0/{run_id}/artifacts/notes.txt") == {}
    assert rest.get(STORE, path="absent") == {}
    response = _download(rest, f"/get-artifact?run_id={run_id}&path=model/MLmodel")
    assert response.getvalue() == b"flavors"
    assert response["Content-Type"] == "text/plain"


def test_what_is_deleted_is_gone(rest: Rest, root: Path) -> None:
    for name in ("model/a", "model/b", "c"):
        rest.send("PUT", f"{STORE}/0/{name}", b"x")
    rest.delete(f"{STORE}/0/model")
    assert _files(root) == ["c"]
    for path in ("0/model", "0/c/d"):
        with pytest.raises(Refusal) as refused:
            rest.delete(f"{STORE}/{path}")
        assert refused.value.status == 404
    with pytest.raises(Refusal) as missing:
        rest.get(f"{STORE}/0/model/a")
    assert (missing.value.status, missing.value.error_code) == (404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "0/../../x",
        "0/%2e%2e/x",
        "0/%252e%252e/x",
        "0/..%2fx",
        "0/./x",
        "/etc/passwd",
        "0/..\\x",
        "\\x",
        "n" * 256,
        "0/a%00b",
    ],
)
def test_no_path_leads_outside(rest: Rest, root: Path, path: str) -> None:
    for method in ("PUT", "GET", "DELETE"):
        with pytest.raises(Refusal) as refused:
            rest.send(method, f"{STORE}/{path}", b"")
        assert (refused.value.status, refused.value.message) == (400, "Invalid path")
    with pytest.raises(Refusal, match="Invalid path"):
        rest.get(STORE, path=path.replace("%25", "%"))
    assert not root.exists()


def test_a_link_put_there_by_hand_is_not_followed(rest: Rest, root: Path, tmp_path: Path) -> None:
    rest.send("PUT", f"{STORE}/0/a", b"x")
    (tmp_path / "secret").write_text("secret")
    folder = next(path for path in root.iterdir() if path.name != ".incoming")
    (folder / "0" / "out").symlink_to(tmp_path)
    with pytest.raises(Refusal, match="Invalid path"):
        rest.get(f"{STORE}/0/out/secret")


def test_a_file_in_the_way_is_told(rest: Rest) -> None:
    rest.send("PUT", f"{STORE}/0/a/b", b"x")
    for path in ("0/a", "0/a/b/c"):
        with pytest.raises(Refusal, match="in its way"):
            rest.send("PUT", f"{STORE}/{path}", b"x")
    assert _download(rest, f"{STORE}/0/a/b").getvalue() == b"x"


def test_an_upload_that_is_cut_off_leaves_nothing(rest: Rest, root: Path) -> None:
    environ = RequestFactory().put(f"{STORE}/0/a", headers=dict(rest.headers)).META
    request = WSGIRequest({**environ, "wsgi.input": BytesIO(b"12345"), "CONTENT_LENGTH": "99"})
    with pytest.raises(Invalid, match="5 of 99 bytes"):
        transfers.put_file(request, "0/a")
    assert _files(root) == []


def test_an_upload_is_read_in_blocks(rest: Rest, root: Path) -> None:
    """The stream is asked for at most one block at a time, so memory does not grow with the file."""
    asked: list[int] = []

    class Endless:
        left = 20

        def read(self, size: int) -> bytes:
            asked.append(size)
            self.left -= 1
            return b"x" * size if self.left >= 0 else b""

    request = RequestFactory().put(f"{STORE}/0/big", headers={**rest.headers, "Transfer-Encoding": "chunked"})
    request.META["wsgi.input"] = Endless()
    assert transfers.put_file(request, "0/big").status_code == 200
    assert set(asked) == {streams.BLOCK}
    assert next(root.rglob("big")).stat().st_size == 20 * streams.BLOCK


def test_artifacts_in_the_clients_own_storage_are_not_guessed_at(rest: Rest) -> None:
    number = rest.post("experiments/create", name="elsewhere", artifact_location="s3://bucket/x")["experiment_id"]
    run = rest.post("runs/create", experiment_id=number)["run"]["info"]
    assert run["artifact_uri"] == f"s3://bucket/x/{run['run_id']}/artifacts"
    with pytest.raises(Refusal, match="outside this server"):
        rest.get("artifacts/list", run_id=run["run_id"])


def test_a_location_inside_the_store_is_ours(rest: Rest) -> None:
    number = rest.post("experiments/create", name="inside", artifact_location="mlflow-artifacts:/shared")["experiment_id"]
    assert rest.get("experiments/get", experiment_id=number)["experiment"]["artifact_location"] == "mlflow-artifacts:/shared"
    run = rest.post("runs/create", experiment_id=number)["run"]["info"]
    rest.send("PUT", f"{STORE}/shared/{run['run_id']}/artifacts/a", b"x")
    assert rest.get("artifacts/list", run_id=run["run_id"])["files"][0]["path"] == "a"
    found = rest.post(
        "runs/search", experiment_ids=[number], filter="attributes.artifact_uri LIKE 'mlflow-artifacts:/shared/%'"
    )
    assert len(found["runs"]) == 1
