"""Every kind of store keeps the page `tracking.domain.artifact_stores`; the bucket is a real server's, over HTTP."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.core import s3 as client
from assay.core.errors import AssayError, Invalid
from assay.tracking.connectors.folder import FolderHome
from assay.tracking.connectors.s3 import open_bucket
from assay.tracking.domain.artifact_stores import ArtifactHome, ArtifactStore, PartReceivingStore, UploadedPart
from assay.tracking.domain.errors import ArtifactNotFound, PathRefused, UploadNotFound
from tests.breadth import examples
from tests.plugins.s3_server import BUCKET, client_of, running_s3

MIB = 1024 * 1024
NAMES = ["plain.txt", "with space.txt", "100%.txt", "a+b&c=d?e#f.txt", "ü/ö/ß.txt", "🚀/🧪.bin", "deep/er/and/deeper.txt"]
REFUSED = ["../x", "a/../../x", "%2e%2e/x", "a/%252e%252e/x", "..%2fx", "./x", "/etc/passwd", "a\\b", "\\x", "C:/x", "a\0b", "a%00b", "n" * 256, "a\nb", "d/" * 500 + "x", "\ud800"]  # fmt: skip


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with running_s3() as url:
        yield url


@pytest.fixture(params=["folder", "bucket"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactHome:
    if request.param == "folder":
        return FolderHome(tmp_path / "artifacts")
    return open_bucket(f"s3://{BUCKET}/{uuid4().hex}/some prefix", endpoint_url=request.getfixturevalue("s3"))


@pytest.fixture
def store(home: ArtifactHome) -> ArtifactStore:
    return home.store_of(uuid4())


def put(store: ArtifactStore, path: str, content: bytes = b"x") -> None:
    with store.open_for_write(path) as file:
        file.write(content)


def get(store: ArtifactStore, path: str) -> bytes:
    with store.open_for_read(path) as file:
        return file.read()


def send_part(store: ArtifactStore, path: str, upload_id: str, number: int, content: bytes) -> UploadedPart:
    """As a client does: to the signed address if there is one, else through Assay."""
    url = store.sign_part(path, upload_id, number, seconds=60)
    if url:
        answer = requests.put(url, data=content, timeout=30)
        answer.raise_for_status()
        return UploadedPart(number, answer.headers["ETag"])
    assert isinstance(store, PartReceivingStore)
    with store.receive_part(path, upload_id, number) as part:
        part.write(content)
    return UploadedPart(number, f'"{part.etag}"')


@pytest.mark.parametrize("name", NAMES)
def test_a_file_comes_back_as_it_went_whatever_its_name(store: ArtifactStore, name: str) -> None:
    content = os.urandom(1000)
    put(store, f"0/run/artifacts/{name}", content)
    assert get(store, f"0/run/artifacts/{name}") == content
    folder, _, base = f"0/run/artifacts/{name}".rpartition("/")
    assert [(entry.name, entry.size_bytes) for entry in store.list_files(folder)] == [(base, 1000)]


def test_a_file_is_replaced_whole_and_an_empty_one_is_a_file(store: ArtifactStore) -> None:
    put(store, "a", b"first and long")
    put(store, "a", b"2nd")
    put(store, "empty", b"")
    assert (get(store, "a"), get(store, "empty")) == (b"2nd", b"")


def test_a_write_that_fails_leaves_what_was_there(store: ArtifactStore) -> None:
    put(store, "a", b"old")
    for size in (10, 20 * MIB):
        with suppress(ZeroDivisionError), store.open_for_write("a") as file:
            file.write(b"n" * size)
            raise ZeroDivisionError
    assert get(store, "a") == b"old"
    assert [entry.name for entry in store.list_files("")] == ["a"]


def test_many_blocks_make_one_file_and_any_place_of_it_can_be_read(store: ArtifactStore) -> None:
    blocks = [bytes([number]) * MIB for number in range(21)]
    with store.open_for_write("big") as file:
        for block in blocks:
            file.write(block)
    with store.open_for_read("big") as big:
        assert big.seek(0, os.SEEK_END) == 21 * MIB
        assert big.seek(17 * MIB - 1) == 17 * MIB - 1
        assert big.read(2) == b"\x10\x11"
        assert big.seek(-3, os.SEEK_END) == 21 * MIB - 3
        assert (big.read(10), big.read(1)) == (b"\x14\x14\x14", b"")
        big.seek(0)
        assert hashlib.file_digest(big, "sha256").digest() == hashlib.sha256(b"".join(blocks)).digest()


def test_folders_are_listed_by_name_with_sizes_and_nothing_for_files_or_what_is_absent(store: ArtifactStore) -> None:
    for name in ("m/b", "m/deep/c", "m/a", "mm", "m.txt"):
        put(store, name, b"12345")
    entries = [(entry.name, entry.size_bytes, entry.is_folder) for entry in store.list_files("m")]
    assert entries == [("a", 5, False), ("b", 5, False), ("deep", None, True)]
    assert [entry.name for entry in store.list_files("")] == ["m", "m.txt", "mm"]
    assert store.list_files("m/a") == store.list_files("absent") == store.list_files("m/a/b") == []


def test_a_file_or_a_folder_goes_with_all_it_holds_and_nothing_else(store: ArtifactStore) -> None:
    for name in ("m/a", "m/b/c", "m2", "other/x"):
        put(store, name)
    assert store.delete_files("m")
    assert [entry.name for entry in store.list_files("")] == ["m2", "other"]
    assert store.delete_files("other/x")
    assert [entry.name for entry in store.list_files("")] == ["m2"]
    assert not store.delete_files("m")
    assert not store.delete_files("m2/x")
    for absent in ("m/a", "m", "m2/x"):
        with pytest.raises(ArtifactNotFound):
            store.open_for_read(absent)


def test_more_files_than_a_page_holds_are_listed_and_deleted(store: ArtifactStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PAGE", 10)
    for number in range(35):
        put(store, f"many/{number:04}", b"")
    assert len(store.list_files("many")) == 35
    assert store.delete_files("many")
    assert store.list_files("") == []


@pytest.mark.parametrize("path", REFUSED)
def test_no_path_leads_outside(store: ArtifactStore, path: str) -> None:
    for act in (store.open_for_read, store.list_files, store.delete_files, store.begin_upload):
        with pytest.raises(PathRefused):
            act(path)
    with pytest.raises(PathRefused):
        put(store, path)


def test_the_root_is_no_file(store: ArtifactStore) -> None:
    put(store, "a")
    for path in ("", "//"):
        with pytest.raises((PathRefused, ArtifactNotFound)):
            put(store, path)
        with pytest.raises(PathRefused):
            store.delete_files(path)
    assert get(store, "a") == b"x"


def test_organizations_do_not_see_each_other(home: ArtifactHome) -> None:
    mine, theirs = home.store_of(uuid4()), home.store_of(uuid4())
    put(mine, "0/a", b"mine")
    assert theirs.list_files("") == theirs.list_files("0") == []
    assert not theirs.delete_files("0/a")
    upload_id = mine.begin_upload("0/b")
    part = send_part(mine, "0/b", upload_id, 1, b"b")
    with pytest.raises(UploadNotFound):
        theirs.complete_upload("0/b", upload_id, [part])
    assert get(mine, "0/a") == b"mine"


def test_parts_become_the_file_in_the_order_of_their_numbers(store: ArtifactStore) -> None:
    contents = [b"1" * 5 * MIB, b"2" * 5 * MIB, b"3"]
    upload_id = store.begin_upload("m/weights.bin")
    parts = [send_part(store, "m/weights.bin", upload_id, number, contents[number - 1]) for number in (3, 1, 2)]
    assert store.list_files("m") == []
    store.complete_upload("m/weights.bin", upload_id, parts)
    assert get(store, "m/weights.bin") == b"".join(contents)


def test_a_part_sent_again_replaces_the_first_try(store: ArtifactStore) -> None:
    upload_id = store.begin_upload("a")
    first = send_part(store, "a", upload_id, 1, b"first try")
    again = send_part(store, "a", upload_id, 1, b"again")
    with pytest.raises(Invalid):
        store.complete_upload("a", upload_id, [first])
    store.complete_upload("a", upload_id, [again])
    assert get(store, "a") == b"again"


def test_completing_again_changes_nothing(store: ArtifactStore) -> None:
    upload_id = store.begin_upload("a")
    parts = [send_part(store, "a", upload_id, 1, b"content")]
    for _ in range(3):
        store.complete_upload("a", upload_id, parts)
    store.abort_upload("a", upload_id)
    assert get(store, "a") == b"content"


def test_an_upload_without_a_part_or_with_one_that_never_came_is_refused(store: ArtifactStore) -> None:
    put(store, "a", b"old")
    upload_id = store.begin_upload("a")
    part = send_part(store, "a", upload_id, 1, b"new")
    for parts in ([], [part, part], [part, UploadedPart(2, '"0"')], [UploadedPart(1, "../../x")]):
        with pytest.raises(Invalid):
            store.complete_upload("a", upload_id, parts)
    assert get(store, "a") == b"old"


def test_what_is_aborted_is_gone_and_may_be_aborted_again(store: ArtifactStore) -> None:
    upload_id = store.begin_upload("a")
    part = send_part(store, "a", upload_id, 1, b"new")
    store.abort_upload("a", upload_id)
    store.abort_upload("a", upload_id)
    with pytest.raises(UploadNotFound):
        store.complete_upload("a", upload_id, [part])
    assert store.list_files("") == []


@pytest.mark.parametrize("unknown", ["0" * 32, "../../etc", "", "x.y", "0" * 32 + ".nobody"])
def test_an_upload_that_never_began_is_not_found(store: ArtifactStore, unknown: str) -> None:
    with pytest.raises(UploadNotFound):
        store.complete_upload("a", unknown, [UploadedPart(1, '"0"')])
    store.abort_upload("a", unknown)


def test_an_upload_is_of_its_own_path_only(store: ArtifactStore) -> None:
    upload_id = store.begin_upload("a")
    part = send_part(store, "a", upload_id, 1, b"a")
    with pytest.raises(UploadNotFound):
        store.complete_upload("b", upload_id, [part])
    store.abort_upload("b", upload_id)
    store.complete_upload("a", upload_id, [part])
    assert get(store, "a") == b"a"


def test_sweeping_removes_what_nobody_touched_and_leaves_the_rest(home: ArtifactHome, store: ArtifactStore) -> None:
    put(store, "kept", b"kept")
    upload_id = store.begin_upload("a")
    part = send_part(store, "a", upload_id, 1, b"new")
    assert home.sweep(before=datetime.now(UTC) - timedelta(hours=1)) == 0
    assert home.sweep(before=datetime.now(UTC) + timedelta(hours=1)) == 1
    with pytest.raises(UploadNotFound):
        store.complete_upload("a", upload_id, [part])
    assert home.sweep(before=datetime.now(UTC) + timedelta(hours=1)) == 0
    assert get(store, "kept") == b"kept"


def test_signed_addresses_of_a_bucket_work_without_credentials_and_only_for_their_file(s3: str) -> None:
    store = open_bucket(f"s3://{BUCKET}", endpoint_url=s3).store_of(uuid4())
    upload = store.sign_upload("0/page.html", seconds=60)
    assert requests.put(upload, data=b"<p>", timeout=30).status_code == 200
    download = store.sign_download("0/page.html", seconds=60)
    answer = requests.get(download, headers={"Range": "bytes=1-1"}, timeout=30)
    assert (answer.status_code, answer.content, answer.headers["Content-Disposition"]) == (206, b"p", "attachment")


def test_a_bucket_that_is_missing_is_told_with_what_to_check(s3: str) -> None:
    store = open_bucket("s3://no-such-bucket", endpoint_url=s3).store_of(uuid4())
    with pytest.raises(AssayError, match="ASSAY_ARTIFACTS_URL"):
        put(store, "a")
    for url in ("https://bucket/x", "s3:///x", "bucket", f"s3://bucket/{'x' * 200}"):
        with pytest.raises(AssayError, match="ASSAY_ARTIFACTS_URL"):
            open_bucket(url, endpoint_url=s3)


def test_the_bucket_holds_nothing_but_what_was_put(s3: str) -> None:
    prefix = uuid4().hex
    store = open_bucket(f"s3://{BUCKET}/{prefix}/", endpoint_url=s3).store_of(uuid4())
    put(store, "0/a", b"x" * 20 * MIB)
    found = client_of(s3).list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
    assert [(item["Key"].split("/", 2)[2], item["Size"]) for item in found] == [("0/a", 20 * MIB)]
    assert "Uploads" not in client_of(s3).list_multipart_uploads(Bucket=BUCKET, Prefix=prefix)


segments = st.one_of(
    st.sampled_from(
        ["..", ".", "", "%2e%2e", "%252e.", "\\", "..\\", "a", "ü", "%2f", "%5c..", "\0", "~", "C:", "a%00", ".incoming"]
    ),
    st.text(max_size=6),
)


@settings(max_examples=examples(80, many=300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(segments, min_size=1, max_size=6).map("/".join))
def test_whatever_a_path_holds_nothing_outside_the_organizations_folder_changes(tmp_path: Path, path: str) -> None:
    base = tmp_path / "artifacts"
    store = FolderHome(base).store_of(uuid4())
    (tmp_path / "secret").write_text("secret")
    with suppress(AssayError):
        put(store, path)
        assert get(store, path) == b"x"
    with suppress(AssayError):
        assert b"secret" not in get(store, path)
    outside = [
        file for file in tmp_path.rglob("*") if file.is_file() and not file.is_relative_to(store.root) and file.name != "secret"
    ]
    assert [file for file in outside if not _is_other_organization(file.relative_to(tmp_path))] == []
    with suppress(AssayError):
        store.delete_files(path)
    assert (tmp_path / "secret").read_text() == "secret"


def _is_other_organization(path: Path) -> bool:
    """Of an example before this one."""
    return path.parts[0] == "artifacts" and len(path.parts[1]) == 32
