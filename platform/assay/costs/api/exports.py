"""Charges as files, in /api/v1."""

from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from ninja import Field, Query, Router

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.costs.api.questions import ChargeParams
from assay.costs.domain.focus_exports import ExportKind, FocusFormat, Texts
from assay.costs.selectors.focus_exports import start_export

router = Router(tags=["costs"])


def describe_files(*kinds: ExportKind) -> dict[str, Any]:
    """What OpenAPI says of an answer that is one of these files."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {"responses": {200: {"description": "OK", "content": {kind.media_type: binary for kind in kinds}}}}


class ExportParams(ChargeParams):
    """kind: csv, csv.gz or parquet. texts: `exact`, or `escaped` so that a spreadsheet calculates none of them (CSV)."""

    format: FocusFormat = FocusFormat.FOCUS_1_2
    kind: ExportKind = Field(ExportKind.CSV, alias="file")
    texts: Texts = Texts.EXACT


@router.get("costs/export", response=None, openapi_extra=describe_files(*ExportKind))
@require(Permission.COSTS_READ)
def export_focus(request: MemberRequest, params: Query[ExportParams]) -> StreamingHttpResponse:
    """The charges that a question counts as a FOCUS file, sent while it is made; an import of it gives the same ledger."""
    pieces = start_export(request.principal.organization_id, params.read(), params.format, params.kind, texts=params.texts)
    return _send(pieces, params.kind, str(params.format))


@router.get("costs/charges.csv", response=None, openapi_extra=describe_files(ExportKind.CSV))
@require(Permission.COSTS_READ)
def download_charges(request: MemberRequest, params: Query[ChargeParams]) -> StreamingHttpResponse:
    """The charges of costs/charges in FOCUS's columns, for a spreadsheet: texts are never formulas."""
    organization_id = request.principal.organization_id
    pieces = start_export(organization_id, params.read(), FocusFormat.FOCUS_1_4, ExportKind.CSV, texts=Texts.ESCAPED)
    return _send(pieces, ExportKind.CSV, "charges")


def _send(pieces: Iterator[bytes], kind: ExportKind, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return StreamingHttpResponse(pieces, content_type=kind.media_type, headers=headers)
