"""API tokens: one's own; all of the organization for those who manage members."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from assay.accounts.api.schemas import NewToken, TokenIn, TokenOut, Tokens
from assay.accounts.selectors import tokens as selectors
from assay.accounts.services import tokens
from assay.accounts.services.access import principal_of

router = Router()


@router.get("tokens", response=Tokens)
def list_tokens(request: HttpRequest) -> Tokens:
    """Newest first, ended ones included; never a secret."""
    found = selectors.list_visible_tokens(principal_of(request))
    return Tokens(items=[TokenOut.from_orm(token) for token in found])


@router.post("tokens", response={201: NewToken})
def issue_token(request: HttpRequest, token: TokenIn) -> Status[NewToken]:
    """Make a token for oneself; its secret is in this answer and nowhere else."""
    made, secret = tokens.issue_own_token(
        principal_of(request), name=token.name, scopes=token.scopes, expires_at=token.expires_at
    )
    shown = TokenOut.from_orm(selectors.view_token(made))
    return Status(201, NewToken(**shown.model_dump(), token=secret))


@router.delete("tokens/{token_id}", response={204: None})
def revoke_token(request: HttpRequest, token_id: UUID) -> Status[None]:
    """It is refused from the next call on."""
    tokens.revoke_visible_token(principal_of(request), token_id)
    return Status(204, None)
