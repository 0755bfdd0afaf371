"""API tokens for tests."""

from collections.abc import Iterable
from datetime import timedelta

from assay.accounts.domain.roles import Permission
from assay.accounts.models import Membership, Organization
from assay.accounts.services import tokens
from assay.core import tenancy
from assay.core.clock import now


def bearer(organization: Organization, scopes: Iterable[Permission] = Permission, *, email: str = "") -> dict[str, str]:
    """Headers with a new token of a member: of the one with the e-mail, else of the first."""
    with tenancy.scope(organization.id):
        members = Membership.objects.filter(user__email=email) if email else Membership.objects.all()
        member = members.order_by("created_at")[0]
        _, secret = tokens.issue_token(
            organization.id, user_id=member.user_id, name="test", scopes=scopes, expires_at=now() + timedelta(hours=1)
        )
    return {"Authorization": f"Bearer {secret}"}
