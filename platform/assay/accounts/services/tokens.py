"""API tokens: issued once, shown once, revoked at once."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Permission
from assay.accounts.domain.secrets import PREFIX_LENGTH, hash_secret, make_token
from assay.accounts.models import ApiToken, Membership
from assay.accounts.services import audit
from assay.core.clock import now
from assay.core.errors import Forbidden, Invalid, NotFound

LONGEST_NAME = 200


def issue_token(
    organization_id: UUID, *, user_id: UUID, name: str, scopes: Iterable[Permission], expires_at: datetime
) -> tuple[ApiToken, str]:
    """Make a token for a member; what it may do is its scopes within the member's role.

    returns: the stored token, and the secret, which is not kept and cannot be shown again.
    raises: NotFound when the user is no member; Invalid naming the field.
    """
    name, chosen = name.strip(), sorted(_read_scopes(scopes))
    _check_new_token(name, chosen, expires_at)
    if not Membership.objects.filter(user_id=user_id).exists():
        raise NotFound("There is no such member in this organization.", user_id=str(user_id))
    secret = make_token()
    with transaction.atomic():
        token = ApiToken.objects.create(
            organization_id=organization_id,
            user_id=user_id,
            name=name,
            scopes=[scope.value for scope in chosen],
            token_hash=hash_secret(secret),
            prefix=secret[:PREFIX_LENGTH],
            expires_at=expires_at,
        )
        details = {"token_id": str(token.id), "scopes": token.scopes, "expires_at": expires_at.isoformat()}
        audit.record(organization_id, actor_id=user_id, action="token.issued", subject=name, details=details)
    return token, secret


def issue_own_token(
    principal: Principal, *, name: str, scopes: Iterable[Permission], expires_at: datetime
) -> tuple[ApiToken, str]:
    """Make a token for oneself: it can do no more, and live no longer, than the principal that asks for it."""
    chosen = _read_scopes(scopes)
    beyond = sorted(chosen - principal.permissions)
    if beyond:
        raise Forbidden(f"You do not have {', '.join(beyond)} yourself, so a token of yours cannot have it.", scopes=beyond)
    if principal.expires_at and expires_at > principal.expires_at:
        raise Forbidden("A token cannot make one that outlives it: sign in to the portal, or choose an earlier end.")
    return issue_token(principal.organization_id, user_id=principal.user_id, name=name, scopes=chosen, expires_at=expires_at)


def revoke_token(organization_id: UUID, token_id: UUID, *, actor_id: UUID | None = None) -> None:
    """End a token now; a revoked one stays so. raises: NotFound."""
    with transaction.atomic():
        token = ApiToken.objects.filter(id=token_id).first()
        if token is None:
            raise NotFound("There is no such token.", token_id=str(token_id))
        if ApiToken.objects.filter(id=token_id, revoked_at=None).update(revoked_at=now()):
            details = {"token_id": str(token_id), "user_id": str(token.user_id)}
            audit.record(organization_id, actor_id=actor_id, action="token.revoked", subject=token.name, details=details)


def revoke_visible_token(principal: Principal, token_id: UUID) -> None:
    """Revoke one's own token, or as an admin anybody's. raises: NotFound for any other."""
    mine = ApiToken.objects.filter(id=token_id, user_id=principal.user_id).exists()
    if not mine and not principal.may(Permission.MEMBERS_MANAGE):
        raise NotFound("There is no such token.", token_id=str(token_id))
    revoke_token(principal.organization_id, token_id, actor_id=principal.user_id)


def _check_new_token(name: str, scopes: list[Permission], expires_at: datetime) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(f"A token needs a name of 1 to {LONGEST_NAME} characters.", field="name")
    if not scopes:
        raise Invalid("A token needs at least one scope, or it could do nothing.", field="scopes")
    if expires_at.tzinfo is None or expires_at <= now():
        raise Invalid("A token must end in the future, at a time with its zone.", field="expires_at")


def _read_scopes(scopes: Iterable[str]) -> frozenset[Permission]:
    try:
        return frozenset(Permission(scope) for scope in scopes)
    except ValueError as error:
        raise Invalid(f"{error}; scopes are: {', '.join(Permission)}.", field="scopes") from error
