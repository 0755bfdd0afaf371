"""One call of the protocol: who asks, what for, in one transaction. What was answered is committed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Permission
from assay.accounts.services import admission
from assay.core.errors import AssayError
from assay.core.http import scope_exempt
from assay.tracking.api.mlflow.confinement import confine
from assay.tracking.api.mlflow.errors import guard, refuse_method
from assay.tracking.api.mlflow.parse import parse_request
from assay.tracking.api.mlflow.workspace_names import find_named_team, names_team

NO_CONTENT = 204
Wire = Mapping[str, object]
View = Callable[..., HttpResponseBase]
AtOnce = Callable[[str, Any], Wire | None]


@dataclass(frozen=True, slots=True)
class Call:
    """team_id: whose experiments alone are asked for; None for all that the member may see."""

    principal: Principal
    team_id: UUID | None = None

    @property
    def organization_id(self) -> UUID:
        return self.principal.organization_id


@dataclass(frozen=True, slots=True)
class Endpoint:
    """handle(call, body, **parts of the path) answers what goes out as JSON.

    at_once(authorization, body): the same as one statement, for calls that come by the thousand. Whatever it cannot do, or refuses,
    is None and goes through handle.
    """

    handle: Callable[..., Wire]
    body: type[msgspec.Struct]
    permission: Permission
    status: int = 200
    at_once: AtOnce | None = None


def reads(body: type[msgspec.Struct]) -> Callable[[Callable[..., Wire]], Endpoint]:
    return lambda handle: Endpoint(handle, body, Permission.TRACKING_READ)


def writes(body: type[msgspec.Struct], *, at_once: AtOnce | None = None) -> Callable[[Callable[..., Wire]], Endpoint]:
    return lambda handle: Endpoint(handle, body, Permission.TRACKING_WRITE, at_once=at_once)


def serve(**by_method: Endpoint) -> View:
    """The view of one path: an endpoint per method."""

    def act(request: HttpRequest, path: Mapping[str, Any]) -> HttpResponseBase:
        endpoint = by_method.get("GET" if request.method == "HEAD" else request.method or "")
        return refuse_method(request, by_method) if endpoint is None else _call(request, endpoint, path)

    return open_view(lambda request, **path: guard(request, lambda: act(request, path)))


def open_view(view: View) -> View:
    """Neither sessions nor their CSRF tokens mean anything here."""
    return scope_exempt(csrf_exempt(view))


def admit(request: HttpRequest, permission: Permission) -> Principal:
    """raises: Unauthenticated, Forbidden."""
    principal = admission.authenticate(request.headers.get("Authorization", ""))
    principal.require(permission)
    return principal


def _call(request: HttpRequest, endpoint: Endpoint, path: Mapping[str, Any]) -> HttpResponse:
    wire = _try_at_once(request, endpoint.at_once, endpoint.body) if endpoint.at_once else None
    if wire is not None:
        return _answer(wire, endpoint)
    with admission.admitted(request.headers.get("Authorization", "")) as principal:
        principal.require(endpoint.permission)
        body = parse_request(request, endpoint.body)
        call = Call(principal, find_named_team(request, principal.organization_id))
        if call.team_id is not None:
            confine(principal.organization_id, call.team_id, body, path)
        wire = endpoint.handle(call, body, **path)
    return _answer(wire, endpoint)


def _answer(wire: Wire, endpoint: Endpoint) -> HttpResponse:
    content = b"" if endpoint.status == NO_CONTENT else msgspec.json.encode(wire)
    return HttpResponse(content, status=endpoint.status, content_type="application/json")


def _try_at_once(request: HttpRequest, act: AtOnce, body: type[msgspec.Struct]) -> Wire | None:
    if names_team(request):
        return None
    try:
        return act(request.headers.get("Authorization", ""), parse_request(request, body))
    except AssayError:  # raised again by the call as a whole, after what comes before it there
        return None
