"""Members and invitations."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from assay.accounts.api.schemas import InvitationIn, InvitationOut, Invitations, MemberChange, MemberOut, Members
from assay.accounts.domain.roles import Permission
from assay.accounts.selectors import invitations as offers
from assay.accounts.selectors import memberships
from assay.accounts.services import invitations, members
from assay.accounts.services.access import MemberRequest, principal_of, require

router = Router()


@router.get("members", response=Members)
def list_members(request: HttpRequest) -> Members:
    """Everybody in the organization, by name."""
    found = memberships.list_members(principal_of(request).organization_id)
    return Members(items=[MemberOut.from_orm(member) for member in found])


@router.patch("members/{membership_id}", response=MemberOut)
@require(Permission.MEMBERS_MANAGE)
def change_member(request: MemberRequest, membership_id: UUID, change: MemberChange) -> MemberOut:
    """Give a member another role or team."""
    if change.role is not None:
        members.change_role(request.principal, membership_id, role=change.role)
    if "team_id" in change.model_fields_set:
        members.assign_team(request.principal, membership_id, team_id=change.team_id)
    return MemberOut.from_orm(memberships.get_member(request.principal.organization_id, membership_id))


@router.delete("members/{membership_id}", response={204: None})
@require(Permission.MEMBERS_MANAGE)
def remove_member(request: MemberRequest, membership_id: UUID) -> Status[None]:
    """End a membership, and the member's tokens here."""
    members.remove_member(request.principal, membership_id)
    return Status(204, None)


@router.get("invitations", response=Invitations)
@require(Permission.MEMBERS_MANAGE)
def list_invitations(request: MemberRequest) -> Invitations:
    """Offers that were neither accepted nor withdrawn, newest first."""
    found = offers.list_invitations(request.principal.organization_id)
    return Invitations(items=[InvitationOut.from_orm(invitation) for invitation in found])


@router.post("invitations", response={201: InvitationOut})
@require(Permission.MEMBERS_MANAGE)
def invite_member(request: MemberRequest, invitation: InvitationIn) -> Status[InvitationOut]:
    """Send an invitation by mail; an earlier one to the same address stands no longer."""
    made = invitations.invite_member(
        request.principal, email=invitation.email, role=invitation.role, team_id=invitation.team_id
    )
    return Status(201, InvitationOut.from_orm(offers.view_invitation(made)))


@router.delete("invitations/{invitation_id}", response={204: None})
@require(Permission.MEMBERS_MANAGE)
def withdraw_invitation(request: MemberRequest, invitation_id: UUID) -> Status[None]:
    """Its link works no longer."""
    invitations.withdraw_invitation(request.principal, invitation_id)
    return Status(204, None)
