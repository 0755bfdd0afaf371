"""The web server's entry point: pages with all their middleware, calls of programs without what only browsers need."""

import os
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest
from django.middleware.security import SecurityMiddleware
from django.urls import ResolverMatch, get_resolver

from assay.core.supervision import tether

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")

PROTOCOLS = ("/api/2.0/", "/api/3.0/", "/ajax-api/")
"""Below these, views find their own principal and answer their own errors: sessions, CSRF tokens and pages mean nothing there."""


class ProtocolHandler(WSGIHandler):
    def load_middleware(self, is_async: bool = False) -> None:
        answer = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]  # Django's stubs leave it out
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(SecurityMiddleware(answer))

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        request.resolver_match = _resolve(request.path_info)
        return request.resolver_match


@lru_cache(maxsize=1_024)
def _resolve(path: str) -> ResolverMatch:
    """Clients call a few paths all the time, and looking one up among all takes longer than some calls. raises: Resolver404."""
    return get_resolver().resolve(path)


tether.follow_parent()  # a web process whose server was killed would go on listening
pages = get_wsgi_application()
protocols = ProtocolHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler = protocols if environ.get("PATH_INFO", "").startswith(PROTOCOLS) else pages
    return handler(environ, start_response)
