"""Errors as pages: one clear sentence, and an id that is in the log."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assay.core.errors import AssayError
from assay.core.ids import new_id

log = structlog.get_logger(__name__)


class ErrorPages:
    """Middleware that turns AssayError into its page; other exceptions become the 500 page with an id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, AssayError):
            return render_error(request, exception.status, exception.message)
        incident = new_id()
        log.error("request_failed", incident=str(incident), path=request.path, exc_info=exception)
        return render_error(
            request, 500, "Something went wrong on our side. Nothing you entered was half saved.", incident=str(incident)
        )


def render_error(request: HttpRequest, status: int, message: str, *, incident: str = "") -> HttpResponse:
    """The error page of the portal."""
    context = {"status": status, "message": message, "incident": incident}
    return render(request, "error.html", context, status=status)
