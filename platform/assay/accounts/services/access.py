"""Requests that know who asks, and the guard of API operations."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.http import HttpRequest

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Permission
from assay.core.errors import Unauthenticated

P = ParamSpec("P")
R = TypeVar("R")


class MemberRequest(HttpRequest):
    """A request whose principal is known; the operation runs inside the principal's organization."""

    principal: Principal


def require(
    permission: Permission,
) -> Callable[[Callable[Concatenate[MemberRequest, P], R]], Callable[Concatenate[HttpRequest, P], R]]:
    """Decorator of an API operation, below `@router.get(...)`: Forbidden unless the principal holds the permission."""

    def guard(operation: Callable[Concatenate[MemberRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
        @wraps(operation)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            principal_of(request).require(permission)
            return operation(cast(MemberRequest, request), *args, **kwargs)

        return guarded

    return guard


def principal_of(request: HttpRequest) -> Principal:
    """raises: Unauthenticated when nobody is signed in."""
    principal: Principal | None = getattr(request, "principal", None)
    if principal is None:
        raise Unauthenticated("Sign in, or send an API token: `Authorization: Bearer <token>`.")
    return principal
