"""Errors as pages: one clear sentence, and an id that is in the log."""

from collections.abc import Callable
from typing import TypeVar

import structlog
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

from assay.core.errors import AssayError, Unavailable
from assay.core.ids import new_id

log = structlog.get_logger(__name__)
V = TypeVar("V", bound=Callable[..., object])

NO_PAGE = "There is no such page, or it belongs to another organization."
NOT_ALLOWED = "You may not do this; ask an owner or admin of your organization."
UNREADABLE = "The request could not be read: go back, reload the page and try again."
BROKEN = "Something went wrong on our side. Nothing you entered was half saved."


class ErrorPages:
    """Middleware that turns the exceptions of views into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        return answer_exception(request, exception)


def scope_exempt(view: V) -> V:
    """Marks a view that finds its own principal and enters its own scope: protocols, APIs, public pages."""
    view.scope_exempt = True  # type: ignore[attr-defined]  # read by accounts.middleware
    return view


def answer_exception(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of an exception; what nobody foresaw is logged and shown as an incident."""
    if isinstance(exception, Unavailable):
        response = render_error(request, exception.status, exception.message)
        response["Retry-After"] = str(exception.retry_after_seconds)
        return response
    if isinstance(exception, AssayError) and exception.status < 500:
        return render_error(request, exception.status, exception.message)
    if isinstance(exception, Http404):
        return render_error(request, 404, NO_PAGE)
    if isinstance(exception, PermissionDenied):
        return render_error(request, 403, NOT_ALLOWED)
    if isinstance(exception, SuspiciousOperation | BadRequest | MultiPartParserError):
        log.warning("request_refused", path=request.path, reason=str(exception))
        return render_error(request, 400, UNREADABLE)
    return render_error(request, 500, BROKEN, incident=note_incident(request, exception))


def note_incident(request: HttpRequest, error: Exception | type[Exception]) -> str:
    """Log an error that nobody foresaw. returns: the id under which it stands in the log."""
    incident = str(new_id())
    log.error("request_failed", incident=incident, method=request.method, path=request.path, exc_info=error)
    return incident


def render_error(request: HttpRequest, status: int, message: str, *, incident: str = "") -> HttpResponse:
    """The error page of the portal."""
    context = {"status": status, "message": message, "incident": incident}
    return render(request, "error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: errors before any view is reached."""
    return render_error(request, 400, UNREADABLE)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return render_error(request, 403, NOT_ALLOWED)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: no address matches."""
    return render_error(request, 404, NO_PAGE)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The handler429 of sign-in and password reset."""
    return render_error(request, 429, "Too many attempts: wait a few minutes and try again.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: an error outside views, or while a page of error was made; so it needs neither template nor database."""
    return HttpResponse(f"<!doctype html><title>500</title><p>{BROKEN}</p><p><a href='/'>Start again</a></p>", status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    return render_error(
        request, 403, "This form is too old or came from elsewhere: go back, reload the page and send it again."
    )
