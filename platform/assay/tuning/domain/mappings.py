"""Reading a YAML mapping key by key, with errors that name the key."""

import difflib
import math
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, TypeVar

import yaml

from assay.core.errors import Invalid

Name = TypeVar("Name", bound=StrEnum)


class _UniqueKeys(yaml.SafeLoader):
    """A key given twice is an error, not the last one's victory."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = next((key for i, key in enumerate(keys) if key in keys[:i]), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice!r} is given twice", node.start_mark)
        return super().construct_mapping(node, deep)


def parse_yaml(text: str) -> "Fields":
    try:
        value = yaml.load(text, Loader=_UniqueKeys)  # noqa: S506  a SafeLoader
    except (yaml.YAMLError, TypeError, RecursionError, ValueError) as error:
        raise Invalid(f"The sweep file is not YAML: {' '.join(str(error).split())}") from error
    return Fields.of(value, key="")


class Fields:
    """A mapping below `key`; each reader takes one key and says in one sentence what is wrong with it."""

    def __init__(self, values: Mapping[str, object], *, key: str) -> None:
        self.values = values
        self.key = key

    @classmethod
    def of(cls, value: object, *, key: str) -> "Fields":
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            raise Invalid(f"{key or 'The sweep file'} must be a mapping of names to values.", key=key)
        return cls(value, key=key)

    def path(self, name: str) -> str:
        return f"{self.key}.{name}" if self.key else name

    def check_known(self, known: Collection[str]) -> None:
        for name in self.values:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}."
                raise Invalid(f"{self.path(name)} is not a known key: {hint}", key=self.path(name))

    def mapping(self, name: str) -> "Fields":
        return Fields.of(self._required(name), key=self.path(name))

    def text(self, name: str, *, default: str | None = None, longest: int = 250) -> str:
        value = self.values.get(name)
        if value is None and default is not None:
            return default
        value = self._required(name)
        if not isinstance(value, str) or not value.strip() or len(value) > longest or not is_storable(value):
            raise self.invalid(name, f"must be text of 1 to {longest} characters, not {_show(value)}")
        return value.strip()

    def whole(self, name: str, *, low: int, high: int, default: int | None = None) -> int:
        if self.values.get(name) is None and default is not None:
            return default
        value = self._required(name)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.invalid(name, f"must be a whole number from {low} to {high}, not {_show(value)}")
        return value

    def number(self, name: str) -> float:
        """YAML 1.1 reads 1e-4 as text; what is meant is clear."""
        value = self._required(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            try:
                number = float(value)
            except (ValueError, OverflowError):
                number = math.nan
            if math.isfinite(number):
                return number
        raise self.invalid(name, f"must be a finite number, not {_show(value)}")

    def one_of(self, name: str, kind: type[Name], *, default: Name | None = None) -> Name:
        value = self.values.get(name)
        if value is None and default is not None:
            return default
        value = self._required(name)
        known = [member.value for member in kind]
        if not isinstance(value, str) or value not in known:
            raise self.invalid(name, f"must be one of {', '.join(known)}, not {_show(value)}")
        return kind(value)

    def invalid(self, name: str, problem: str) -> Invalid:
        return Invalid(f"{self.path(name)} {problem}.", key=self.path(name))

    def _required(self, name: str) -> object:
        value = self.values.get(name)
        if value is None:
            raise Invalid(f"{self.path(name)} is missing.", key=self.path(name))
        return value


def is_storable(text: str) -> bool:
    """PostgreSQL stores no NUL, and half a surrogate pair is no text."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
