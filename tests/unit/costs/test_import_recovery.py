"""Imports go on after whatever happened to the process that was at them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from assay.accounts.models import Organization
from assay.core import deferral, tenancy
from assay.core.clock import frozen, now
from assay.core.signals import bill_imported
from assay.costs.domain.imports import BillImportView, ImportState
from assay.costs.selectors import imports as reading
from assay.costs.selectors.deliveries import read_delivery
from assay.costs.selectors.lake import find_ledger, staging_folder
from assay.costs.services import import_states, imports, lake, staging
from assay.costs.services.uploads import find_upload
from assay.costs.tasks import hint_imports, import_bill
from tests.factories import focus
from tests.factories.ledgers import deliver, read_ledger
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

CONTENT = focus.write_csv([focus.make_charge("1"), focus.make_charge("2")])
Sent = list[tuple[str, dict[str, Any]]]


class Died(Exception):
    """Stands for the death of the process."""


@pytest.fixture
def organization() -> Organization:
    return found_organization(owner_email="ada@example.com")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Tasks that were sent: their names and values."""
    tasks: Sent = []
    monkeypatch.setattr(deferral, "_send", lambda name, queue, values: tasks.append((name, dict(values))))
    return tasks


def receive(organization: Organization) -> UUID:
    return imports.receive_bill(organization.id, source_name="aws", file_name="bill.csv", chunks=[CONTENT]).id


def look(organization: Organization, import_id: UUID) -> BillImportView:
    with tenancy.scope(organization.id):
        return reading.get_import(organization.id, import_id)


def die(*_: object, **__: object) -> None:
    raise Died("the process is gone")


def version_of(organization: Organization) -> int:
    table = find_ledger(organization.id)
    return -1 if table is None else table.version()


def test_a_commit_whose_row_was_not_written_is_recognised(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = receive(organization)
    with monkeypatch.context() as patched:
        patched.setattr(import_states, "finish", die)
        with pytest.raises(Died):
            imports.import_bills(organization.id)
    committed, ledger = version_of(organization), read_ledger(organization.id)
    assert look(organization, import_id).state is ImportState.IMPORTING
    monkeypatch.setattr(imports, "stage_delivery", die)
    imports.import_bills(organization.id)
    found = look(organization, import_id)
    assert (found.state, found.rows, found.message) == (ImportState.IMPORTED, 2, "")
    assert (version_of(organization), read_ledger(organization.id)) == (committed, ledger)
    assert not find_upload(f"{organization.id.hex}/{import_id.hex}").exists()


@pytest.mark.parametrize("step", ["record", "replace_periods"])
def test_an_import_that_died_before_the_commit_starts_over(
    organization: Organization, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    import_id = receive(organization)
    with monkeypatch.context() as patched:
        patched.setattr(import_states if step == "record" else lake, step, die)
        with pytest.raises(Died):
            imports.import_bills(organization.id)
    assert version_of(organization) == -1
    assert "Died: the process is gone" in look(organization, import_id).message
    imports.import_bills(organization.id)
    assert look(organization, import_id).state is ImportState.IMPORTED
    assert len(read_ledger(organization.id)) == 2
    assert not list(staging_folder(organization.id).iterdir())


def test_an_import_that_fails_again_and_again_is_given_up(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = receive(organization)
    with monkeypatch.context() as patched:
        patched.setattr(lake, "replace_periods", die)
        for _ in range(imports.MAX_ATTEMPTS):
            with pytest.raises(Died):
                imports.import_bills(organization.id)
        imports.import_bills(organization.id)
    found = look(organization, import_id)
    assert found.state is ImportState.REFUSED
    assert found.message == "bill.csv: gave up after 3 attempts; the last one ended with: Died: the process is gone"
    assert deliver(organization.id, CONTENT).state is ImportState.IMPORTED


def test_a_lost_upload_is_refused(organization: Organization) -> None:
    import_id = receive(organization)
    find_upload(f"{organization.id.hex}/{import_id.hex}").unlink()
    imports.import_bills(organization.id)
    assert "the uploaded file is gone; send it again" in look(organization, import_id).message


def test_sums_that_differ_from_the_file_are_never_committed(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(organization)
    monkeypatch.setattr(staging, "read_delivery", lambda connection, files: read_delivery(connection, [*files, *files]))
    with pytest.raises(staging.LedgerDiffers, match="2 rows become 2, converted were 4"):
        imports.import_bills(organization.id)
    assert version_of(organization) == -1


def test_one_process_imports_at_a_time(organization: Organization) -> None:
    import_id = receive(organization)
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"costs.import:{organization.id}"])
        imports.import_bills(organization.id)
        assert look(organization, import_id).state is ImportState.RECEIVED
        other.execute("SELECT pg_advisory_unlock_all()")
    imports.import_bills(organization.id)
    assert look(organization, import_id).state is ImportState.IMPORTED


def test_what_was_received_meanwhile_is_imported_too(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own task came while the lock was held, and did nothing."""
    finish = import_states.finish
    late: list[UUID] = []

    def receive_one_more(*values: Any) -> None:
        if not late:
            late.append(receive(organization))
        finish(*values)

    monkeypatch.setattr(import_states, "finish", receive_one_more)
    deliver(organization.id, focus.write_csv([focus.make_charge("5")]))
    assert look(organization, late[0]).state is ImportState.IMPORTED


def test_a_received_bill_sends_its_task_after_commit(
    organization: Organization, sent: Sent, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        receive(organization)
        assert sent == []
    assert sent == [("costs.import_bill", {"organization_id": str(organization.id)})]


def test_the_apps_above_hear_of_an_import_after_commit(
    organization: Organization, sent: Sent, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    heard: list[tuple[UUID, UUID]] = []

    def hear(organization_id: UUID, import_id: UUID, **_: object) -> None:
        heard.append((organization_id, import_id))

    bill_imported.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            import_id = receive(organization)
            import_bill(organization_id=str(organization.id))
            assert heard == []
    finally:
        bill_imported.disconnect(hear)
    assert heard == [(organization.id, import_id)]


@pytest.mark.parametrize(
    ("claimed", "seconds", "hinted"), [(False, 29, False), (False, 31, True), (True, 29, False), (True, 31, True)]
)
def test_overdue_imports_are_hinted_at_again(
    organization: Organization,
    sent: Sent,
    django_capture_on_commit_callbacks: Callable[..., Any],
    claimed: bool,
    seconds: int,
    hinted: bool,
) -> None:
    receive(organization)
    if claimed:
        import_states.claim_next(organization.id)
    with frozen(now() + timedelta(seconds=seconds)), django_capture_on_commit_callbacks(execute=True):
        hint_imports()
    assert (("costs.import_bill", {"organization_id": str(organization.id)}) in sent) == hinted
