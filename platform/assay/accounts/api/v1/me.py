"""Who is asking."""

from django.http import HttpRequest
from ninja import Router

from assay import __version__
from assay.accounts.api.schemas import Me, OrganizationOut, UserOut
from assay.accounts.selectors import organizations, users
from assay.accounts.services.access import principal_of

router = Router()


@router.get("me", response=Me)
def get_me(request: HttpRequest) -> Me:
    """Who is asking, for which organization, and what they may do."""
    principal = principal_of(request)
    return Me(
        user=UserOut.from_orm(users.get_user(principal.user_id)),
        organization=OrganizationOut.from_orm(organizations.get_organization(principal.organization_id)),
        role=principal.role,
        permissions=sorted(principal.permissions),
        version=__version__,
    )
