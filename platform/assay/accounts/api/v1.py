"""Accounts in /api/v1."""

from django.http import HttpRequest
from ninja import Router

from assay import __version__
from assay.accounts.api.schemas import Me, OrganizationOut, UserOut
from assay.accounts.selectors import organizations, users
from assay.accounts.services.access import principal_of

router = Router(tags=["accounts"])


@router.get("me", response=Me)
def get_me(request: HttpRequest) -> Me:
    """Who is asking, for which organization, and what they may do."""
    principal = principal_of(request)
    user = users.get_user(principal.user_id)
    organization = organizations.get_organization(principal.organization_id)
    return Me(
        user=UserOut(id=user.id, email=user.email, name=user.name),
        organization=OrganizationOut.model_validate(organization, from_attributes=True),
        role=principal.role,
        permissions=sorted(principal.permissions),
        version=__version__,
    )
