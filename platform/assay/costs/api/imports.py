"""Deliveries of bills in /api/v1."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, principal_of, require
from assay.costs.api.schemas.imports import ImportList, ImportOut
from assay.costs.api.uploads import read_file
from assay.costs.selectors import imports
from assay.costs.services.imports import receive_bill

router = Router(tags=["costs"])

FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def deliver_bill(request: HttpRequest, source: str = "upload", filename: str = "bill.csv") -> Status[ImportOut]:
    """Send a FOCUS file (CSV, CSV.gz, Parquet) as the raw body. What is answered is kept; the import follows: ask for its state.

    The file replaces its billing periods of the source, whole or not at all; the same file again changes nothing.
    """
    principal = principal_of(request)
    principal.require(Permission.COSTS_WRITE)
    received = receive_bill(principal.organization_id, source_name=source, file_name=filename, chunks=read_file(request))
    return Status(202, ImportOut.of(received))


deliver_bill.enters_scope_itself = True  # type: ignore[attr-defined]  # no transaction is open while the file arrives
router.post("costs/imports", response={202: ImportOut}, openapi_extra=FILE_BODY)(deliver_bill)


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
