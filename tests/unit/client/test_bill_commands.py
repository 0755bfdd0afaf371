"""`assay costs import`, `imports`, `sources` and `connect`."""

import io
import tarfile
from pathlib import Path

import pytest

from assay_client import imports
from tests.unit.client.assay_server import AssayServer
from tests.unit.client.conftest import Assay

SOURCE = {
    "id": "s1", "name": "aws", "kind": "folder", "location": {"path": "x"}, "state": "failing", "message": "The folder is gone.",
    "charged_until": None, "next_poll_at": "2026-11-01T10:00:00Z", "periods": [],
}  # fmt: skip
CONNECTION = {
    "id": "c1",
    "name": "payer",
    "external_id": "e" * 43,
    "role_arn": "",
    "region": "",
    "state": "empty",
    "checks": [],
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "FIRST_WAIT_SECONDS", 0)


def test_a_folder_is_sent_as_one_archive_of_known_length(logged_in: AssayServer, run: Assay, tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    for name, content in {
        "data/a.csv": b"x" * 700,
        "data/b.csv.gz": b"y" * 512,
        "manifest.json": b"{}",
        "notes.txt": b"-",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    long_name = "d" * 120 + ".csv"
    (folder / long_name).write_bytes(b"z")
    logged_in.answer("POST", "costs/imports", {"id": "b1", "state": "received"}, status=202)
    logged_in.answer("GET", "costs/imports/b1", {"id": "b1", "state": "superseded"})
    assert "superseded" in run("costs", "import", str(folder)).stdout
    sent = logged_in.asked[0]
    assert (sent.headers["content-type"], sent.params) == ("application/x-tar", {"source": "upload"})
    assert sent.headers["content-length"] == str(len(sent.body))
    with tarfile.open(fileobj=io.BytesIO(sent.body)) as archive:
        assert {member.name: member.size for member in archive} == {
            "data/a.csv": 700, "data/b.csv.gz": 512, "manifest.json": 2, long_name: 1,
        }  # fmt: skip


def test_a_folder_without_bills_is_not_sent(logged_in: AssayServer, run: Assay, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run("costs", "import", str(tmp_path / "empty"))
    assert (result.exit_code, logged_in.asked) == (1, [])


def test_sources_are_listed_with_what_fails(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("GET", "costs/sources", {"items": [SOURCE], "next_cursor": None})
    shown = run("costs", "sources", "list").stdout
    assert "The folder is gone." in shown
    assert "2026-11-01 10:00" in shown


def test_a_bucket_is_added_by_its_address(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("POST", "costs/sources", SOURCE, status=201)
    run("costs", "sources", "add", "aws", "--s3", "s3://bills/exports/focus", "--region", "eu-central-1", "--every", "15")
    assert logged_in.bodies("costs/sources") == [
        {
            "name": "aws",
            "kind": "s3",
            "poll_minutes": 15,
            "connection_id": None,
            "location": {"bucket": "bills", "prefix": "exports/focus", "region": "eu-central-1"},
        }
    ]
    assert run("costs", "sources", "add", "aws").exit_code == 2


def test_a_source_is_named_when_it_is_polled_and_changed(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("GET", "costs/sources", {"items": [SOURCE], "next_cursor": None})
    logged_in.answer("POST", "costs/sources/s1/poll", SOURCE, status=202)
    logged_in.answer("PATCH", "costs/sources/s1", SOURCE)
    assert run("costs", "sources", "poll", "aws").exit_code == 0
    run("costs", "sources", "change", "aws", "--pause")
    assert logged_in.bodies("costs/sources/s1") == [{"paused": True}]
    assert "no billing source gcp" in run("costs", "sources", "poll", "gcp").stderr


def test_a_connection_is_made_named_and_tested(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer(
        "GET", "costs/connections", {"items": [], "next_cursor": None}, {"items": [CONNECTION], "next_cursor": None}
    )
    logged_in.answer("POST", "costs/connections", CONNECTION, status=201)
    assert "e" * 43 in run("costs", "connect", "aws", "payer").stdout
    checked = CONNECTION | {"checks": [{"permission": "s3:GetObject", "ok": False, "detail": "AccessDenied", "at": "x"}]}
    logged_in.answer("PATCH", "costs/connections/c1", CONNECTION)
    logged_in.answer("POST", "costs/connections/c1/test", checked)
    result = run("costs", "connect", "aws", "payer", "--role", "arn:aws:iam::1:role/x", "--test", "s3://bills/focus")
    assert result.exit_code == 1
    assert "MISSING  s3:GetObject: AccessDenied" in result.stdout
    assert logged_in.bodies("costs/connections/c1") == [{"name": "payer", "role_arn": "arn:aws:iam::1:role/x", "region": ""}]
    assert logged_in.bodies("costs/connections/c1/test") == [{"bucket": "bills", "prefix": "focus"}]


def test_a_dry_run_shows_what_would_change(logged_in: AssayServer, run: Assay, tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_text("BilledCost\n1\n")
    amount = {"amount": "2.5", "currency": "USD"}
    found = {
        "id": "b1", "state": "imported", "rows": 1, "totals": {"billed": amount}, "log": ["a note"],
        "changes": {"2026-01": {"billed": amount, "effective": amount}},
        "invariants": [{"name": "ListCost is given", "ok": False, "detail": "1"}],
    }  # fmt: skip
    logged_in.answer("POST", "costs/imports", found)
    shown = run("costs", "import", "--dry-run", "--source", "aws", str(bill))
    assert logged_in.asked[0].params == {"source": "aws", "filename": "bill.csv", "dry_run": "true"}
    assert "2026-01 would gain  2.50 USD billed, 2.50 USD effective" in shown.stdout
    assert "BROKEN  ListCost is given: 1" in shown.stdout
    logged_in.replace("POST", "costs/imports", {"state": "refused", "message": "line 2"})
    assert run("costs", "import", "--dry-run", str(bill)).exit_code == 1
