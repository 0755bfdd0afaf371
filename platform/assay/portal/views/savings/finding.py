"""One finding: the evidence, the ways to act, and what became of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.memberships import list_members
from assay.core.clock import now
from assay.core.errors import Invalid
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.evidence import draw_evidence
from assay.portal.views.acts import perform
from assay.recommendations.domain.found import PriceSource
from assay.recommendations.domain.states import MOVES, FindingState
from assay.recommendations.domain.values import FindingView
from assay.recommendations.selectors.findings import get_finding, list_events, list_findings_of
from assay.recommendations.services.lifecycle import Move, move_finding

DONE = {
    FindingState.ACCEPTED: "Accepted.",
    FindingState.DISMISSED: "Put aside.",
    FindingState.APPLIED: "Noted. The bill will tell what it saved.",
    FindingState.OPEN: "It is open again.",
}


@page(Permission.COSTS_READ)
def show_finding(request: MemberRequest, finding_id: UUID) -> HttpResponse:
    organization_id = request.principal.organization_id
    finding = get_finding(organization_id, finding_id)
    may_write = request.principal.may(Permission.COSTS_WRITE)
    charts = draw_evidence(organization_id, finding)
    context = {
        "section": "savings",
        "finding": finding,
        "told": finding.explanation,
        "is_unpriced": finding.price_source == PriceSource.UNKNOWN,
        "charts": charts,
        "has_charts": bool(charts),
        "events": list_events(organization_id, finding_id),
        "others": _others(finding, list_findings_of_resource(organization_id, finding)),
        "moves": MOVES[finding.state] if may_write else frozenset(),
        "members": list_members(organization_id) if may_write else [],
        "today": now().date(),
    }
    return render(request, "savings/finding.html", context)


@page(Permission.COSTS_WRITE, methods="POST")
def move(request: MemberRequest, finding_id: UUID) -> HttpResponse:
    """`to`: the state; `owner`, `due`, `reason`, `until` as the state needs them."""
    principal = request.principal

    def act() -> None:
        move_finding(principal.organization_id, finding_id, _read_move(request), actor_id=principal.user_id)

    to = request.POST.get("to", "")
    perform(request, act, done=DONE.get(FindingState(to), "") if to in set(FindingState) else "")
    return redirect("finding", finding_id)


def list_findings_of_resource(organization_id: UUID, finding: FindingView) -> list[FindingView]:
    key = finding.resource
    return list_findings_of(organization_id, account_id=key.account_id, native_id=key.native_id)


def _others(finding: FindingView, found: Sequence[FindingView]) -> list[FindingView]:
    return [one for one in found if one.id != finding.id]


def _read_move(request: MemberRequest) -> Move:
    """raises: Invalid naming the field."""
    values = request.POST
    try:
        state = FindingState(values.get("to", ""))
    except ValueError as error:
        raise Invalid("Say what it becomes: open, accepted, applied or dismissed.", field="to") from error
    until = _read_day(values.get("until", ""), "until")
    try:
        owner_id = UUID(values["owner"]) if values.get("owner") else None
    except ValueError as error:
        raise Invalid("owner must be a member.", field="owner") from error
    return Move(
        state,
        owner_id=owner_id,
        due_on=_read_day(values.get("due", ""), "due"),
        reason=values.get("reason", ""),
        until=datetime.combine(until, time.min, tzinfo=UTC) if until else None,
    )


def _read_day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(f"{field} must be a day such as 2026-12-31.", field=field) from error
