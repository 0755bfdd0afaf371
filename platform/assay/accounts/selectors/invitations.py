"""Invitations that still stand, for the organization and for the one who was invited."""

from uuid import UUID

from django.db.models import Q

from assay.accounts.domain.members import InvitationOffer, InvitationView
from assay.accounts.domain.roles import Role
from assay.accounts.domain.secrets import hash_secret
from assay.accounts.models import Invitation
from assay.accounts.selectors import organizations, users
from assay.core import tenancy
from assay.core.clock import now
from assay.core.errors import Conflict, NotFound

OPEN = Q(accepted_at=None, withdrawn_at=None)


def list_invitations(organization_id: UUID) -> list[InvitationView]:
    """Neither accepted nor withdrawn, newest first."""
    rows = Invitation.objects.filter(OPEN).select_related("team", "invited_by").order_by("-created_at", "-id")
    return [view_invitation(row) for row in rows]


def view_invitation(row: Invitation) -> InvitationView:
    return InvitationView(
        id=row.id,
        email=row.email,
        role=Role(row.role),
        team_id=row.team_id,
        team_name=row.team.name if row.team else "",
        invited_by=row.invited_by.email if row.invited_by else "",
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def get_offer(secret: str) -> InvitationOffer:
    """The invitation that a link names; needs no scope. raises: NotFound, or Conflict saying why it stands no longer."""
    token_hash = hash_secret(secret)
    with tenancy.identify(token_hash=token_hash):
        row = Invitation.unscoped.filter(token_hash=token_hash).first()
    if row is None:
        raise NotFound("There is no such invitation: check that the link is whole, or ask for a new one.")
    if row.accepted_at is not None:
        raise Conflict("This invitation was accepted already: sign in.")
    if row.withdrawn_at is not None:
        raise Conflict("This invitation was withdrawn: ask for a new one.")
    if row.expires_at <= now():
        raise Conflict(f"This invitation ended at {row.expires_at:%Y-%m-%d %H:%M} UTC: ask for a new one.")
    with tenancy.scope(row.organization_id):
        organization = organizations.get_organization(row.organization_id)
    return InvitationOffer(
        id=row.id,
        organization_id=row.organization_id,
        organization_name=organization.name,
        email=row.email,
        role=Role(row.role),
        has_account=users.find_user_by_email(row.email) is not None,
    )
