"""Field names as JSON spells them: the protocol's own, or its camelCase form. A body uses one of the two for a field."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

import msgspec

from assay.core.errors import Invalid


@cache
def other_spellings(body: type[msgspec.Struct]) -> tuple[bytes, ...]:
    """The camelCase names, quoted as in JSON, of the fields of a body at any depth: to be looked for before it is read."""
    fields = (pair for struct in _structs_below(body) for pair in _fields_of(struct).items())
    return tuple(sorted({f'"{other}"'.encode() for name, other in fields if other != name}))


def normalize(values: object, body: type[msgspec.Struct]) -> object:
    """The same content in the protocol's own names, without the fields that are null, which says no more than leaving them out.

    raises: Invalid when a field stands in both spellings.
    """
    if not isinstance(values, Mapping):
        return values
    known = dict(values)
    for name, other in _fields_of(body).items():
        if name != other and name in known and other in known:
            raise Invalid(f"Request specifies both '{name}' and '{other}'; provide only one of them.", field=name)
        if other in known:
            known[name] = known.pop(other)
        struct = _struct_in(body, name)
        if struct is not None and name in known:
            known[name] = _normalize_inside(known[name], struct)
    return {name: value for name, value in known.items() if value is not None}


def _normalize_inside(value: object, body: type[msgspec.Struct]) -> object:
    return [normalize(item, body) for item in value] if isinstance(value, list) else normalize(value, body)


@cache
def _fields_of(body: type[msgspec.Struct]) -> dict[str, str]:
    """Both spellings of the fields that have two, or hold a body."""
    names = [field.name for field in msgspec.structs.fields(body)]
    return {name: _camel_case(name) for name in names if "_" in name or _struct_in(body, name) is not None}


@cache
def _struct_in(body: type[msgspec.Struct], name: str) -> type[msgspec.Struct] | None:
    field = next(field for field in msgspec.structs.fields(body) if field.name == name)
    return next(_structs_of(field.type), None)


def _structs_of(kind: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for part in get_args(kind):
        yield from _structs_of(part)


def _structs_below(body: type[msgspec.Struct]) -> set[type[msgspec.Struct]]:
    inner = (struct for field in msgspec.structs.fields(body) for struct in _structs_of(field.type))
    return {body}.union(*(_structs_below(struct) for struct in inner))


def _camel_case(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)
