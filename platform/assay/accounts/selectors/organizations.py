"""The organization in scope."""

from uuid import UUID

from assay.accounts.domain.organizations import OrganizationView
from assay.accounts.models import Organization
from assay.core.errors import NotFound


def get_organization(organization_id: UUID) -> OrganizationView:
    row = Organization.objects.filter(id=organization_id).first()
    if row is None:
        raise NotFound("There is no such organization.", organization_id=str(organization_id))
    return OrganizationView(
        id=row.id,
        slug=row.slug,
        name=row.name,
        currency=row.currency,
        timezone=row.timezone,
        silent_run_hours=row.silent_run_hours,
    )
