"""Deliveries of bills in /api/v1."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, principal_of, require
from assay.costs.api.schemas.imports import ImportList, ImportOut
from assay.costs.api.uploads import read_file
from assay.costs.selectors import imports
from assay.costs.services.imports import receive_bill, receive_files, retry_import
from assay.costs.services.previews import preview_bill, preview_files

router = Router(tags=["costs"])

TAR = "application/x-tar"
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "application/x-tar": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


def deliver_bill(
    request: HttpRequest, source: str = "upload", filename: str = "bill.csv", dry_run: bool = False
) -> Status[ImportOut]:
    """Send a bill (CSV, CSV.gz, Parquet) as the raw body. What is answered is kept; the import follows: ask for its state.

    Several files of one delivery come as a tar archive (`Content-Type: application/x-tar`), with their manifest if they have one.
    The delivery replaces its billing periods of the source, whole or not at all; the same again changes nothing.

    dry_run: nothing is kept; the answer comes when the bill is read, and says how the import would end and what it would change.
    """
    principal = principal_of(request)
    principal.require(Permission.COSTS_WRITE)
    organization_id = principal.organization_id
    if dry_run and request.content_type == TAR:
        return Status(200, ImportOut.of(preview_files(organization_id, source_name=source, chunks=read_file(request))))
    if dry_run:
        found = preview_bill(organization_id, source_name=source, file_name=filename, chunks=read_file(request))
        return Status(200, ImportOut.of(found))
    if request.content_type == TAR:
        received = receive_files(organization_id, source_name=source, chunks=read_file(request))
    else:
        received = receive_bill(organization_id, source_name=source, file_name=filename, chunks=read_file(request))
    return Status(202, ImportOut.of(received))


deliver_bill.enters_scope_itself = True  # type: ignore[attr-defined]  # no transaction is open while the file arrives
router.post("costs/imports", response={200: ImportOut, 202: ImportOut}, openapi_extra=FILE_BODY)(deliver_bill)


@router.get("costs/imports", response=ImportList)
@require(Permission.COSTS_READ)
def list_imports(request: MemberRequest, source: str | None = None, cursor: UUID | None = None, limit: int = 50) -> ImportList:
    """Deliveries, latest first."""
    found = imports.list_imports(request.principal.organization_id, source_name=source, before=cursor, limit=limit)
    following = found[-1].id if len(found) == limit else None
    return ImportList(items=[ImportOut.of(view) for view in found], next_cursor=following)


@router.get("costs/imports/{uuid:import_id}", response=ImportOut)
@require(Permission.COSTS_READ)
def get_import(request: MemberRequest, import_id: UUID) -> ImportOut:
    return ImportOut.of(imports.get_import(request.principal.organization_id, import_id))


@router.post("costs/imports/{uuid:import_id}/retry", response={202: ImportOut})
@require(Permission.COSTS_WRITE)
def retry(request: MemberRequest, import_id: UUID) -> Status[ImportOut]:
    """Look at a refused or incomplete delivery again, e.g. after its files were mended at their place."""
    return Status(202, ImportOut.of(retry_import(request.principal.organization_id, import_id)))
