"""What people make of findings: accept, dismiss, reopen, say that it was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from assay.accounts.selectors.memberships import list_members
from assay.accounts.services import audit
from assay.core.clock import now
from assay.core.errors import Conflict, Invalid, NotFound
from assay.core.ids import new_id
from assay.recommendations.domain.states import MOVES, FindingState
from assay.recommendations.domain.values import FindingView
from assay.recommendations.models import Finding, FindingEvent
from assay.recommendations.selectors.findings import get_finding
from assay.recommendations.services.counting import recount

REASON_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class Move:
    """What a person makes of a finding. owner_id, due_on: of what is accepted. reason: needed to dismiss. until: of a dismissal; None for ever.

    applied_at: when it was done, by default now.
    """

    state: FindingState
    owner_id: UUID | None = None
    due_on: date | None = None
    reason: str = ""
    until: datetime | None = None
    applied_at: datetime | None = None


def move_finding(organization_id: UUID, finding_id: UUID, move: Move, *, actor_id: UUID | None) -> FindingView:
    """raises: NotFound; Conflict when the finding is in no state for it; Invalid naming the field."""
    at = now()
    _check(organization_id, move, at)
    with transaction.atomic():
        row = Finding.objects.select_for_update().filter(organization_id=organization_id, id=finding_id).first()
        if row is None:
            raise NotFound(f"There is no finding {finding_id}.", finding_id=str(finding_id))
        if move.state not in MOVES[FindingState(row.state)]:
            allowed = ", ".join(sorted(MOVES[FindingState(row.state)])) or "nothing: a later check or bill decides"
            raise Conflict(f"This finding is {row.state} and cannot become {move.state}; from here it can become {allowed}.")
        told = _apply(row, move, at)
        row.save()
        FindingEvent.objects.create(
            id=new_id(), organization_id=organization_id, finding=row, at=at, actor_id=actor_id, state=move.state, details=told
        )
        subject = f"{row.check_name} {row.native_id}"
        audit.record(organization_id, actor_id=actor_id, action=f"finding.{move.state}", subject=subject, details=told)
        recount(organization_id)
    return get_finding(organization_id, finding_id)


def _check(organization_id: UUID, move: Move, at: datetime) -> None:
    if move.state is FindingState.DISMISSED and not move.reason.strip():
        raise Invalid("Say why it is dismissed: the next one who looks will ask.", field="reason")
    if len(move.reason) > REASON_LENGTH:
        raise Invalid(f"reason must have at most {REASON_LENGTH} characters.", field="reason")
    if move.until is not None and move.until <= at:
        raise Invalid("until must lie in the future.", field="until")
    if move.applied_at is not None and move.applied_at > at:
        raise Invalid("applied_at must not lie in the future.", field="applied_at")
    if move.owner_id is not None and all(member.user_id != move.owner_id for member in list_members(organization_id)):
        raise Invalid("owner_id must be that of a member of the organization.", field="owner_id")


def _apply(row: Finding, move: Move, at: datetime) -> Mapping[str, object]:
    row.state, row.reason = move.state, move.reason.strip()
    row.owner_id, row.due_on, row.dismissed_until = None, None, None
    row.applied_at = row.promised = row.ended_at = None
    told: dict[str, object] = {"reason": row.reason} if row.reason else {}
    if move.state is FindingState.ACCEPTED:
        row.owner_id, row.due_on = move.owner_id, move.due_on
        told |= {"owner_id": str(move.owner_id) if move.owner_id else None, "due_on": move.due_on and move.due_on.isoformat()}
    if move.state is FindingState.DISMISSED:
        row.dismissed_until = move.until
        told |= {"until": move.until and move.until.isoformat()}
    if move.state is FindingState.APPLIED:
        row.applied_at, row.promised = move.applied_at or at, row.expected
        told |= {"applied_at": row.applied_at.isoformat(), "promised": f"{row.expected:f} {row.currency}"}
    return told
