"""Founding organizations."""

import re
from uuid import UUID
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction

from assay.accounts.domain.organizations import MOST_SILENT_RUN_HOURS, OrganizationView
from assay.accounts.domain.roles import Role
from assay.accounts.models import Membership, Organization
from assay.accounts.services import audit
from assay.core import tenancy
from assay.core.errors import Conflict, Invalid
from assay.core.ids import new_id

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
CURRENCY = re.compile(r"[A-Z]{3}")
LONGEST_NAME = 200


def create_organization(
    name: str, *, slug: str, owner_id: UUID, currency: str = "USD", timezone: str = "UTC"
) -> OrganizationView:
    """Found an organization with its first owner; needs no scope, since the organization is its own.

    slug: lower-case letters, digits and hyphens, one of a kind in the installation. currency: ISO 4217. timezone: IANA name.
    raises: Invalid naming the field; Conflict when the slug is taken.
    """
    name = " ".join(name.split())
    _check(name, slug, currency, timezone)
    organization = Organization(id=new_id(), slug=slug, name=name, currency=currency, timezone=timezone)
    with tenancy.scope(organization.id):
        try:
            with transaction.atomic():
                organization.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict(f"There is already an organization {slug}: choose another slug.", slug=slug) from error
        Membership.objects.create(organization=organization, user_id=owner_id, role=Role.OWNER)
        audit.record(organization.id, actor_id=owner_id, action="organization.created", subject=name, details={"slug": slug})
    return OrganizationView(id=organization.id, slug=slug, name=name, currency=currency, timezone=timezone)


def change_organization(organization_id: UUID, *, name: str, timezone: str, silent_run_hours: int, actor_id: UUID) -> None:
    """Rename it, move its days and months to another zone, or say when a silent run is lost.

    Slug and currency stay, since links and money refer to them. raises: Invalid naming the field.
    """
    name = " ".join(name.split())
    if not 1 <= silent_run_hours <= MOST_SILENT_RUN_HOURS:
        raise Invalid(f"A silent run is lost after 1 to {MOST_SILENT_RUN_HOURS} hours.", field="silent_run_hours")
    with transaction.atomic():
        organization = Organization.objects.select_for_update().get(id=organization_id)
        _check(name, organization.slug, organization.currency, timezone)
        before = {field: getattr(organization, field) for field in ("name", "timezone", "silent_run_hours")}
        Organization.objects.filter(id=organization_id).update(name=name, timezone=timezone, silent_run_hours=silent_run_hours)
        details = {"before": before}
        audit.record(organization_id, actor_id=actor_id, action="organization.changed", subject=name, details=details)


def _check(name: str, slug: str, currency: str, timezone: str) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(f"An organization needs a name of 1 to {LONGEST_NAME} characters.", field="name")
    if not SLUG.fullmatch(slug):
        raise Invalid(f"{slug!r} is no slug: use up to 63 lower-case letters, digits and hyphens.", field="slug")
    if not CURRENCY.fullmatch(currency):
        raise Invalid(f"{currency!r} is no currency: use its three-letter ISO 4217 code, such as USD.", field="currency")
    if timezone not in available_timezones():
        raise Invalid(f"{timezone!r} is no time zone: use an IANA name, such as Europe/Berlin.", field="timezone")
