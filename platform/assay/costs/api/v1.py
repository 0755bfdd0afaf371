"""Bills in /api/v1: deliveries, and what was spent."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from ninja.params.functions import Query

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, principal_of, require
from assay.core.errors import Invalid
from assay.costs.api.days import FIRST_DAY, LAST_DAY, read_days
from assay.costs.api.schemas import ImportList, ImportOut, Summary
from assay.costs.api.uploads import read_file
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import Credits
from assay.costs.domain.dimensions import Dimension
from assay.costs.selectors import explorer, imports
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


@router.get("costs/summary", response=Summary)
@require(Permission.COSTS_READ)
def summarize(
    request: MemberRequest,
    group_by: str = "service",
    start: date = Query(FIRST_DAY, alias="from"),
    end: date = Query(LAST_DAY, alias="to"),
    basis: Basis = Basis.EFFECTIVE,
    credit: Credits = Query(Credits.INCLUDED, alias="credits"),
) -> Summary:
    """Exact sums of the charges that begin from `from` until before `to`. group_by: dimensions, separated by commas."""
    dimensions = _read_dimensions(group_by)
    table = explorer.summarize(
        request.principal.organization_id,
        group_by=dimensions,
        interval=read_days(start, end),
        basis=basis,
        credit=credit,
    )
    return Summary.of(table, dimensions)


def _read_dimensions(text: str) -> list[Dimension]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Dimension)]
    if unknown or len(set(names)) != len(names):
        known = ", ".join(Dimension)
        raise Invalid(f"group_by cannot be {text!r}: give each dimension once, out of {known}.", field="group_by")
    return [Dimension(name) for name in names]
