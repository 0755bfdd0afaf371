"""API tokens: made, shown once, revoked."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from assay.accounts.domain.tokens import TokenState, TokenView
from assay.accounts.selectors.tokens import list_visible_tokens
from assay.accounts.services.tokens import issue_own_token, revoke_visible_token
from assay.core.clock import now
from assay.portal.forms.settings import TokenForm
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.acts import apply_form, perform
from assay.portal.views.settings.sections import render_section


@page(None, methods="GET POST")
@never_cache
def show_tokens(request: MemberRequest) -> HttpResponse:
    """The list; POST makes a token and shows its secret in the answer, once."""
    made: list[str] = []
    form = TokenForm(request.POST if request.method == "POST" else None, permissions=request.principal.permissions)
    if request.method == "POST" and apply_form(form, lambda: made.append(_issue(request, form))):
        form = TokenForm(permissions=request.principal.permissions)
    tokens = _with_states(list_visible_tokens(request.principal))
    working = [pair for pair in tokens if pair[1] is TokenState.ACTIVE]
    ended_shown = "ended" in request.GET
    context = {
        "tokens": tokens if ended_shown else working,
        "ended_shown": ended_shown,
        "ended_count": len(tokens) - len(working),
        "form": form,
        "secret": made[0] if made else "",
        "public_url": settings.PUBLIC_URL,
    }
    return render_section(request, "tokens", context)


@page(None, methods="POST")
def revoke_token(request: MemberRequest, token_id: UUID) -> HttpResponse:
    perform(
        request, lambda: revoke_visible_token(request.principal, token_id), done="The token was revoked; it works no longer."
    )
    return redirect("settings_tokens")


def _issue(request: MemberRequest, form: TokenForm) -> str:
    values = form.cleaned_data
    ends = now() + values["lifetime"]
    return issue_own_token(request.principal, name=values["name"], scopes=values["scopes"], expires_at=ends)[1]


def _with_states(tokens: list[TokenView]) -> list[tuple[TokenView, TokenState]]:
    """Working ones first, each group newest first."""
    at = now()
    return sorted(((token, token.state(at)) for token in tokens), key=lambda pair: pair[1] is not TokenState.ACTIVE)
