"""The organization itself."""

from django.http import HttpRequest
from ninja import Router

from assay.accounts.api.schemas import OrganizationChange, OrganizationOut
from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.organizations import get_organization
from assay.accounts.services.access import MemberRequest, principal_of, require
from assay.accounts.services.organizations import change_organization

router = Router()


@router.get("organization", response=OrganizationOut)
def show_organization(request: HttpRequest) -> OrganizationOut:
    """Its name, currency and settings."""
    return OrganizationOut.from_orm(get_organization(principal_of(request).organization_id))


@router.patch("organization", response=OrganizationOut)
@require(Permission.SETTINGS_MANAGE)
def patch_organization(request: MemberRequest, change: OrganizationChange) -> OrganizationOut:
    """Change what is given. The slug and the currency stay, since links and money refer to them."""
    organization_id = request.principal.organization_id
    before = get_organization(organization_id)
    change_organization(
        organization_id,
        name=before.name if change.name is None else change.name,
        timezone=change.timezone or before.timezone,
        silent_run_hours=change.silent_run_hours or before.silent_run_hours,
        actor_id=request.principal.user_id,
    )
    return OrganizationOut.from_orm(get_organization(organization_id))
