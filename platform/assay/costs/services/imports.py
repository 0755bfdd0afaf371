"""Bills enter the ledger: one at a time per organization, in the order of receipt, each whole or not at all."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

from assay.core import tenancy
from assay.core.deferral import defer
from assay.core.errors import Invalid
from assay.core.ids import new_id
from assay.costs.domain.imports import BillImportView, BillRefused
from assay.costs.formats.reading import recognize_file
from assay.costs.models import BillImport, BillingSource
from assay.costs.selectors import imports as reading
from assay.costs.selectors import lake as ledger
from assay.costs.services import import_states as states
from assay.costs.services import lake, rollups, uploads
from assay.costs.services.durability import empty_folder
from assay.costs.services.staging import stage_delivery

TASK = "costs.import_bill"
MAX_ATTEMPTS = 3


def receive_bill(organization_id: UUID, *, source_name: str, file_name: str, chunks: Iterable[bytes]) -> BillImportView:
    """Keep a delivered file. When this returns nothing of it can be lost; the import follows in a worker.

    Enters the organization's scope itself, after the stream has ended, so that no transaction is open meanwhile.
    chunks: the file's bytes. raises: Invalid for unusable names; Unavailable when the disk is full.
    """
    source_name, file_name = _check_name("source", source_name, 200), _check_name("filename", file_name, 255)
    import_id = new_id()
    upload = uploads.store_upload(organization_id, import_id=import_id, chunks=chunks)
    with tenancy.scope(organization_id):
        source, _ = BillingSource.objects.get_or_create(organization_id=organization_id, name=source_name)
        row = BillImport.objects.create(
            id=import_id,
            organization_id=organization_id,
            source=source,
            file_name=file_name,
            upload=upload.name,
            size_bytes=upload.size_bytes,
            digest=upload.digest,
        )
        defer(TASK, organization_id=str(organization_id))
        return reading.view_import(row)


def import_bills(organization_id: UUID) -> None:
    """Import what waits. Returns at once when another process is at it: that one takes what waits as well.

    Called without a scope: conversions take minutes, and no transaction is open meanwhile.
    """
    while _has_waiting(organization_id):
        with _only_importer(organization_id) as alone:
            if not alone:
                return
            while (row := states.claim_next(organization_id)) is not None:
                _import(organization_id, row)
                uploads.remove_upload(row.upload)


def hint_imports() -> None:
    """Send the task again for imports whose message was lost or whose worker died."""
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            if states.has_overdue(organization_id):
                defer(TASK, organization_id=str(organization_id))


def _import(organization_id: UUID, row: BillImport) -> None:
    if ledger.has_import(organization_id, row.id):
        _settle(organization_id, row)
    elif row.attempts > MAX_ATTEMPTS:
        gave_up = f"{row.file_name}: gave up after {MAX_ATTEMPTS} attempts; the last one ended with: {row.message or 'no word'}"
        states.refuse(organization_id, row, BillRefused(gave_up))
    elif same := states.find_same(organization_id, row):
        states.mark_unchanged(organization_id, row, same)
    else:
        _attempt(organization_id, row)


def _attempt(organization_id: UUID, row: BillImport) -> None:
    try:
        _convert_and_commit(organization_id, row)
    except BillRefused as refusal:
        states.refuse(organization_id, row, refusal)
    except Exception as error:
        states.note_failure(organization_id, row, f"{type(error).__name__}: {error}")
        raise
    else:
        _settle(organization_id, row)


def _convert_and_commit(organization_id: UUID, row: BillImport) -> None:
    """What the file holds is on the row before the commit, so that the row is complete whenever the ledger has changed."""
    path = uploads.find_upload(row.upload)
    if not path.is_file():
        raise BillRefused(f"{row.file_name}: the uploaded file is gone; send it again.")
    bill_file = recognize_file(path, name=row.file_name)
    with empty_folder(ledger.staging_folder(organization_id) / row.id.hex) as folder:
        staged = stage_delivery([bill_file], import_id=row.id, currency=row.source.currency, folder=folder)
        states.record(organization_id, row, staged)
        rollups.write_rollups(organization_id, source_id=row.source_id, import_id=row.id, files=staged.files, folder=folder)
        lake.replace_periods(organization_id, source_id=row.source_id, import_id=row.id, digest=row.digest, files=staged.files)


def _settle(organization_id: UUID, row: BillImport) -> None:
    states.finish(organization_id, row)
    uploads.remove_abandoned_uploads(organization_id, waiting=states.list_waiting_uploads(organization_id))
    lake.drop_replaced_files(organization_id)
    rollups.drop_replaced_rollups(organization_id)


def _has_waiting(organization_id: UUID) -> bool:
    with tenancy.scope(organization_id):
        return reading.has_waiting(organization_id)


@contextmanager
def _only_importer(organization_id: UUID) -> Iterator[bool]:
    """Holds the organization's import lock, which falls with this process's connection; yields whether it was free."""
    key = f"costs.import:{organization_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def _check_name(field: str, name: str, length: int) -> str:
    cleaned = name.strip()
    if not cleaned or len(cleaned) > length or not cleaned.isprintable():
        raise Invalid(f"{field} must have 1 to {length} printable characters.", field=field)
    return cleaned
