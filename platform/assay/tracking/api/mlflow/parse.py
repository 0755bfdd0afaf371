"""Requests into bodies, and the protocol's texts into values."""

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TypeVar, get_origin
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpRequest

from assay.core.errors import Invalid
from assay.tracking.api.mlflow.bodies import Metric, OneRun, Pair
from assay.tracking.api.mlflow.errors import missing, unfit
from assay.tracking.domain.errors import LoggedModelNotFound, RunNotFound
from assay.tracking.domain.states import Visibility
from assay.tracking.domain.values import MetricPoint

B = TypeVar("B", bound=msgspec.Struct)
T = TypeVar("T")

_RUN_ID = re.compile(r"[0-9a-f]{32}")
_MODEL_ID = re.compile(r"m-([0-9a-f]{32})")
_PLACE = re.compile(r" - at `\$\.?(.*)`$")
_STEP = re.compile(r"(\w+)|\[(\d+)\]")


def parse_request(request: HttpRequest, body: type[B]) -> B:
    """GET from the query, everything else from a JSON body, gzipped or not. raises: Invalid naming the field."""
    if request.method == "GET":
        query = request.GET
        lists = _list_fields(body)
        return _convert({name: query.getlist(name) if name in lists else query[name] for name in query}, body)
    content = request.body
    if request.headers.get("Content-Encoding", "").lower() == "gzip":
        content = _unzip(content)
    return parse_body(content or b"{}", body)


def parse_body(content: bytes, body: type[B]) -> B:
    try:
        if content.lstrip()[:1] == b'"':  # old clients encode twice
            content = msgspec.json.decode(content, type=str).encode()
        return msgspec.json.decode(content, type=body, strict=False)
    except msgspec.ValidationError as error:
        raise _refusal(msgspec.json.decode(content), error) from error
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Invalid(f"The request body is not JSON: {error}.") from error


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
    keys = [pair.key for pair in pairs]
    twice = sorted({key for key in keys if key and keys.count(key) > 1})
    if twice:
        raise Invalid(
            f"Duplicate parameter keys have been submitted: {twice}. Please ensure the request contains only one param value "
            "per param key."
        )
    return pairs_of(pairs, "params")


def points_of(metrics: Iterable[Metric]) -> list[MetricPoint]:
    points = []
    for position, metric in enumerate(metrics):
        if metric.key and metric.value is not None and metric.timestamp is not None:
            points.append(MetricPoint(metric.key, metric.value, metric.step or 0, metric.timestamp))
            continue
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


def visibility_of(view_type: str | None, field: str) -> Visibility:
    try:
        return Visibility(view_type or Visibility.ACTIVE_ONLY)
    except ValueError as error:
        raise unfit(field, view_type) from error


@cache
def _list_fields(body: type[msgspec.Struct]) -> frozenset[str]:
    return frozenset(field.name for field in msgspec.structs.fields(body) if get_origin(field.type) is list)


def _convert(values: Mapping[str, object], body: type[B]) -> B:
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
