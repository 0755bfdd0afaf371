"""Which organizations a user belongs to, and who belongs to an organization."""

from uuid import UUID

from assay.accounts.domain.members import MemberView
from assay.accounts.domain.organizations import OwnOrganization
from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Role
from assay.accounts.models import Membership
from assay.core import tenancy
from assay.core.errors import NotFound


def list_principals(user_id: UUID) -> list[Principal]:
    """One principal per organization of the user, oldest membership first; used before a scope is entered."""
    with tenancy.identify(user_id=user_id):
        rows = Membership.unscoped.filter(user_id=user_id).select_related("user").order_by("created_at", "id")
        return [
            Principal(organization_id=row.organization_id, user_id=row.user_id, email=row.user.email, role=Role(row.role))
            for row in rows
        ]


def find_principal(user_id: UUID, organization_id: str | None) -> Principal | None:
    """The user in the named organization, else in the oldest of their own; None without any."""
    principals = list_principals(user_id)
    chosen = [principal for principal in principals if str(principal.organization_id) == organization_id]
    return next(iter(chosen or principals), None)


def list_organizations(user_id: UUID) -> list[OwnOrganization]:
    """The organizations that a user can switch between, by name."""
    with tenancy.identify(user_id=user_id):
        rows = Membership.unscoped.filter(user_id=user_id).select_related("organization").order_by("organization__name", "id")
        return [
            OwnOrganization(id=row.organization_id, slug=row.organization.slug, name=row.organization.name, role=Role(row.role))
            for row in rows
        ]


def list_members(organization_id: UUID) -> list[MemberView]:
    """Everybody in the organization, by name."""
    rows = Membership.objects.select_related("user", "team")
    return sorted((_view(row) for row in rows), key=lambda member: (member.name.casefold(), member.email))


def get_member(organization_id: UUID, membership_id: UUID) -> MemberView:
    row = Membership.objects.filter(id=membership_id).select_related("user", "team").first()
    if row is None:
        raise NotFound("There is no such member in this organization.", membership_id=str(membership_id))
    return _view(row)


def _view(row: Membership) -> MemberView:
    return MemberView(
        id=row.id,
        user_id=row.user_id,
        email=row.user.email,
        name=row.user.name,
        role=Role(row.role),
        team_id=row.team_id,
        team_name=row.team.name if row.team else "",
        joined_at=row.created_at,
        last_login_at=row.user.last_login,
    )
