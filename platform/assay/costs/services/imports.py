"""Bills enter the ledger: one at a time per organization, in the order of receipt, each whole or not at all."""

import time
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from uuid import UUID

from assay.core import tenancy
from assay.core.clock import now
from assay.core.errors import AssayError, Conflict, Invalid, NotFound
from assay.core.ids import new_id
from assay.core.locks import hold_alone
from assay.costs.domain.deliveries import DeliveryIncomplete, DeliveryReplaced, digest_of
from assay.costs.domain.imports import BillImportView, BillRefused, ImportState
from assay.costs.domain.manifests import find_kind
from assay.costs.models import BillImport, BillingSource
from assay.costs.selectors import imports as reading
from assay.costs.selectors import lake as ledger
from assay.costs.services import import_states as states
from assay.costs.services import lake, rollups, uploads
from assay.costs.services.durability import empty_folder
from assay.costs.services.fetching import Fetched, fetch_delivery
from assay.costs.services.import_hints import hint_import
from assay.costs.services.polling import request_poll_of
from assay.costs.services.staging import Staged, stage_delivery

MAX_ATTEMPTS = 3


def receive_bill(organization_id: UUID, *, source_name: str, file_name: str, chunks: Iterable[bytes]) -> BillImportView:
    """Keep a delivered file. When this returns nothing of it can be lost; the import follows in a worker.

    Enters the organization's scope itself, after the stream has ended, so that no transaction is open meanwhile.
    chunks: the file's bytes. raises: Invalid for unusable names; Unavailable when the disk is full.
    """
    source_name, file_name = check_name("source", source_name, 200), check_name("filename", file_name, 255)
    import_id = new_id()
    upload = uploads.store_upload(organization_id, import_id=import_id, chunks=chunks)
    return _receive(organization_id, source_name, file_name, upload, import_id=import_id)


def receive_files(organization_id: UUID, *, source_name: str, chunks: Iterable[bytes]) -> BillImportView:
    """As receive_bill, of several files that are one delivery. chunks: a tar archive of them, in which a manifest may be."""
    source_name, import_id = check_name("source", source_name, 200), new_id()
    upload = uploads.store_archive(organization_id, import_id=import_id, chunks=chunks)
    return _receive(organization_id, source_name, name_files(upload), upload, import_id=import_id)


def name_files(upload: uploads.Upload) -> str:
    """What files that came together are called."""
    named = [file.name for file in upload.files]
    manifest = next((name for name in named if find_kind(name)), "")
    file_name = PurePosixPath(manifest or named[0]).name if manifest or len(named) == 1 else f"{len(named)} files"
    return file_name[-255:]


def retry_import(organization_id: UUID, import_id: UUID) -> BillImportView:
    """Look at a refused or incomplete delivery again; inside the scope. raises: NotFound; Conflict when there is nothing to retry."""
    row = BillImport.objects.select_related("source").filter(organization_id=organization_id, id=import_id).first()
    if row is None:
        raise NotFound(f"There is no import {import_id}.", import_id=str(import_id))
    if row.state not in {ImportState.REFUSED, ImportState.INCOMPLETE}:
        raise Conflict(f"This delivery is {row.state}: only a refused or an incomplete one can be tried again.")
    if not row.upload and not row.identity:
        raise Conflict("The uploaded file was removed after a week: send it again.")
    BillImport.objects.filter(id=row.id, state=row.state).update(
        state=ImportState.RECEIVED, message="", log=[], attempts=0, finished_at=None
    )
    hint_import(organization_id)
    return reading.get_import(organization_id, import_id)


def import_bills(organization_id: UUID) -> None:
    """Import what waits. Returns at once when another process is at it: that one takes what waits as well.

    Called without a scope: conversions take minutes, and no transaction is open meanwhile.
    """
    while _has_waiting(organization_id):
        with hold_alone(f"costs.import:{organization_id}") as alone:
            if not alone:
                return
            while (row := states.claim_next(organization_id)) is not None:
                _import(organization_id, row)


def hint_imports() -> None:
    """Send the task again for imports whose message was lost or whose worker died; end those whose files never came."""
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            if states.reopen_overdue(organization_id) or states.has_overdue(organization_id):
                hint_import(organization_id)


def _receive(
    organization_id: UUID, source_name: str, file_name: str, upload: uploads.Upload, *, import_id: UUID
) -> BillImportView:
    with tenancy.scope(organization_id):
        source, _ = BillingSource.objects.get_or_create(organization_id=organization_id, name=source_name)
        row = describe_upload(source, file_name, upload, import_id=import_id)
        row.save(force_insert=True)
        hint_import(organization_id)
        return reading.view_import(row)


def describe_upload(source: BillingSource, file_name: str, upload: uploads.Upload, *, import_id: UUID) -> BillImport:
    """The row of a delivery that was sent, not saved yet."""
    at = now()
    return BillImport(
        id=import_id,
        organization_id=source.organization_id,
        source=source,
        file_name=file_name,
        upload=upload.name,
        files=[
            {"name": file.name or file_name, "size_bytes": file.size_bytes, "etag": "", "sha256": file.digest}
            for file in upload.files
        ],
        size_bytes=sum(file.size_bytes for file in upload.files),
        digest=digest_of([(file.name, file.digest) for file in upload.files]),
        issued_at=at,
        received_at=at,
    )


def _import(organization_id: UUID, row: BillImport) -> None:
    if ledger.has_import(organization_id, row.id):
        _settle(organization_id, row)
    elif row.attempts > MAX_ATTEMPTS:
        gave_up = f"{row.file_name}: gave up after {MAX_ATTEMPTS} attempts; the last one ended with: {row.message or 'no word'}"
        states.refuse(organization_id, row, BillRefused(gave_up))
    elif row.billing_periods and not states.choose_periods(organization_id, row, row.billing_periods):
        states.supersede(organization_id, row, states.NEWER_HELD)
        uploads.remove_upload(row.upload, len(row.files))
    else:
        _attempt(organization_id, row)


def _attempt(organization_id: UUID, row: BillImport) -> None:
    try:
        with empty_folder(ledger.staging_folder(organization_id) / row.id.hex) as folder:
            done = _fetch_and_commit(organization_id, row, folder)
    except BillRefused as refusal:
        states.refuse(organization_id, row, refusal)
    except DeliveryIncomplete as error:
        states.wait_for_files(organization_id, row, str(error))
    except DeliveryReplaced as error:
        states.supersede(organization_id, row, f"{error} It was replaced before it was read.")
        request_poll_of(organization_id, row.source_id)
    except AssayError as error:
        if row.upload:
            states.note_failure(organization_id, row, error.message)
            raise
        states.wait_for_files(organization_id, row, error.message)
    except Exception as error:
        states.note_failure(organization_id, row, f"{type(error).__name__}: {error}")
        raise
    else:
        if done:
            _settle(organization_id, row)
        uploads.remove_upload(row.upload, len(row.files))


def _fetch_and_commit(organization_id: UUID, row: BillImport, folder: Path) -> bool:
    """What the delivery holds is on the row before the commit, so that the row is complete whenever the ledger has changed.

    returns: whether the ledger changed; if not, the row says why.
    """
    timer = Timer()
    fetched = fetch_delivery(organization_id, row, folder / "fetched")
    timer.note("fetch")
    states.record_files(organization_id, row, fetched)
    if same := states.find_same(organization_id, row):
        states.mark_unchanged(organization_id, row, same)
        return False
    staged = convert_delivery(row, fetched, folder)
    timer.note("convert")
    states.record(organization_id, row, staged, notes=fetched.notes)
    found = [period.billing_period for period in staged.periods]
    chosen = states.choose_periods(organization_id, row, found)
    if not chosen:
        states.supersede(organization_id, row, states.NEWER_HELD)
        return False
    states.record_changes(organization_id, row, chosen)
    files = [file for file in staged.files if file.billing_period in chosen]
    rollups.write_rollups(organization_id, source_id=row.source_id, import_id=row.id, files=files, folder=folder)
    timer.note("sums")
    lake.replace_periods(organization_id, source_id=row.source_id, import_id=row.id, digest=row.digest, files=files)
    timer.note("commit")
    states.record_timings(organization_id, row, timer.seconds)
    return True


def convert_delivery(row: BillImport, fetched: Fetched, folder: Path) -> Staged:
    """raises: BillRefused, also when the files are of another billing period than the manifest."""
    chosen = {"format_name": row.source.format} if row.source.format else {}
    staged = stage_delivery(fetched.files, import_id=row.id, currency=row.source.currency, folder=folder, **chosen)
    found = [period.billing_period for period in staged.periods]
    if fetched.billing_periods and set(found) != set(fetched.billing_periods):
        promised = ", ".join(fetched.billing_periods)
        raise BillRefused(
            f"{row.file_name}: the manifest is of {promised}, its files are of {', '.join(found)}; deliver the month again."
        )
    return staged


class Timer:
    """Seconds of the steps of an import."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._began = time.perf_counter()

    def note(self, step: str) -> None:
        ended = time.perf_counter()
        self.seconds[step] = round(ended - self._began, 3)
        self._began = ended


def _settle(organization_id: UUID, row: BillImport) -> None:
    states.finish(organization_id, row)
    uploads.remove_upload(row.upload, len(row.files))
    uploads.remove_abandoned_uploads(organization_id, needed=states.list_needed_uploads(organization_id))
    lake.drop_replaced_files(organization_id)
    rollups.drop_replaced_rollups(organization_id)


def _has_waiting(organization_id: UUID) -> bool:
    with tenancy.scope(organization_id):
        return reading.has_waiting(organization_id)


def check_name(field: str, name: str, length: int) -> str:
    cleaned = name.strip()
    if not cleaned or len(cleaned) > length or not cleaned.isprintable():
        raise Invalid(f"{field} must have 1 to {length} printable characters.", field=field)
    return cleaned
