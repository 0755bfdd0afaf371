"""The one shape of errors of /api/v1: `{"error": {"code", "message", "details"}}`."""

from http import HTTPStatus

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from assay.core.errors import AssayError, Invalid, NotFound, Unauthenticated, Unavailable
from assay.core.http import note_incident

CODES = {
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    429: "limit_reached",
}


def install_errors(api: NinjaAPI) -> None:
    """Answer every exception of an operation in the one shape."""
    api.add_exception_handler(AssayError, answer_known)
    api.add_exception_handler(ValidationError, answer_invalid)
    api.add_exception_handler(HttpError, answer_http)
    api.add_exception_handler(Http404, answer_missing)
    api.add_exception_handler(OperationalError, answer_unavailable)
    api.add_exception_handler(Exception, answer_unexpected)


def answer(status: int, code: str, message: str, details: dict[str, object] | None = None) -> HttpResponse:
    return JsonResponse({"error": {"code": code, "message": message, "details": details or {}}}, status=status)


def answer_known(request: HttpRequest, error: AssayError | type[AssayError]) -> HttpResponse:
    if not isinstance(error, AssayError) or (error.status >= 500 and not isinstance(error, Unavailable)):
        return answer_unexpected(request, error)
    response = answer(error.status, error.code, error.message, error.details)
    if isinstance(error, Unavailable):
        response["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, Unauthenticated):
        response["WWW-Authenticate"] = "Bearer"
    return response


def answer_invalid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    problems = [{"field": _field(problem["loc"]), "problem": problem["msg"]} for problem in getattr(error, "errors", [])]
    message = "; ".join(f"{problem['field']}: {problem['problem']}" for problem in problems)
    field = problems[0]["field"] if problems else ""
    return answer(Invalid.status, Invalid.code, f"{message}.", {"field": field, "problems": problems})


def answer_http(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    status = getattr(error, "status_code", 500)
    return answer(status, CODES.get(status, "error"), str(error))


def answer_missing(request: HttpRequest, error: Http404 | type[Http404]) -> HttpResponse:
    return answer(NotFound.status, NotFound.code, f"There is no {request.path}; the routes are listed at /api/v1/docs.")


def answer_method(request: HttpRequest, allowed: str) -> HttpResponse:
    response = answer(
        HTTPStatus.METHOD_NOT_ALLOWED, CODES[405], f"{request.path} does not take {request.method}, but {allowed}."
    )
    response["Allow"] = allowed
    return response


def answer_unavailable(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    note_incident(request, error)
    return answer_known(request, Unavailable("The database does not answer now: try again in a few seconds."))


def answer_unexpected(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    incident = note_incident(request, error)
    message = f"Something went wrong on our side, and nothing was half saved. Tell your administrator: incident {incident}."
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", message, {"incident": incident})


def _field(location: tuple[str | int, ...]) -> str:
    """`("body", "payload", "name")` → `name`: the source and the operation's own argument mean nothing to a caller."""
    parts = location[2:] if location[0] in {"body", "form"} and len(location) > 2 else location[1:]
    return ".".join(str(part) for part in parts) or str(location[0])
