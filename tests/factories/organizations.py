"""Organizations for tests, each with its own owner."""

from assay.accounts.models import Membership, Organization, User
from assay.core import tenancy
from assay.core.ids import new_id


def found_organization(slug: str = "", *, owner_email: str = "", currency: str = "USD", timezone: str = "UTC") -> Organization:
    """A stored organization; with owner_email also its owner."""
    identity = new_id()
    name = slug or f"org-{identity.hex[-12:]}"
    organization = Organization(id=identity, slug=name, name=name.capitalize(), currency=currency, timezone=timezone)
    with tenancy.scope(organization.id):
        organization.save(force_insert=True)
        if owner_email:
            user = User.objects.filter(email=owner_email).first() or User.objects.create_user(owner_email, "long enough pass")
            Membership.objects.create(organization=organization, user=user, role="owner")
    return organization
