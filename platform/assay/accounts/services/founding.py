"""The first step of an installation: an organization with an owner who can sign in and call the API."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from assay.accounts.domain.organizations import OwnOrganization
from assay.accounts.domain.roles import Permission, Role
from assay.accounts.selectors import memberships, users
from assay.accounts.services import organizations, tokens
from assay.accounts.services.users import create_user
from assay.core import tenancy
from assay.core.clock import now

TOKEN_LIVES = timedelta(days=365)

KeepSecret = Callable[[str], None]


@transaction.atomic
def found_organization(
    name: str,
    *,
    slug: str,
    currency: str,
    timezone: str,
    owner_email: str,
    password: str,
    keep_password: KeepSecret,
    keep_token: KeepSecret | None,
) -> OwnOrganization:
    """Make what is missing of owner, organization and token; needs no scope.

    password: of the owner, if there is no such user yet. keep_password, keep_token: called with a new secret before the
    transaction commits, so that no secret that works is ever lost; keep_token None makes no token.
    raises: Conflict when the slug belongs to an organization that is not the owner's; Invalid naming the field.
    """
    owner_id = _find_or_make_owner(owner_email, password, keep_password)
    organization = _find_own(owner_id, slug)
    if organization is None:
        made = organizations.create_organization(name, slug=slug, owner_id=owner_id, currency=currency, timezone=timezone)
        organization = OwnOrganization(id=made.id, slug=made.slug, name=made.name, role=Role.OWNER)
    if keep_token is not None:
        keep_token(_issue_token(organization.id, owner_id))
    return organization


def _find_or_make_owner(email: str, password: str, keep_password: KeepSecret) -> UUID:
    known = users.find_user_by_email(email)
    if known is not None:
        return known.id
    user = create_user(email, password=password)
    keep_password(password)
    return user.id


def _find_own(owner_id: UUID, slug: str) -> OwnOrganization | None:
    return next((own for own in memberships.list_organizations(owner_id) if own.slug == slug), None)


def _issue_token(organization_id: UUID, owner_id: UUID) -> str:
    with tenancy.scope(organization_id):
        _, secret = tokens.issue_token(
            organization_id, user_id=owner_id, name="first start", scopes=Permission, expires_at=now() + TOKEN_LIVES
        )
    return secret
