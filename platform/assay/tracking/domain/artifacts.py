"""Where artifacts lie: addresses of our own store, and paths that stay inside it."""

import mimetypes
import re
from urllib.parse import unquote
from uuid import UUID

from assay.tracking.domain.errors import PathRefused

LONGEST_PATH_BYTES = 850
"""With the organization and a prefix before it, a path still fits a key of S3 (1,024 bytes)."""

_DRIVE = re.compile(r"[A-Za-z]:(/|$)")

OWN_STORE = "assay-artifacts:/"
"""Prefix of addresses inside the organization's own folder; any other address belongs to the client's storage."""


def locate_experiment(number: int) -> str:
    return f"{OWN_STORE}{number}"


def locate_run(experiment_location: str, run_id: UUID) -> str:
    return f"{experiment_location.rstrip('/')}/{run_id.hex}/artifacts"


def locate_model(experiment_location: str, model_id: UUID) -> str:
    return f"{experiment_location.rstrip('/')}/models/m-{model_id.hex}/artifacts"


def locate_trace(experiment_location: str, trace_id: str) -> str:
    return f"{experiment_location.rstrip('/')}/traces/{trace_id}/artifacts"


def find_own_path(uri: str) -> str | None:
    """The path inside the organization's folder, or None when the address is not in our store."""
    return uri.removeprefix(OWN_STORE).lstrip("/") if uri.startswith(OWN_STORE) else None


def split_path(path: str) -> tuple[str, ...]:
    """The parts of a relative path; none for the root. raises: PathRefused on anything that could lead outside."""
    shown = path
    if not _is_storable(path):
        raise PathRefused(shown)
    for _ in range(3):
        _check_segments(path, shown)
        path, encoded = unquote(path), path
        if path == encoded:
            break
    return tuple(part for part in shown.split("/") if part)


def guess_type(name: str) -> str:
    """Content type by ending; text formats of this trade are text."""
    kind, encoding = mimetypes.guess_type(name)
    if encoding:
        return "application/octet-stream"
    if kind is None and (name == "MLmodel" or name.endswith((".yaml", ".yml", ".log", ".jsonl"))):
        return "text/plain"
    return kind or "application/octet-stream"


def _is_storable(path: str) -> bool:
    """Control characters break headers and lists; a lone surrogate is no text."""
    if any(ord(letter) < 32 or ord(letter) == 127 or "\ud800" <= letter <= "\udfff" for letter in path):
        return False
    return len(path.encode()) <= LONGEST_PATH_BYTES


def _check_segments(path: str, shown: str) -> None:
    segments = path.split("/")
    if path.startswith("/") or "\\" in path or "\x00" in path or ".." in segments or "." in segments or _DRIVE.match(path):
        raise PathRefused(shown)
    if any(len(segment.encode()) > 255 for segment in segments):
        raise PathRefused(shown)
