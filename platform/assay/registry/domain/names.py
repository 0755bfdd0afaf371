"""What names, aliases, tags and texts of the registry may hold. Refusals name the field."""

import posixpath
import re
from collections.abc import Mapping

from assay.core.errors import Invalid
from assay.tracking.domain.limits import check_length, check_texts

NAME_LENGTH = 256
ALIAS_LENGTH = 255
TAG_LENGTH = 100_000
DESCRIPTION_LENGTH = 100_000
SOURCE_LENGTH = 2_000
LATEST = "latest"

_ALIAS = re.compile(r"[\w\-]+")
_VERSION_ALIAS = re.compile(r"[vV]\d+")


def check_name(name: str, *, field: str = "name") -> None:
    """A model's name stands in addresses such as `models:/name/1`, so it can be neither a path nor hold `:`."""
    if not name.strip():
        raise Invalid(
            f"Missing value for required parameter '{field}'. See the API docs for more information about request parameters.",
            field=field,
        )
    if "/" in name or ":" in name:
        raise Invalid(f"Invalid model name '{name}'. Names cannot contain '/' or ':'.", field=field)
    if posixpath.normpath(name) != name or name == "..":
        raise Invalid(f"Invalid value \"{name}\" for parameter '{field}': a model cannot be named like a folder.", field=field)
    check_length(name, NAME_LENGTH, what="The model name")


def check_alias(alias: str) -> None:
    """Also one that cannot be set may be asked for: see check_new_alias."""
    if not alias:
        raise Invalid("Registered model alias name cannot be empty.", field="alias")
    if not _ALIAS.fullmatch(alias):
        raise Invalid(
            f"Invalid alias name: '{alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).",
            field="alias",
        )
    if len(alias) > ALIAS_LENGTH:
        raise Invalid(
            f"Registered model alias name exceeds the maximum length of {ALIAS_LENGTH} characters: {alias[:40]!r}….",
            field="alias",
        )


def check_new_alias(alias: str) -> None:
    """`latest` and `v7` say what they mean already."""
    check_alias(alias)
    if alias.lower() == LATEST:
        raise Invalid("'latest' alias name (case insensitive) is reserved.", field="alias")
    if _VERSION_ALIAS.fullmatch(alias):
        raise Invalid(f"Version alias name '{alias}' is reserved.", field="alias")


def check_tags(tags: Mapping[str, str]) -> None:
    check_texts(tags, kind="tag", limit=TAG_LENGTH)


def check_description(description: str) -> None:
    check_length(description, DESCRIPTION_LENGTH, what="The description")


def read_number(text: str) -> int:
    """A version's number as it is written in addresses and forms. raises: Invalid."""
    try:
        return int(text)
    except ValueError as error:
        raise Invalid(f"Parameter 'version' must be an integer, got '{text}'.", field="version") from error
