"""Changes of memberships: role, team, leaving. There is always an owner."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Role
from assay.accounts.models import ApiToken, Membership, Team
from assay.accounts.services import audit
from assay.core.clock import now
from assay.core.errors import Conflict, Forbidden, NotFound


def change_role(principal: Principal, membership_id: UUID, *, role: Role) -> None:
    """Give a member another role. raises: Forbidden when an owner is concerned and the principal is none; Conflict for the last."""
    with transaction.atomic():
        membership, only_owner = _lock(membership_id)
        before = Role(membership.role)
        if before is role:
            return
        check_may_grant(principal, before)
        check_may_grant(principal, role)
        _check_not_only(only_owner, membership)
        membership.role = role
        membership.save(update_fields=["role"])
        _record(principal, "member.role_changed", membership, before=before, after=role)


def assign_team(principal: Principal, membership_id: UUID, *, team_id: UUID | None) -> None:
    """Put a member into a team, or into none."""
    with transaction.atomic():
        membership, _ = _lock(membership_id)
        team = get_team_row(team_id)
        membership.team = team
        membership.save(update_fields=["team"])
        _record(principal, "member.team_changed", membership, after=team.name if team else None)


def remove_member(principal: Principal, membership_id: UUID) -> None:
    """End a membership and the tokens of the member here. raises: Conflict for the last owner."""
    with transaction.atomic():
        membership, only_owner = _lock(membership_id)
        leaves = membership.user_id == principal.user_id
        if not leaves:
            check_may_grant(principal, Role(membership.role))
        _check_not_only(only_owner, membership)
        ApiToken.objects.filter(user_id=membership.user_id, revoked_at=None).update(revoked_at=now())
        _record(principal, "member.left" if leaves else "member.removed", membership, role=membership.role)
        membership.delete()


def check_may_grant(principal: Principal, role: Role) -> None:
    """Only owners make, change and remove owners. raises: Forbidden."""
    if role is Role.OWNER and principal.role is not Role.OWNER:
        raise Forbidden("Only an owner of the organization can do this to an owner: ask one of them.")


def get_team_row(team_id: UUID | None) -> Team | None:
    """The team of an id within the organization. raises: NotFound."""
    if team_id is None:
        return None
    team = Team.objects.filter(id=team_id).first()
    if team is None:
        raise NotFound("There is no such team in this organization.", team_id=str(team_id))
    return team


def _lock(membership_id: UUID) -> tuple[Membership, bool]:
    """The membership, and whether it is the only owner's; locked with all owners in id order, so that two cannot leave at once."""
    concerned = Q(id=membership_id) | Q(role=Role.OWNER)
    rows = Membership.objects.select_for_update(of=("self",)).select_related("user").filter(concerned).order_by("id")
    locked = {row.id: row for row in rows}
    if membership_id not in locked:
        raise NotFound("There is no such member in this organization.", membership_id=str(membership_id))
    owners = [row.id for row in locked.values() if row.role == Role.OWNER]
    return locked[membership_id], owners == [membership_id]


def _check_not_only(only_owner: bool, membership: Membership) -> None:
    if only_owner:
        raise Conflict("This is the only owner: make another member owner first.", membership_id=str(membership.id))


def _record(principal: Principal, action: str, membership: Membership, **details: str | None) -> None:
    audit.record(
        principal.organization_id,
        actor_id=principal.user_id,
        action=action,
        subject=membership.user.email,
        details={"membership_id": str(membership.id), **details},
    )
