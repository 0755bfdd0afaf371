"""Which organizations a user belongs to, and as what."""

from uuid import UUID

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Role
from assay.accounts.models import Membership
from assay.core import tenancy


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
