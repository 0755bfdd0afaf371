"""Every exception as the protocol says it: `{"error_code", "message"}` and the status that belongs to the code."""

import json
from collections.abc import Callable, Iterable

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import UnreadablePostError

from assay.core.errors import (
    AssayError,
    Conflict,
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from assay.core.http import note_incident
from assay.tracking.domain.errors import (
    ExperimentNameTaken,
    ExperimentNameUnknown,
    ExperimentNotFound,
    LoggedModelNotFound,
    NotActive,
    ParamsFixed,
    PathRefused,
    RunNotFound,
    SearchNotOffered,
    TagNotFound,
    TraceNotFound,
)

STATUS = {
    "INVALID_PARAMETER_VALUE": 400,
    "RESOURCE_ALREADY_EXISTS": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "RESOURCE_DOES_NOT_EXIST": 404,
    "ENDPOINT_NOT_FOUND": 404,
    "RESOURCE_CONFLICT": 409,
    "REQUEST_LIMIT_EXCEEDED": 429,
    "INTERNAL_ERROR": 500,
    "NOT_IMPLEMENTED": 501,
    "TEMPORARILY_UNAVAILABLE": 503,
}

# The first class that fits decides, so the narrower stand first.
_CODES: tuple[tuple[type[AssayError], str], ...] = (
    (ExperimentNameTaken, "RESOURCE_ALREADY_EXISTS"),
    (ParamsFixed, "INVALID_PARAMETER_VALUE"),
    (NotActive, "INVALID_PARAMETER_VALUE"),
    (SearchNotOffered, "NOT_IMPLEMENTED"),
    (Invalid, "INVALID_PARAMETER_VALUE"),
    (Unauthenticated, "UNAUTHENTICATED"),
    (Forbidden, "PERMISSION_DENIED"),
    (NotFound, "RESOURCE_DOES_NOT_EXIST"),
    (Conflict, "RESOURCE_CONFLICT"),
    (LimitReached, "REQUEST_LIMIT_EXCEEDED"),
    (Unavailable, "TEMPORARILY_UNAVAILABLE"),
)

# Clients and their users match on these sentences, so they are the protocol's own; all others are ours.
_SENTENCES: tuple[tuple[type[AssayError], str], ...] = (
    (RunNotFound, "Run with id={run_id} not found"),
    (LoggedModelNotFound, "Logged model with ID '{model_id}' not found."),
    (TraceNotFound, "Trace with ID {trace_id} is not found."),
    (ExperimentNameUnknown, "Could not find experiment with name '{name}'"),
    (ExperimentNotFound, "No Experiment with id={experiment} exists"),
    (ExperimentNameTaken, "Experiment(name={name}) already exists."),
    (TagNotFound, "No tag with name: {key} in {kind} with id {shown_id}"),
    (NotActive, "The {kind} {shown_id} must be in the '{required}' state. Current state is {stage}."),
    (PathRefused, "Invalid path"),
)

_spoken_codes: list[tuple[type[AssayError], str]] = []
_spoken_sentences: list[tuple[type[AssayError], str]] = []


def speak(
    *, codes: Iterable[tuple[type[AssayError], str]] = (), sentences: Iterable[tuple[type[AssayError], str]] = ()
) -> None:
    """Say how errors of an app above are spoken, at its import: they come before those known here."""
    _spoken_codes.extend(codes)
    _spoken_sentences.extend(sentences)


def answer(code: str, message: str, *, status: int | None = None) -> HttpResponse:
    """status: None for the one that belongs to the code."""
    body = json.dumps({"error_code": code, "message": message})
    return HttpResponse(body, status=status or STATUS[code], content_type="application/json")


def guard(request: HttpRequest, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run one call; whatever it raises is answered in the protocol's shape."""
    try:
        return act()
    except AssayError as error:
        return answer_known(request, error)
    except RequestDataTooBig:
        return answer("INVALID_PARAMETER_VALUE", "The request body is larger than this server takes: send smaller batches.")
    except UnreadablePostError:
        return answer("INVALID_PARAMETER_VALUE", "The request ended before its body did; nothing of it was stored.")
    except OperationalError as error:
        note_incident(request, error)
        return answer_known(request, Unavailable("The database does not answer now: try again in a few seconds."))
    except Exception as error:  # the edge of the protocol: clients must get its shape also for what nobody foresaw
        return _answer_unexpected(request, error)


def answer_known(request: HttpRequest, error: AssayError) -> HttpResponse:
    code = next((code for kind, code in (*_spoken_codes, *_CODES) if isinstance(error, kind)), None)
    if code is None:
        return _answer_unexpected(request, error)
    response = answer(code, _say(error))
    if isinstance(error, Unavailable):
        response["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, Unauthenticated):
        response["WWW-Authenticate"] = 'Bearer realm="Assay", Basic realm="Assay"'
    return response


def unknown_endpoint(request: HttpRequest) -> HttpResponse:
    return answer("ENDPOINT_NOT_FOUND", f"There is no {request.method} {request.path} here.")


def not_offered(request: HttpRequest, **parts: str) -> HttpResponse:
    """What belongs to applications of language models beyond their traces."""
    return answer("NOT_IMPLEMENTED", f"{request.method} {request.path} is not offered by Assay.")


def refuse_method(request: HttpRequest, allowed: Iterable[str]) -> HttpResponse:
    """The path is known, the method is not."""
    methods = ", ".join(sorted(allowed))
    response = answer("ENDPOINT_NOT_FOUND", f"{request.path} takes {methods}, not {request.method}.", status=405)
    response["Allow"] = methods
    return response


def missing(field: str) -> Invalid:
    return Invalid(
        f"Missing value for required parameter '{field}'. See the API docs for more information about request parameters.",
        field=field,
    )


def unfit(field: str, value: object) -> Invalid:
    shown = json.dumps(value)
    shown = shown if len(shown) <= 500 else f"{shown[:500]}…"
    return Invalid(
        f"Invalid value {shown} for parameter '{field}' supplied:  Hint: Value was of type '{type(value).__name__}'. "
        "See the API docs for more information about request parameters.",
        field=field,
    )


def _answer_unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    incident = note_incident(request, error)
    return answer(
        "INTERNAL_ERROR",
        f"Something went wrong on our side, and nothing was half saved. Tell your administrator: incident {incident}.",
    )


def _say(error: AssayError) -> str:
    if isinstance(error, ParamsFixed):
        return _say_fixed(error)
    sentences = (*_spoken_sentences, *_SENTENCES)
    sentence = next((sentence for kind, sentence in sentences if isinstance(error, kind)), None)
    return error.message if sentence is None else sentence.format(**error.details)


def _say_fixed(error: ParamsFixed) -> str:
    conflicts, run_id = error.conflicts, error.details["run_id"]
    if len(conflicts) > 1:
        return f"Changing param values is not allowed. Params were already logged='{conflicts}' for run ID='{run_id}'."
    only = conflicts[0]
    return (
        f"Changing param values is not allowed. Param with key='{only['key']}' was already logged with "
        f"value='{only['old_value']}' for run ID='{run_id}'. Attempted logging new value '{only['new_value']}'."
    )
