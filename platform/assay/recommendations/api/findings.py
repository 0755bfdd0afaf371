"""Operations on findings."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.core.errors import Invalid
from assay.recommendations.api.schemas import AcceptIn, AppliedIn, DismissIn, FindingDetail, FindingList, FindingOut, SavingsOut
from assay.recommendations.domain.exports import ExportKind, write_findings
from assay.recommendations.domain.states import ACTIVE, FindingState
from assay.recommendations.domain.values import FindingQuery
from assay.recommendations.selectors.findings import count_findings, get_finding, list_events, list_findings, sum_savings
from assay.recommendations.services.lifecycle import Move, move_finding

router = Router(tags=["findings"])
MOST_EXPORTED = 10_000


@router.get("findings", response=FindingList)
@require(Permission.COSTS_READ)
def show_findings(
    request: MemberRequest,
    state: str = "",
    check: str = "",
    group: str = "",
    account_id: str = "",
    team_id: UUID | None = None,
    text: str = "",
    least: Decimal | None = None,
    excluded: bool = False,
    limit: int = 100,
    cursor: str = "",
) -> FindingList:
    """Those that save most first. state: comma-separated, by default open and accepted; `all` for every one. text: part of id or name."""
    offset = _read_cursor(cursor)
    query = FindingQuery(_read_states(state), check, group, account_id, team_id, text, least, excluded, limit, offset)
    organization_id = request.principal.organization_id
    items, total = list_findings(organization_id, query), count_findings(organization_id, query)
    following = offset + len(items)
    return FindingList(
        items=[FindingOut.of(view) for view in items],
        total=total,
        next_cursor=str(following) if items and following < total else None,
    )


@router.get("findings/savings", response=SavingsOut)
@require(Permission.COSTS_READ)
def show_savings(request: MemberRequest) -> SavingsOut:
    """What could really be saved a month, each thing counted once, and what was."""
    return SavingsOut.of(sum_savings(request.principal.organization_id))


@router.get("findings/export", response={200: None})
@require(Permission.COSTS_READ)
def export_findings(request: MemberRequest, format: ExportKind = ExportKind.CSV, state: str = "") -> HttpResponse:
    """As a file: CSV for spreadsheets, JSON with everything that is known."""
    found = list_findings(request.principal.organization_id, FindingQuery(_read_states(state), limit=MOST_EXPORTED))
    if format is ExportKind.JSON:
        items = ",\n".join(FindingOut.of(view).model_dump_json() for view in found)
        content, kind = f"[{items}]\n", "application/json"
    else:
        content, kind = write_findings(found), "text/csv; charset=utf-8"
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="findings.{format}"'}
    )


@router.get("findings/{uuid:finding_id}", response=FindingDetail)
@require(Permission.COSTS_READ)
def show_finding(request: MemberRequest, finding_id: UUID) -> FindingDetail:
    organization_id = request.principal.organization_id
    return FindingDetail.told(get_finding(organization_id, finding_id), list_events(organization_id, finding_id))


@router.post("findings/{uuid:finding_id}/accept", response=FindingOut)
@require(Permission.COSTS_WRITE)
def accept_finding(request: MemberRequest, finding_id: UUID, body: AcceptIn) -> FindingOut:
    """Somebody takes it on."""
    return _move(
        request, finding_id, Move(FindingState.ACCEPTED, owner_id=body.owner_id, due_on=body.due_on, reason=body.reason)
    )


@router.post("findings/{uuid:finding_id}/dismiss", response=FindingOut)
@require(Permission.COSTS_WRITE)
def dismiss_finding(request: MemberRequest, finding_id: UUID, body: DismissIn) -> FindingOut:
    return _move(request, finding_id, Move(FindingState.DISMISSED, reason=body.reason, until=_aware(body.until, "until")))


@router.post("findings/{uuid:finding_id}/reopen", response=FindingOut)
@require(Permission.COSTS_WRITE)
def reopen_finding(request: MemberRequest, finding_id: UUID) -> FindingOut:
    return _move(request, finding_id, Move(FindingState.OPEN))


@router.post("findings/{uuid:finding_id}/applied", response=FindingOut)
@require(Permission.COSTS_WRITE)
def apply_finding(request: MemberRequest, finding_id: UUID, body: AppliedIn) -> FindingOut:
    """It was done. The next inventory sees it by itself; the bill then tells what it saved."""
    at = _aware(body.applied_at, "applied_at")
    return _move(request, finding_id, Move(FindingState.APPLIED, reason=body.reason, applied_at=at))


def _move(request: MemberRequest, finding_id: UUID, move: Move) -> FindingOut:
    principal = request.principal
    return FindingOut.of(move_finding(principal.organization_id, finding_id, move, actor_id=principal.user_id))


def _read_states(text: str) -> tuple[FindingState, ...]:
    if not text:
        return tuple(sorted(ACTIVE))
    if text == "all":
        return ()
    try:
        return tuple(FindingState(part.strip()) for part in text.split(","))
    except ValueError as error:
        raise Invalid(
            f"state must be all, or some of {', '.join(FindingState)}, separated by commas.", field="state"
        ) from error


def _read_cursor(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid("cursor must be a next_cursor of this list.", field="cursor")
    return int(text or 0)


def _aware(at: datetime | None, field: str) -> datetime | None:
    if at is not None and at.tzinfo is None:
        raise Invalid(f"{field} needs a time zone, such as 2026-12-31T00:00:00Z.", field=field)
    return at
