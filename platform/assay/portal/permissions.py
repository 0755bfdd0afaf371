"""Who may open a page: a decorator that every view of the portal carries."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.memberships import find_principal
from assay.core.http import scope_exempt

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request of a signed-in member, inside the organization's scope."""

    principal: Principal
    htmx: HtmxDetails


View = Callable[Concatenate[MemberRequest, P], HttpResponseBase]
OpenView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def page(permission: Permission | None = Permission.TRACKING_READ, *, methods: str = "GET") -> Callable[[View[P]], OpenView[P]]:
    """Signed in, member of an organization, holds the permission (None: every member); else sign-in, or a clear refusal.

    methods: space-separated.
    """

    def guard(view: View[P]) -> OpenView[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _ask_to_sign_in(request)
            principal = getattr(request, "principal", None)
            if principal is None:
                return render(request, "no_organization.html", status=403)
            if permission is not None:
                principal.require(permission)
            return view(cast(MemberRequest, request), *args, **kwargs)

        return require_http_methods(methods.split())(guarded)

    return guard


def page_without_scope(permission: Permission, *, methods: str) -> Callable[[View[P]], OpenView[P]]:
    """As `page`, for a view that waits for another server: it enters the organization's scope itself, and holds none meanwhile."""

    def guard(view: View[P]) -> OpenView[P]:
        guarded = page(permission, methods=methods)(view)

        @wraps(view)
        def found(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.user.is_authenticated:
                principal = find_principal(request.user.pk, request.session.get("organization_id"))
                request.principal = principal  # type: ignore[attr-defined]  # as accounts.middleware does for other pages
            return guarded(request, *args, **kwargs)

        return scope_exempt(found)

    return guard


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(reverse("account_login"))
    return redirect_to_login(request.get_full_path())
