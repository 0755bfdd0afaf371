"""Portal requests run inside their organization: one transaction, one tenant."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from assay.accounts.selectors import memberships
from assay.core import tenancy

ViewFunction = Callable[..., HttpResponseBase]


class OrganizationScope:
    """Sets request.principal for signed-in members and runs their view inside the organization's scope.

    Views marked `scope_exempt` (protocols and APIs, which find their own principal) are left alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.principal = None  # type: ignore[attr-defined]  # set for views, as request.user is
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: ViewFunction, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if getattr(view, "scope_exempt", False) or not request.user.is_authenticated:
            return None
        principal = memberships.find_principal(request.user.pk, request.session.get("organization_id"))
        if principal is None:
            return None
        request.principal = principal  # type: ignore[attr-defined]  # see __call__
        with tenancy.scope(principal.organization_id):
            return view(request, *args, **kwargs)
