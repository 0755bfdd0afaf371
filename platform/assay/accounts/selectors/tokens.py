"""API tokens of the organization in scope."""

from uuid import UUID

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Permission
from assay.accounts.domain.tokens import TokenView
from assay.accounts.models import ApiToken


def list_tokens(organization_id: UUID, *, user_id: UUID | None = None) -> list[TokenView]:
    """Of one user, or of all; newest first, ended ones included."""
    rows = ApiToken.objects.select_related("user").order_by("-created_at", "-id")
    if user_id is not None:
        rows = rows.filter(user_id=user_id)
    return [view_token(row) for row in rows]


def list_visible_tokens(principal: Principal) -> list[TokenView]:
    """All for those who manage members, one's own for everybody else."""
    everything = principal.may(Permission.MEMBERS_MANAGE)
    return list_tokens(principal.organization_id, user_id=None if everything else principal.user_id)


def view_token(row: ApiToken) -> TokenView:
    return TokenView(
        id=row.id,
        user_id=row.user_id,
        user_email=row.user.email,
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(Permission(scope) for scope in row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
