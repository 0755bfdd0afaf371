"""Who calls /api/v1: an API token, or the signed-in person; and the scope in which each operation runs."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from assay.accounts.domain.principals import Principal
from assay.accounts.selectors import memberships
from assay.accounts.services import admission
from assay.core import tenancy
from assay.core.errors import Forbidden, Unauthenticated

P = ParamSpec("P")
R = TypeVar("R")


class TokenOrSession(AuthBase):
    """A token in `Authorization` wins; without one the portal's session counts, with its CSRF token for writes."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    csrf = True

    def __call__(self, request: HttpRequest) -> Principal:
        authorization = request.headers.get("Authorization")
        principal = admission.authenticate(authorization) if authorization else _find_signed_in(request)
        request.principal = principal  # type: ignore[attr-defined]  # read as services.access.MemberRequest
        return principal


def in_scope(operation: Callable[Concatenate[HttpRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
    """Runs an operation in one transaction that sees the principal's organization; an exception rolls it back.

    An operation marked `enters_scope_itself` is left alone: one that receives a long body holds no transaction meanwhile.
    """
    if getattr(operation, "enters_scope_itself", False):
        return operation

    @wraps(operation)
    def scoped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
        principal: Principal | None = getattr(request, "principal", None)
        if principal is None:
            return operation(request, *args, **kwargs)
        with tenancy.scope(principal.organization_id):
            return operation(request, *args, **kwargs)

    return scoped


def _find_signed_in(request: HttpRequest) -> Principal:
    if not request.user.is_authenticated:
        raise Unauthenticated("Send an API token: `Authorization: Bearer <token>`; make one under Settings, API tokens.")
    if check_csrf(request) is not None:
        raise Forbidden("The CSRF token is missing or wrong: send it as X-CSRFToken, or use an API token.")
    principal = memberships.find_principal(request.user.pk, request.session.get("organization_id"))
    if principal is None:
        raise Forbidden("You belong to no organization: ask an owner or admin for an invitation.")
    return principal
