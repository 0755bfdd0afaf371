"""A trial's command: words with placeholders, never given to a shell."""

import re
import shlex
from collections.abc import Collection, Sequence

from assay.tuning.domain.spaces import Params, ParamValue

NAME = r"[A-Za-z_][A-Za-z0-9_.-]*"
_PLACEHOLDER = re.compile(rf"\{{\{{(?P<literal>{NAME})\}}\}}|\{{(?P<name>{NAME})\}}")


def split(command: str) -> tuple[str, ...]:
    """The words of a command line, quotes honoured. raises: ValueError when a quote is left open."""
    return tuple(shlex.split(command))


def unknown_placeholders(words: Sequence[str], names: Collection[str]) -> list[str]:
    found = {match["name"] for word in words for match in _PLACEHOLDER.finditer(word)}
    return sorted(name for name in found if name and name not in names)


def render(words: Sequence[str], params: Params) -> list[str]:
    """Each `{name}` becomes its value inside its own word, whatever the value contains; `{{name}}` stays as `{name}`."""

    def replace(match: re.Match[str]) -> str:
        return f"{{{match['literal']}}}" if match["literal"] else format_value(params[match["name"]])

    return [_PLACEHOLDER.sub(replace, word) for word in words]


def format_value(value: ParamValue) -> str:
    """The value as one word and as a run's param: true and false as in JSON, floats so that they read back the same."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)
