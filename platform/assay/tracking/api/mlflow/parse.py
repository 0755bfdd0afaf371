"""Requests into bodies, and the protocol's texts into values."""

import json
import re
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TypeVar, get_origin
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpRequest

from assay.core.errors import Invalid
from assay.tracking.api.mlflow.bodies import Metric, OneRun, Pair
from assay.tracking.api.mlflow.errors import missing, unfit
from assay.tracking.api.mlflow.spellings import normalize, other_spellings
from assay.tracking.domain.errors import LoggedModelNotFound, RunNotFound
from assay.tracking.domain.states import Visibility
from assay.tracking.domain.values import MetricPoint

B = TypeVar("B", bound=msgspec.Struct)
C = TypeVar("C", bound=str)
T = TypeVar("T")

VIEW_TYPES = dict(enumerate((Visibility.ACTIVE_ONLY, Visibility.DELETED_ONLY, Visibility.ALL), start=1))

_RUN_ID = re.compile(r"[0-9a-f]{32}")
_MODEL_ID = re.compile(r"m-([0-9a-f]{32})")
_PLACE = re.compile(r" - at `\$\.?(.*)`$")
_STEP = re.compile(r"(\w+)|\[(\d+)\]")


def parse_request(request: HttpRequest, body: type[B]) -> B:
    """GET from the query, everything else from a JSON body, gzipped or not. raises: Invalid naming the field."""
    if request.method in ("GET", "HEAD"):
        query = request.GET
        lists = _list_fields(body)
        return _convert({name: query.getlist(name) if name in lists else query[name] for name in query}, body)
    if request.method in ("POST", "PUT"):
        _check_content_type(request.content_type)
    return parse_body(read_content(request) or b"{}", body)


def read_content(request: HttpRequest) -> bytes:
    """The body, unzipped. raises: Invalid."""
    zipped = request.headers.get("Content-Encoding", "").lower() == "gzip"
    return _unzip(request.body) if zipped else request.body


def parse_body(content: bytes, body: type[B]) -> B:
    """What a JSON text says, in either spelling of the names; null is as left out. raises: Invalid naming the field."""
    try:
        if content.lstrip()[:1] == b'"':  # old clients encode twice
            content = msgspec.json.decode(content, type=str).encode()
        if not any(name in content for name in other_spellings(body)):
            return msgspec.json.decode(content, type=body, strict=False)
        return _convert(normalize(_read_json(content), body), body)
    except (msgspec.DecodeError, UnicodeError):
        return _convert(normalize(_read_json(content), body), body)
    except RecursionError as error:
        raise _too_deep() from error


def require(value: T | None, field: str) -> T:
    """What must be there and not be empty. raises: Invalid."""
    if value is None or value == "":
        raise missing(field)
    return value


def run_id_of(body: OneRun) -> UUID:
    return parse_run_id(require(body.run_id or body.run_uuid, "run_id"))


def parse_run_id(text: str) -> UUID:
    """raises: RunNotFound for what cannot be one of ours."""
    if not _RUN_ID.fullmatch(text):
        raise RunNotFound(text)
    return UUID(text)


def parse_model_id(text: str) -> UUID:
    """raises: LoggedModelNotFound for what cannot be one of ours."""
    found = _MODEL_ID.fullmatch(text)
    if found is None:
        raise LoggedModelNotFound(text)
    return UUID(found[1])


def pairs_of(pairs: Sequence[Pair], field: str) -> dict[str, str]:
    """Keys must be there; a value left out is the empty text; of several under one key the last counts."""
    return {require(pair.key, f"{field}[{position}].key"): pair.value or "" for position, pair in enumerate(pairs)}


def params_of(pairs: Sequence[Pair]) -> dict[str, str]:
    """As pairs_of, but no key may stand twice. raises: Invalid."""
    times = Counter(pair.key for pair in pairs)
    twice = sorted(key for key, count in times.items() if key and count > 1)
    if twice:
        raise Invalid(
            f"Duplicate parameter keys have been submitted: {twice}. Please ensure the request contains only one param value "
            "per param key."
        )
    return pairs_of(pairs, "params")


def points_of(metrics: Sequence[Metric]) -> list[MetricPoint]:
    points = [
        MetricPoint(metric.key, metric.value, metric.step or 0, metric.timestamp)
        for metric in metrics
        if metric.key and metric.value is not None and metric.timestamp is not None
    ]
    if len(points) < len(metrics):
        for position, metric in enumerate(metrics):
            for name in ("key", "value", "timestamp"):
                require(getattr(metric, name), f"metrics[{position}].{name}")
    return points


def limit_of(max_results: int | None, *, default: int, highest: int) -> int:
    """raises: Invalid outside 1..highest."""
    if max_results is None:
        return default
    if not 1 <= max_results <= highest:
        raise Invalid(
            f"Invalid value {max_results} for parameter 'max_results' supplied. It must be at least 1 and at most {highest}.",
            field="max_results",
        )
    return max_results


def visibility_of(view_type: str | int | None, field: str) -> Visibility:
    return choice_of(view_type, VIEW_TYPES, field) or Visibility.ACTIVE_ONLY


def choice_of(value: str | int | None, choices: Mapping[int, C], field: str) -> C | None:
    """A word of an enumeration, or its number in the protocol. returns: None for none. raises: Invalid."""
    if value is None or value == "":
        return None
    number = int(value) if isinstance(value, int) or (value.isdecimal() and len(value) < 4) else None
    for place, choice in choices.items():
        if number == place or value == choice:
            return choice
    raise unfit(field, value)


@cache
def _list_fields(body: type[msgspec.Struct]) -> frozenset[str]:
    return frozenset(field.name for field in msgspec.structs.fields(body) if get_origin(field.type) is list)


def _check_content_type(content_type: str | None) -> None:
    if not content_type:
        raise Invalid("Bad Request. Content-Type header is missing.")
    if content_type != "application/json":
        raise Invalid("Bad Request. Content-Type must be one of ['application/json'].")


def _read_json(content: bytes) -> object:
    """Also the words NaN and Infinity, which some languages write bare. Nothing at all is an empty body, and so is null."""
    try:
        values: object = json.loads(content)
        json.dumps(values, ensure_ascii=False).encode()  # halves of surrogate pairs are no text
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:  # JSON that is none, bytes that are no text, numbers of thousands of digits
        raise Invalid(f"The request body is not JSON: {error}.") from error
    return {} if values is None else values


def _too_deep() -> Invalid:
    return Invalid("The request body is nested deeper than this server reads.")


def _convert(values: object, body: type[B]) -> B:
    try:
        return _fit(values, body)
    except RecursionError as error:
        raise _too_deep() from error


def _fit(values: object, body: type[B]) -> B:
    try:
        return msgspec.convert(values, body, strict=False)
    except msgspec.ValidationError as error:
        raise _refusal(values, error) from error


def _refusal(values: object, error: msgspec.ValidationError) -> Invalid:
    """The protocol's own sentence about the value that does not fit."""
    place = _PLACE.search(str(error))
    if place is None:
        return Invalid(f"The request body does not fit: {error}.")
    for name, position in _STEP.findall(place[1]):
        if isinstance(values, Mapping) and name in values:
            values = values[name]
        elif isinstance(values, list) and position and int(position) < len(values):
            values = values[int(position)]
    return unfit(place[1], values)


def _unzip(content: bytes) -> bytes:
    """No more than an unzipped body may hold, so that a small one cannot fill the memory."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    unzip = zlib.decompressobj(wbits=31)
    try:
        plain = unzip.decompress(content, limit)
    except zlib.error as error:
        raise Invalid(f"The request body is not gzip: {error}.") from error
    if unzip.unconsumed_tail or not unzip.eof:
        raise Invalid(f"The gzipped request body is cut off, or unzips to more than {limit} bytes.")
    return plain
