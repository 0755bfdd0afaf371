"""Where a version's files may lie: addresses are read, never followed.

A source either names its origin (`runs:/…`, `models:/…`), lies in the organization's own store inside that origin, or is an
absolute address of somebody else's storage. Folders of the server are refused, and so is anything that climbs.
"""

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus, urlsplit

from assay.core.errors import Invalid
from assay.registry.domain.errors import SourceRefused
from assay.registry.domain.names import LATEST
from assay.tracking.domain.artifacts import OWN_STORE

_LOGGED_MODEL = re.compile(r"m-[0-9a-f]{32}")
_OWN_ROUTE = ("api", "2.0", "mlflow-artifacts", "artifacts")


@dataclass(frozen=True, slots=True)
class ModelAddress:
    """`models:/m-…` has logged_model_id (as written); `models:/name/7`, `/name/stage`, `/name/latest`, `/name@alias` have name
    and one of the others (latest: none of them)."""

    logged_model_id: str = ""
    name: str = ""
    number: int | None = None
    stage: str = ""
    alias: str = ""


def read_model_address(source: str) -> ModelAddress:
    """raises: SourceRefused."""
    parts = urlsplit(source)
    path = parts.path.lstrip("/").split("/")
    if parts.netloc or not parts.path.startswith("/") or len(path) > 2 or not all(part.strip() for part in path):
        raise SourceRefused(source, "It is no address of a registered or logged model.")
    if len(path) == 2:
        name, suffix = path
        if suffix.isdecimal():
            return ModelAddress(name=name, number=int(suffix))
        return ModelAddress(name=name, stage="" if suffix.lower() == LATEST else suffix)
    name, at, alias = path[0].rpartition("@")
    if at:
        if not name or not alias:
            raise SourceRefused(source, "It is no address of a registered or logged model.")
        return ModelAddress(name=name, alias=alias)
    return ModelAddress(logged_model_id=path[0])


def read_run_address(source: str) -> str:
    """The run that `runs:/<run>/path` names, as written. raises: SourceRefused."""
    parts = urlsplit(source)
    run, _, path = parts.path.lstrip("/").partition("/")
    if parts.netloc or not run or not path:
        raise SourceRefused(source, "An address of a run's files is runs:/<run id>/<path>.")
    return run


def scheme_of(source: str) -> str:
    try:
        return urlsplit(source).scheme.lower()
    except ValueError as error:
        raise SourceRefused(source, "It is no address.") from error


def check_absolute(source: str) -> None:
    """raises: SourceRefused for folders of the server and for addresses that climb, however often they are encoded."""
    if scheme_of(source) in ("", "file"):
        raise SourceRefused(
            source, "A folder of a machine cannot be shared: log the model to a run and register it from there."
        )
    plain = _unquote_fully(source)
    path = re.sub(r"/+", "/", urlsplit(plain).path.rstrip("/"))
    climbs = "\x00" in plain or ".." in plain.split("/")
    if climbs or not path.startswith("/") or posixpath.normpath(path) != path:
        raise SourceRefused(source, "It must be an absolute address without relative parts.")


def is_own(source: str) -> bool:
    """Whether it lies in our own store, also when it is written as an address of the server's."""
    if source.startswith(OWN_STORE):
        return True
    parts = _path_parts(source)
    return scheme_of(source) in ("http", "https") and any(
        parts[at : at + len(_OWN_ROUTE)] == _OWN_ROUTE for at in range(len(parts))
    )


def is_inside(source: str, root: str) -> bool:
    here, there = urlsplit(source), urlsplit(root)
    inner, outer = _path_parts(source), _path_parts(root)
    same_place = (here.scheme.lower(), here.netloc.lower()) == (there.scheme.lower(), there.netloc.lower())
    return same_place and bool(outer) and inner[: len(outer)] == outer


def check_logged_model_id(text: str, source: str) -> None:
    """raises: SourceRefused for what cannot be one of ours."""
    if not _LOGGED_MODEL.fullmatch(text):
        raise SourceRefused(source, "It names no logged model of this organization.")


def check_url_length(source: str, limit: int) -> None:
    if len(source) > limit:
        raise Invalid(f"The source has {len(source)} characters, the limit is {limit}.", field="source", limit=limit)


def _path_parts(address: str) -> tuple[str, ...]:
    return tuple(_unquote_fully(part, plus=False) for part in urlsplit(address).path.split("/") if part)


def _unquote_fully(text: str, *, plus: bool = True) -> str:
    """Each round shortens the text, so this ends."""
    once = unquote_plus if plus else unquote
    while (plain := once(text)) != text:
        text = plain
    return text
