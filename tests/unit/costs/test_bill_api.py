"""Bills in /api/v1."""

import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test import Client

from assay.accounts.domain.roles import Permission, Role
from assay.accounts.models import Organization
from assay.core.ids import new_id
from assay.costs.api import imports as deliveries
from assay.costs.selectors.ledger_hash import ledger_hash
from assay.costs.services import imports, uploads
from tests.factories import focus
from tests.factories.callers import Caller
from tests.factories.ledgers import deliver
from tests.factories.members import add_member
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db

CONTENT = focus.write_csv([focus.make_charge("1.5"), focus.make_charge("2", ServiceName="S3", SubAccountId=None)])
UPLOAD = "/api/v1/costs/imports?source=aws&filename=january.csv"


@pytest.fixture
def ada() -> Organization:
    return found_organization(owner_email="ada@example.com")


@pytest.fixture
def call(ada: Organization) -> Caller:
    return Caller(bearer(ada))


def upload(headers: dict[str, str], body: bytes = CONTENT, *, address: str = UPLOAD, **environment: Any) -> tuple[int, Any]:
    answer = Client().generic("POST", address, body, "application/octet-stream", headers=headers, **environment)
    return answer.status_code, json.loads(answer.text)


def test_a_bill_is_sent_imported_and_shown(ada: Organization, call: Caller) -> None:
    status, received = upload(bearer(ada))
    assert status == 202, received
    assert (received["state"], received["source"]["name"], received["file_name"]) == ("received", "aws", "january.csv")
    assert received["size_bytes"] == len(CONTENT)
    imports.import_bills(ada.id)
    shown = call("GET", f"costs/imports/{received['id']}", 200)
    assert (shown["state"], shown["rows"], shown["billing_periods"]) == ("imported", 2, ["2026-01"])
    assert shown["totals"]["effective"] == {"amount": "3.500000000000000", "currency": "USD"}
    assert call("GET", "costs/imports", 200)["items"] == [shown]
    assert call("GET", "costs/imports?source=gcp", 200)["items"] == []


def test_a_refused_bill_says_why(ada: Organization, call: Caller) -> None:
    _, received = upload(bearer(ada), CONTENT.replace(b"1.5", b"one"))
    imports.import_bills(ada.id)
    shown = call("GET", f"costs/imports/{received['id']}", 200)
    assert shown["state"] == "refused"
    assert shown["message"] == "january.csv: line 2, column BilledCost: 'one' is not a number."


def test_deliveries_are_listed_page_by_page(ada: Organization, call: Caller) -> None:
    for _ in range(3):
        upload(bearer(ada))
    first = call("GET", "costs/imports?limit=2", 200)
    rest = call("GET", f"costs/imports?limit=2&cursor={first['next_cursor']}", 200)
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    call("GET", "costs/imports?limit=0", 400)


def test_the_bill_is_summed_exactly(ada: Organization, call: Caller) -> None:
    deliver(ada.id, CONTENT)
    summary = call("GET", "costs/summary?group_by=service,day&from=2026-01-01&to=2026-02-01&basis=billed", 200)
    assert [(row["key"], row["amount"]) for row in summary["rows"]] == [
        ({"service": "S3", "day": "2026-01-05"}, "2.000000000000000"),
        ({"service": "Amazon Elastic Compute Cloud", "day": "2026-01-05"}, "1.500000000000000"),
    ]
    assert (summary["total"], summary["currency"], summary["other_currencies"]) == ("3.500000000000000", "USD", [])
    assert (summary["basis"], summary["credits"], summary["rest"], summary["groups"]) == ("billed", "included", None, 2)
    assert summary["charged_until"] == "2026-01-05T11:00:00Z"
    assert call("GET", "costs/summary?from=2026-02-01", 200)["rows"] == []


def test_a_summary_has_steps_a_filter_a_comparison_and_everything_else(ada: Organization, call: Caller) -> None:
    deliver(ada.id, CONTENT)
    asked = "costs/summary?group_by=service,tags.team&from=2026-01-01&to=2026-02-01&granularity=week&compare=previous&top=1"
    found = call("GET", asked, 200)
    assert found["rows"][0]["key"] == {"service": "S3", "tags.team": "vision"}
    assert [found["rows"][0]["amount"], found["rest"]["amount"]] == ["2.000000000000000", "1.500000000000000"]
    assert found["steps"][0] == "2025-12-29"
    assert found["before"] == {"start": "2025-12-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"}
    assert found["total_before"] == "0.000000000000000"
    narrowed = call("GET", "costs/summary?filter=service%20%3D%20'S3'", 200)
    assert narrowed["total"] == "2.000000000000000"
    assert "position 1" in call("GET", "costs/summary?filter=colour%20%3D%20'S3'", 400)["error"]["message"]


def test_a_summary_is_a_file_whose_texts_are_never_formulas(ada: Organization) -> None:
    deliver(ada.id, focus.write_csv([focus.make_charge("1.5"), focus.make_charge("2", ServiceName="=HYPERLINK(1)")]))
    answer = Client().get("/api/v1/costs/summary.csv?group_by=service", headers=bearer(ada))
    assert answer.text.splitlines()[1].startswith("'=HYPERLINK(1),2.000000000000000,USD,effective,included,")
    parquet = Client().get(
        "/api/v1/costs/summary.parquet?group_by=service&granularity=day&from=2026-01-05&to=2026-01-06", headers=bearer(ada)
    )
    table = pq.read_table(io.BytesIO(parquet.content))
    assert table.column("amount").to_pylist() == [Decimal(2), Decimal("1.5")]
    assert table.column("step").to_pylist() == ["2026-01-05", "2026-01-05"]


def test_changes_and_single_charges_are_told(ada: Organization, call: Caller) -> None:
    deliver(ada.id, CONTENT)
    changes = call("GET", "costs/changes?from=2026-01-01&to=2026-02-01", 200)
    assert (changes["change"], changes["causes"]) == ("3.500000000000000", {"new": "3.500000000000000"})
    assert changes["drivers"][0]["service"] == "S3"
    first = call("GET", "costs/charges?limit=1", 200)
    assert first["items"][0]["costs"]["billed"] == "2.000000000000000"
    following = call("GET", f"costs/charges?limit=1&cursor={first['next_cursor']}", 200)
    assert (following["items"][0]["service"], following["next_cursor"]) == ("Amazon Elastic Compute Cloud", None)
    one = call("GET", f"costs/charges/{following['items'][0]['place']}", 200)
    assert one["columns"]["billed_cost"] == "1.500000000000000"
    call("GET", "costs/charges/9-9", 400)
    call("GET", f"costs/charges/{first['items'][0]['place'].partition('-')[0]}-7", 404)


@pytest.mark.parametrize(
    "query",
    [
        "granularity=day",
        "granularity=hour&from=2026-01-01&to=2026-03-01",
        "compare=before",
        "top=0",
        "group_by=day,month,service",
        "group_by=colour",
        "group_by=day,day",
        "basis=blended",
        "from=yesterday",
        "from=2026-02-01&to=2026-01-01",
        "credits=some",
    ],
)
def test_a_question_that_makes_no_sense_is_refused(call: Caller, query: str) -> None:
    assert call("GET", f"costs/summary?{query}", 400)["error"]["code"] == "invalid"


def test_the_bill_needs_its_permissions(ada: Organization) -> None:
    reader = Caller(bearer(ada, [Permission.COSTS_READ]))
    reader("GET", "costs/summary", 200)
    assert upload(bearer(ada, [Permission.COSTS_READ]))[0] == 403
    add_member(ada, "ben@example.com", Role.ENGINEER)
    ben = Caller(bearer(ada, email="ben@example.com"))
    for path in ("costs/summary", "costs/imports", f"costs/imports/{new_id()}"):
        ben("GET", path, 403)
    assert upload(bearer(ada, email="ben@example.com"))[0] == 403
    assert upload({})[0] == 401
    assert upload({"Authorization": "Bearer unknown"})[0] == 401


def test_a_stranger_sees_no_bill(ada: Organization, call: Caller) -> None:
    delivered = deliver(ada.id, CONTENT)
    eve = Caller(bearer(found_organization(owner_email="eve@example.com")))
    eve("GET", f"costs/imports/{delivered.id}", 404)
    assert eve("GET", "costs/imports", 200)["items"] == []
    assert eve("GET", "costs/summary", 200)["rows"] == []
    call("GET", f"costs/imports/{new_id()}", 404)


def test_a_body_that_breaks_off_is_refused_and_forgotten(ada: Organization, call: Caller) -> None:
    cut_off: dict[str, Any] = {"wsgi.input": io.BytesIO(CONTENT[:100]), "CONTENT_LENGTH": str(len(CONTENT))}
    status, answer = upload(bearer(ada), b"", **cut_off)
    assert (status, answer["error"]["details"]) == (400, {"received": 100})
    assert call("GET", "costs/imports", 200)["items"] == []


def test_a_chunked_body_arrives_whole(ada: Organization) -> None:
    chunked: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "", "wsgi.input": io.BytesIO(CONTENT)}
    status, received = upload(bearer(ada), b"", **chunked)
    assert (status, received["size_bytes"]) == (202, len(CONTENT))


def test_a_form_is_refused(ada: Organization) -> None:
    answer = Client().post(UPLOAD, {"file": io.BytesIO(CONTENT)}, headers=bearer(ada))
    assert answer.status_code == 400
    assert "not a form" in answer.text


def test_unusable_names_are_refused(ada: Organization) -> None:
    assert upload(bearer(ada), address="/api/v1/costs/imports?source=%20")[0] == 400


def test_no_transaction_is_open_while_a_file_arrives(
    ada: Organization, monkeypatch: pytest.MonkeyPatch, committed_depth: int
) -> None:
    depths: list[int] = []

    def watch(*_: object) -> Iterator[bytes]:
        depths.append(len(connection.savepoint_ids))
        yield CONTENT

    monkeypatch.setattr(deliveries, "read_file", watch)
    assert upload(bearer(ada))[0] == 202
    assert depths == [committed_depth]


@pytest.fixture
def committed_depth() -> int:
    """How deep in transactions a test is by itself."""
    return len(connection.savepoint_ids)


def test_a_dry_run_says_what_would_change_and_keeps_nothing(ada: Organization, call: Caller) -> None:
    deliver(ada.id, CONTENT)
    before = (ledger_hash(ada.id), call("GET", "costs/imports", 200), call("GET", "costs/sources", 200))
    more = focus.write_csv([focus.make_charge("1.5"), focus.make_charge("7", EffectiveCost="5", ListCost=None)])
    status, found = upload(bearer(ada), more, address=f"{UPLOAD}&dry_run=true")
    assert (status, found["state"], found["rows"], found["billing_periods"]) == (200, "imported", 2, ["2026-01"])
    gained = {basis: amount["amount"] for basis, amount in found["changes"]["2026-01"].items()}
    assert (gained["billed"], gained["effective"]) == ("5.000000000000000", "3.000000000000000")
    assert [rule["ok"] for rule in found["invariants"] if rule["name"] == "ListCost is given"] == [False]
    assert upload(bearer(ada), CONTENT, address=f"{UPLOAD}&dry_run=true")[1]["state"] == "unchanged"
    refused = upload(bearer(ada), CONTENT.replace(b"1.5", b"one"), address=f"{UPLOAD}&dry_run=true")[1]
    assert (refused["state"], refused["message"]) == (
        "refused",
        "january.csv: line 2, column BilledCost: 'one' is not a number.",
    )
    nowhere = upload(bearer(ada), more, address="/api/v1/costs/imports?source=new&dry_run=true")[1]
    assert nowhere["changes"]["2026-01"]["billed"]["amount"] == "8.500000000000000"
    assert (ledger_hash(ada.id), call("GET", "costs/imports", 200), call("GET", "costs/sources", 200)) == before
    assert not list(uploads.find_upload(ada.id.hex).glob("*"))
    call("GET", f"costs/imports/{found['id']}", 404)
