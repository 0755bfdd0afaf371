"""Billing sources and deliveries of several files in /api/v1."""

import io
import json
import tarfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from assay.accounts.models import Organization
from assay.core.ids import new_id
from assay.costs.services import imports, polling
from tests.factories.callers import Caller
from tests.factories.deliveries import bill_of, data_export, lay
from tests.factories.ledgers import sum_ledger
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db

SENT = "/api/v1/costs/imports?source=aws"


@pytest.fixture
def call(payer: Organization) -> Caller:
    return Caller(bearer(payer))


def pack(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def send(payer: Organization, body: bytes) -> tuple[int, Any]:
    answer = Client().generic("POST", SENT, body, "application/x-tar", headers=bearer(payer))
    return answer.status_code, json.loads(answer.text)


def test_a_folder_is_added_polled_paused_and_kept_while_it_holds_charges(
    payer: Organization, exports: Path, call: Caller
) -> None:
    body = {"name": "payer", "kind": "folder", "location": {"path": "exports"}, "poll_minutes": 15}
    made = call("POST", "costs/sources", 201, **body)
    assert (made["state"], made["location"], made["poll_minutes"]) == ("empty", {"path": "exports"}, 15)
    lay(exports, data_export({"a.csv": bill_of("2026-01", "4")}, month="2026-01", execution="e1"))
    call("POST", f"costs/sources/{made['id']}/poll", 202)
    polling.poll_source(payer.id, UUID(made["id"]))
    imports.import_bills(payer.id)
    shown = call("GET", f"costs/sources/{made['id']}", 200)
    assert [(period["billing_period"], period["rows"], period["state"]) for period in shown["periods"]] == [
        ("2026-01", 1, "imported")
    ]
    assert (shown["state"], shown["charged_until"]) == ("fresh", "2026-02-01T00:00:00Z")
    paused = call("PATCH", f"costs/sources/{made['id']}", 200, paused=True, name="main payer")
    assert (paused["state"], paused["name"], paused["next_poll_at"]) == ("paused", "main payer", None)
    assert [source["name"] for source in call("GET", "costs/sources", 200)["items"]] == ["main payer"]
    refused = call("DELETE", f"costs/sources/{made['id']}", 409)
    assert "pause it instead" in refused["error"]["message"]


def test_an_empty_source_is_removed(call: Caller, exports: Path) -> None:
    made = call("POST", "costs/sources", 201, name="x", kind="upload")
    call("POST", f"costs/sources/{made['id']}/poll", 409)
    call("DELETE", f"costs/sources/{made['id']}", 204)
    assert call("GET", "costs/sources", 200)["items"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"location": {"path": "../../etc"}}, "path"),
        ({"kind": "s3", "location": {"bucket": "Not A Bucket"}}, "bucket"),
        ({"poll_minutes": 1_000_000}, "poll_minutes"),
        ({"name": " "}, "name"),
        ({"format": "excel"}, "format"),
        ({"kind": "s3", "location": {"bucket": "bills"}, "connection_id": str(new_id())}, "connection_id"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(call: Caller, change: dict[str, Any], field: str) -> None:
    answer = call("POST", "costs/sources", 400, **{"name": "x", "kind": "folder", "location": {"path": ""}} | change)
    assert answer["error"]["details"]["field"] == field


def test_names_of_sources_are_unique(call: Caller) -> None:
    call("POST", "costs/sources", 201, name="x", kind="upload")
    call("POST", "costs/sources", 409, name="x", kind="upload")


def test_several_files_are_one_delivery(payer: Organization, call: Caller) -> None:
    status, received = send(
        payer, pack({"jan/a.csv": bill_of("2026-01", "1"), "jan/b.csv": bill_of("2026-01", "2"), "x.txt": b"-"})
    )
    assert status == 202, received
    imports.import_bills(payer.id)
    shown = call("GET", f"costs/imports/{received['id']}", 200)
    assert (shown["state"], shown["rows"], shown["file_name"]) == ("imported", 2, "3 files")
    assert [file["name"] for file in shown["files"]] == ["jan/a.csv", "jan/b.csv", "x.txt"]
    assert shown["log"][0] == "No manifest: took these 2 files: jan/a.csv, jan/b.csv."
    assert sum_ledger(payer.id) == Decimal(3)
    _, again = send(payer, pack({"b.csv": bill_of("2026-01", "2"), "a.csv": bill_of("2026-01", "1")}))
    imports.import_bills(payer.id)
    assert call("GET", f"costs/imports/{again['id']}", 200)["state"] == "unchanged"


def test_files_sent_with_a_manifest_are_those_of_the_manifest(payer: Organization, call: Caller) -> None:
    delivery = data_export({"a.csv": bill_of("2026-01", "1")}, month="2026-01", execution="e1")
    _, received = send(payer, pack(delivery | {"left-over.csv": bill_of("2026-01", "99")}))
    imports.import_bills(payer.id)
    assert call("GET", f"costs/imports/{received['id']}", 200)["state"] == "imported"
    assert sum_ledger(payer.id) == Decimal(1)


@pytest.mark.parametrize("body", [b"no archive" * 100, pack({"../a.csv": b"x"}), pack({"a.csv": b"x" * 2_000})[:1_000]])
def test_an_archive_that_is_none_is_refused_and_nothing_is_kept(payer: Organization, call: Caller, body: bytes) -> None:
    assert send(payer, body)[0] == 400
    assert call("GET", "costs/imports", 200)["items"] == []


def test_a_refused_upload_is_tried_again(payer: Organization, call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    _, received = send(payer, pack({"a.csv": bill_of("2026-01", "1"), "b.csv": b"a,b\n1,2\n"}))
    imports.import_bills(payer.id)
    assert call("GET", f"costs/imports/{received['id']}", 200)["state"] == "refused"
    again = call("POST", f"costs/imports/{received['id']}/retry", 202)
    assert (again["state"], again["message"]) == ("received", "")
    imports.import_bills(payer.id)
    assert "b.csv" in call("GET", f"costs/imports/{received['id']}", 200)["message"]
    done = send(payer, pack({"a.csv": bill_of("2026-01", "1")}))[1]
    imports.import_bills(payer.id)
    call("POST", f"costs/imports/{done['id']}/retry", 409)
