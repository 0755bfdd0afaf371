"""Members of an organization for tests."""

from uuid import UUID

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Role
from assay.accounts.models import Membership, Organization, User
from assay.core import tenancy


def add_member(organization: Organization, email: str, role: Role = Role.ENGINEER) -> Principal:
    """A member, with an account when the address has none yet."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, "long enough pass")
    with tenancy.scope(organization.id):
        Membership.objects.create(organization=organization, user=user, role=role)
    return Principal(organization_id=organization.id, user_id=user.id, email=email, role=role)


def principal_of(organization: Organization, email: str) -> Principal:
    """The principal of a member's session."""
    with tenancy.scope(organization.id):
        membership = Membership.objects.select_related("user").get(user__email=email)
    return Principal(organization_id=organization.id, user_id=membership.user_id, email=email, role=Role(membership.role))


def membership_id(organization: Organization, email: str) -> UUID:
    with tenancy.scope(organization.id):
        return Membership.objects.get(user__email=email).id
