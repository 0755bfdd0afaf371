"""Portal requests run inside their organization: one transaction, one tenant."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from assay.accounts.domain.principals import Principal
from assay.accounts.selectors import memberships
from assay.core import tenancy
from assay.core.http import answer_exception


class ScopedRequest(HttpRequest):
    """principal: None for strangers and people without an organization. scope: closes the transaction of the view."""

    principal: Principal | None
    scope: ExitStack


class OrganizationScope:
    """Sets request.principal for signed-in members and runs their view, rendering included, in the organization's scope.

    Views marked `scope_exempt` (protocols and APIs, which find their own principal) are left alone. This must be the last
    middleware: its process_exception comes first then, so that what failed is rolled back before anybody renders an answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ScopedRequest) -> HttpResponse:
        request.principal = None
        try:
            with ExitStack() as request.scope:
                response = self.get_response(request)
        except Exception as exception:
            return answer_exception(request, exception)
        return response

    def process_view(
        self, request: ScopedRequest, view: Callable[..., HttpResponseBase], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        if getattr(view, "scope_exempt", False) or not request.user.is_authenticated:
            return
        request.principal = memberships.find_principal(request.user.pk, request.session.get("organization_id"))
        if request.principal is not None:
            request.scope.enter_context(tenancy.scope(request.principal.organization_id))

    def process_exception(self, request: ScopedRequest, exception: Exception) -> None:
        request.scope.__exit__(type(exception), exception, exception.__traceback__)
