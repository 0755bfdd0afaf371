"""What was spent, in /api/v1: sums, their changes, and single charges."""

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.costs.api.questions import PREVIOUS, ChargeParams, SummaryParams, read_comparison
from assay.costs.api.schemas.charges import ChargeDetailOut, ChargeList
from assay.costs.api.schemas.summaries import Changes, Summary
from assay.costs.selectors import charges, explorer
from assay.costs.selectors.answer_files import FileKind, write_answer
from assay.costs.selectors.changes import explain_change

router = Router(tags=["costs"])


def describe_file(kind: FileKind) -> dict[str, Any]:
    """What OpenAPI says of an answer that is a file."""
    content = {kind.media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {"responses": {200: {"description": "OK", "content": content}}}


@router.get("costs/summary", response=Summary)
@require(Permission.COSTS_READ)
def summarize(request: MemberRequest, params: Query[SummaryParams]) -> Summary:
    """Exact sums by at most two dimensions, tags (tags.KEY) or columns; `top` of them by name, everything else as one row."""
    question = params.read()
    return Summary.of(explorer.answer(request.principal.organization_id, question), question)


@router.get("costs/summary.csv", response=None, openapi_extra=describe_file(FileKind.CSV))
@require(Permission.COSTS_READ)
def download_csv(request: MemberRequest, params: Query[SummaryParams]) -> HttpResponse:
    """The same with every digit; a row per group, or per group and step. Texts are never formulas."""
    return _download(request, params, FileKind.CSV)


@router.get("costs/summary.parquet", response=None, openapi_extra=describe_file(FileKind.PARQUET))
@require(Permission.COSTS_READ)
def download_parquet(request: MemberRequest, params: Query[SummaryParams]) -> HttpResponse:
    """The same with exact decimals; a row per group, or per group and step."""
    return _download(request, params, FileKind.PARQUET)


def _download(request: MemberRequest, params: SummaryParams, kind: FileKind) -> HttpResponse:
    question = params.read()
    content = write_answer(explorer.answer(request.principal.organization_id, question), question, kind)
    headers = {"Content-Disposition": f'attachment; filename="costs.{kind}"'}
    return HttpResponse(content, content_type=kind.media_type, headers=headers)


@router.get("costs/changes", response=Changes)
@require(Permission.COSTS_READ)
def explain_changes(request: MemberRequest, params: Query[ChargeParams], compare: str = PREVIOUS) -> Changes:
    """Why costs changed since earlier days: price, usage, discount, new, gone, and what has no quantity by its category."""
    question = params.read()
    before = read_comparison(compare, question.interval)
    return Changes.of(explain_change(request.principal.organization_id, question, before=before), question, before)


@router.get("costs/charges", response=ChargeList)
@require(Permission.COSTS_READ)
def list_charges(
    request: MemberRequest, params: Query[ChargeParams], cursor: str | None = None, limit: int = 100
) -> ChargeList:
    """Rows of the bill, the largest first."""
    found = charges.list_charges(request.principal.organization_id, params.read(), cursor=cursor, limit=limit)
    return ChargeList.of(found)


@router.get("costs/charges/{place}", response=ChargeDetailOut)
@require(Permission.COSTS_READ)
def get_charge(request: MemberRequest, place: str, params: Query[ChargeParams]) -> ChargeDetailOut:
    """One row of the bill with all its columns. place: as the list of the same days, basis and filter gives it."""
    return ChargeDetailOut.of(charges.get_charge(request.principal.organization_id, params.read(), place=place))
