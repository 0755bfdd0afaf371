"""What a bill would change: read and checked as an import does, and nothing kept of it."""

from collections.abc import Iterable
from uuid import UUID

from assay.core import tenancy
from assay.core.clock import now
from assay.core.errors import Conflict
from assay.core.ids import new_id
from assay.core.locks import hold_alone
from assay.costs.domain.imports import BillImportView, BillRefused, ImportState
from assay.costs.models import BillImport, BillingSource
from assay.costs.selectors.imports import view_import
from assay.costs.selectors.lake import staging_folder
from assay.costs.services import import_states as states
from assay.costs.services import uploads
from assay.costs.services.durability import empty_folder
from assay.costs.services.fetching import fetch_delivery
from assay.costs.services.imports import check_name, convert_delivery, describe_upload, name_files


def preview_bill(organization_id: UUID, *, source_name: str, file_name: str, chunks: Iterable[bytes]) -> BillImportView:
    """As receive_bill, but the ledger, the imports and the sources stay as they are, and the answer comes when the bill is read.

    Called without a scope. returns: the import as it would end; its id is of nothing. raises: Invalid; Unavailable; Conflict while
    another preview of the organization is read.
    """
    source_name, file_name = check_name("source", source_name, 200), check_name("filename", file_name, 255)
    import_id = new_id()
    upload = uploads.store_upload(organization_id, import_id=import_id, chunks=chunks)
    return _preview(organization_id, source_name, file_name, upload, import_id=import_id)


def preview_files(organization_id: UUID, *, source_name: str, chunks: Iterable[bytes]) -> BillImportView:
    """As preview_bill, of a tar archive of several files."""
    source_name, import_id = check_name("source", source_name, 200), new_id()
    upload = uploads.store_archive(organization_id, import_id=import_id, chunks=chunks)
    return _preview(organization_id, source_name, name_files(upload), upload, import_id=import_id)


def _preview(
    organization_id: UUID, source_name: str, file_name: str, upload: uploads.Upload, *, import_id: UUID
) -> BillImportView:
    with tenancy.scope(organization_id):
        known = BillingSource.objects.filter(organization_id=organization_id, name=source_name).first()
    source = known or BillingSource(organization_id=organization_id, name=source_name)
    row = describe_upload(source, file_name, upload, import_id=import_id)
    try:
        with hold_alone(f"costs.preview:{organization_id}") as alone:
            if not alone:
                raise Conflict("Another bill is being looked at: wait until that is done.")
            row.started_at = now()
            _read(organization_id, row)
            row.finished_at = now()
    finally:
        uploads.remove_upload(upload.name, len(upload.files))
    return view_import(row)


def _read(organization_id: UUID, row: BillImport) -> None:
    """Fills the row as an import would."""
    try:
        with empty_folder(staging_folder(organization_id) / row.id.hex) as folder:
            fetched = fetch_delivery(organization_id, row, folder / "fetched")
            row.digest = fetched.digest
            same = states.find_same(organization_id, row)
            staged = convert_delivery(row, fetched, folder)
    except BillRefused as refusal:
        row.state, row.message, row.log = ImportState.REFUSED, refusal.message, list(refusal.faults)
        return
    states.describe(row, staged, notes=fetched.notes)
    row.state = ImportState.UNCHANGED if same else ImportState.IMPORTED
    if not same:
        row.changes = states.find_changes(organization_id, row, row.billing_periods)
