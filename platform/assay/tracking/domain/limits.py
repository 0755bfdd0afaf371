"""How long things may be. Refusals name the field, the limit and what was found."""

import posixpath
import re
from collections.abc import Mapping, Sequence, Sized

from assay.core.errors import Invalid
from assay.tracking.domain.values import MetricPoint

KEY_LENGTH = 250
PARAM_LENGTH = 6_000
TAG_LENGTH = 8_000
EXPERIMENT_TAG_LENGTH = 20_000
NAME_LENGTH = 500
USER_LENGTH = 256
LOCATION_LENGTH = 2_000
BATCH_METRICS = 1_000
BATCH_PARAMS = 100
BATCH_TAGS = 100
BATCH_TOTAL = 1_000
DATASET_LENGTHS = {
    "name": 500,
    "digest": 36,
    "source_type": 36,
    "source": 65_535,
    "schema": 1_048_575,
    "profile": 16_777_215,
}
INPUT_TAG_KEY_LENGTH = 255
INPUT_TAG_LENGTH = 500
TRACE_METADATA_LENGTH = 65_535
TRACE_PREVIEW_LENGTH = 100_000
TRACE_DURATION_MS = 10**13
INT64 = range(-(2**63), 2**63)

_KEY = re.compile(r"[/\w.\- :]*")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_TRACE_ID = re.compile(r"[A-Za-z0-9_\-]{1,250}")
_NO_MODEL_NAME = re.compile(r"[/:.%\"']")


def check_key(key: str, *, kind: str) -> None:
    """Keys of metrics, params and tags: also path-like ones must be their own normal form."""
    if not key:
        raise Invalid(f"A {kind} needs a key.", field=kind)
    if not _KEY.fullmatch(key):
        raise Invalid(
            f"The {kind} key {key!r} may hold only letters, digits, underscores, dashes, periods, spaces, colons and slashes.",
            field=kind,
            key=key,
        )
    if key.startswith(("/", "..")) or posixpath.normpath(key) != key:
        raise Invalid(f"The {kind} key {key!r} is not a plain relative path.", field=kind, key=key)
    check_length(key, KEY_LENGTH, what=f"The {kind} key")


def check_length(text: str, limit: int, *, what: str) -> None:
    """Also refuses NUL and halves of surrogate pairs, which PostgreSQL cannot store."""
    if len(text) > limit:
        raise Invalid(
            f"{what} has {len(text)} characters, the limit is {limit}: {text[:40]!r}….", limit=limit, length=len(text)
        )
    if "\x00" in text:
        raise Invalid(f"{what} holds the character NUL, which cannot be stored.")
    if not text.isascii() and _SURROGATE.search(text):
        raise Invalid(f"{what} holds half of a surrogate pair, which is no character and cannot be stored.")


def check_texts(texts: Mapping[str, str], *, kind: str, limit: int) -> None:
    for key, value in texts.items():
        check_key(key, kind=kind)
        check_length(value, limit, what=f"The value of {kind} {key!r}")


def check_points(points: Sequence[MetricPoint]) -> None:
    if not points:
        return
    for key in {point.key for point in points}:
        check_key(key, kind="metric")
    steps, timestamps_ms = [point.step for point in points], [point.timestamp_ms for point in points]
    if min(steps) in INT64 and max(steps) in INT64 and min(timestamps_ms) >= 0 and max(timestamps_ms) in INT64:
        return
    wrong = next(
        point for point in points if point.step not in INT64 or point.timestamp_ms not in INT64 or point.timestamp_ms < 0
    )
    raise Invalid(
        f"Metric {wrong.key!r}: step must be a 64-bit integer and the timestamp milliseconds since 1970, not negative.",
        key=wrong.key,
    )


def check_batch_size(*, metrics: Sized, params: Sized, tags: Sized) -> None:
    counts = {"metrics": len(metrics), "params": len(params), "tags": len(tags)}
    for field, limit in (("metrics", BATCH_METRICS), ("params", BATCH_PARAMS), ("tags", BATCH_TAGS)):
        if counts[field] > limit:
            raise Invalid(f"A batch can contain at most {limit} {field}, got {counts[field]}: send several.", field=field)
    total = sum(counts.values())
    if total > BATCH_TOTAL:
        raise Invalid(f"A batch can contain at most {BATCH_TOTAL} metrics, params and tags in all, got {total}: send several.")


def check_trace_id(trace_id: str) -> None:
    """It becomes part of an address, so it is one plain word."""
    if not _TRACE_ID.fullmatch(trace_id):
        raise Invalid(
            f"A trace's id is 1 to 250 letters, digits, dashes and underscores, not {trace_id[:40]!r}.", field="trace_id"
        )


def check_experiment_name(name: str) -> None:
    if not name.strip():
        raise Invalid("An experiment needs a name.", field="name")
    check_length(name, NAME_LENGTH, what="The experiment name")


def check_model_name(name: str) -> None:
    if not name:
        raise Invalid("A logged model needs a name.", field="name")
    if _NO_MODEL_NAME.search(name):
        raise Invalid(f"The model name {name!r} must not contain any of / : . % \" '.", field="name")
    check_length(name, NAME_LENGTH, what="The model name")
