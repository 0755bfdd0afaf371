"""Conditions on charges, as people write them: `service = 'Amazon S3' and not region is null`.

Two-valued: a comparison with nothing does not hold, and what is denied then holds. So a condition and its `not` always part the
charges in two, and their sums are the whole.

    condition  = every ("or" every)*            every = single ("and" single)*
    single     = "not" single | "(" condition ")" | name test
    test       = ("=" | "!=" | "<" | "<=" | ">" | ">=") value | ["not"] "in" "(" value ("," value)* ")"
               | ["not"] "like" value | "is" ["not"] "null"
    name       = a dimension, a FOCUS column, tags.KEY, x.NAME; KEY in double quotes where it is no plain word
    value      = text in single quotes ('' stands for one inside), or a number
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from assay.core.errors import Invalid
from assay.costs.domain.columns import Kind
from assay.costs.domain.dimensions import Dimension, FocusColumn, Group, find_group, name_group

LONGEST = 10_000
DEEPEST = 50
MOST_WHOLE_DIGITS = 18
MOST_DECIMALS = 15


class Operator(StrEnum):
    EQUAL = "="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    LIKE = "like"


Value = str | Decimal | datetime
"""Of the kind that the column holds: text, a decimal, an instant in UTC."""


@dataclass(frozen=True, slots=True)
class Comparison:
    group: Group
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class OneOf:
    """None stands for charges without a value."""

    group: Group
    values: tuple[Value | None, ...]


@dataclass(frozen=True, slots=True)
class IsNull:
    group: Group


@dataclass(frozen=True, slots=True)
class Not:
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class All:
    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    conditions: tuple["Condition", ...]


Condition = Comparison | OneOf | IsNull | Not | All | AnyOf


@dataclass(frozen=True, slots=True)
class _Token:
    """kind: word, quoted (a name in double quotes), text, number, sign, end. at: from 0."""

    kind: str
    text: str
    at: int

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.lower() in words


_PATTERN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.]))"""
    r"""|(?P<word>[A-Za-z_][\w:/-]*(?:\.(?:[\w:/.-]+|"(?:[^"]|"")+"))?)|(?P<sign><=|>=|!=|<>|[=<>(),]))"""
)


def parse_filter(text: str) -> Condition | None:
    """The condition that a text states; None for an empty one. raises: Invalid with the position, from 1."""
    if not text.strip():
        return None
    if "\x00" in text:
        raise Invalid("A filter cannot hold a NUL character: leave it out.", field="filter")
    if len(text) > LONGEST:
        raise Invalid(f"The filter has {len(text)} characters: at most {LONGEST} are read.", field="filter")
    return _Parser(_read_tokens(text)).parse()


def both(*conditions: Condition | None) -> Condition | None:
    """Those given, all of which must hold."""
    given = tuple(condition for condition in conditions if condition is not None)
    return All(given) if len(given) > 1 else given[0] if given else None


def list_groups(condition: Condition | None) -> tuple[Group, ...]:
    """What a condition compares."""
    match condition:
        case None:
            return ()
        case Not(inner):
            return list_groups(inner)
        case All(parts) | AnyOf(parts):
            return tuple(group for part in parts for group in list_groups(part))
        case Comparison(group) | OneOf(group) | IsNull(group):
            return (group,)


def write_filter(condition: Condition) -> str:
    """A text that parse_filter reads as the same condition, but for its grouping."""
    match condition:
        case Comparison(group, operator, value):
            return f"{_write_name(group)} {operator} {_write_value(value)}"
        case OneOf(group, values):
            return _write_one_of(group, values)
        case IsNull(group):
            return f"{_write_name(group)} is null"
        case Not(inner):
            return f"not ({write_filter(inner)})"
        case All(parts):
            return " and ".join(f"({write_filter(part)})" for part in parts)
        case AnyOf(parts):
            return " or ".join(f"({write_filter(part)})" for part in parts)


def _write_one_of(group: Group, values: Sequence[Value | None]) -> str:
    named = [value for value in values if value is not None]
    parts = [f"{_write_name(group)} in ({', '.join(map(_write_value, named))})"] if named else []
    if len(named) < len(values):
        parts.append(f"{_write_name(group)} is null")
    return " or ".join(parts)


def _write_name(group: Group) -> str:
    prefix, dot, name = name_group(group).partition(".")
    plain = re.fullmatch(r"[\w:/.-]+", name)
    return f"{prefix}{dot}{name}" if plain or not dot else prefix + '."' + name.replace('"', '""') + '"'


def _write_value(value: Value) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(value, datetime) else value
    return "'" + text.replace("'", "''") + "'"


def _read_tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    end = len(text.rstrip())
    while at < end:
        found = _PATTERN.match(text, at)
        if found is None or found.lastgroup is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            reason = "this text has no closing quote" if text[at] == "'" else f"{text[at]!r} is not understood"
            raise _faulty(at, reason)
        tokens.append(_Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup)))
        at = found.end()
    return [*tokens, _Token("end", "", end)]


def _faulty(at: int, reason: str) -> Invalid:
    return Invalid(
        f"The filter fails at position {at + 1}: {reason}. Write for example service = 'Amazon S3' and tags.team in ('a', 'b').",
        field="filter",
        position=at + 1,
    )


class _Parser:
    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def parse(self) -> Condition:
        condition = self._any()
        if self._token.kind != "end":
            raise _faulty(self._token.at, f"{self._token.text!r} stands where `and`, `or` or the end should")
        return condition

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._token
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _takes(self, *words: str) -> bool:
        if self._token.is_word(*words) or (self._token.kind == "sign" and self._token.text in words):
            self._take()
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._takes(word):
            raise _faulty(self._token.at, f"`{word}` is missing")

    def _any(self) -> Condition:
        parts = [self._all()]
        while self._takes("or"):
            parts.append(self._all())
        return AnyOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def _all(self) -> Condition:
        parts = [self._single()]
        while self._takes("and"):
            parts.append(self._single())
        return All(tuple(parts)) if len(parts) > 1 else parts[0]

    def _single(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise _faulty(self._token.at, f"more than {DEEPEST} brackets and `not` lie in each other")
        try:
            if self._takes("not"):
                return Not(self._single())
            if not self._takes("("):
                return self._test()
            condition = self._any()
            self._expect(")")
            return condition
        finally:
            self._depth -= 1

    def _test(self) -> Condition:
        group = self._name()
        if self._takes("is"):
            return self._negated(self._takes("not"), self._null(group))
        negated = self._takes("not")
        if self._takes("in"):
            return self._negated(negated, OneOf(group, self._values(group)))
        if self._takes("like"):
            return self._negated(negated, self._like(group))
        if negated:
            raise _faulty(self._token.at, "after `not` comes `in` or `like` here")
        return self._compare(group)

    def _negated(self, negated: bool, condition: Condition) -> Condition:
        return Not(condition) if negated else condition

    def _null(self, group: Group) -> Condition:
        self._expect("null")
        return IsNull(group)

    def _like(self, group: Group) -> Condition:
        if _kind_of(group) is not Kind.TEXT:
            raise _faulty(self._token.at, f"{name_group(group)} holds no text, which `like` needs")
        return Comparison(group, Operator.LIKE, self._value(group))

    def _compare(self, group: Group) -> Condition:
        sign = self._take()
        if sign.kind != "sign" or sign.text in "(),":
            raise _faulty(sign.at, "a comparison is missing: =, !=, <, <=, >, >=, in, like or is")
        if sign.text in ("!=", "<>"):
            return Not(Comparison(group, Operator.EQUAL, self._value(group)))
        return Comparison(group, Operator(sign.text), self._value(group))

    def _name(self) -> Group:
        token = self._take()
        prefix, dot, name = token.text.partition(".")
        if name.startswith('"'):
            name = name[1:-1].replace('""', '"')
        group = find_group(f"{prefix}{dot}{name}") if token.kind == "word" else None
        if group is None:
            shown = repr(token.text) if token.text else "nothing"
            raise _faulty(
                token.at, f"{shown} is no dimension ({', '.join(Dimension)}), no FOCUS column, no tags.KEY and no x.NAME"
            )
        return group

    def _values(self, group: Group) -> tuple[Value, ...]:
        self._expect("(")
        values = [self._value(group)]
        while self._takes(","):
            values.append(self._value(group))
        self._expect(")")
        return tuple(values)

    def _value(self, group: Group) -> Value:
        token = self._take()
        if token.kind not in ("text", "number"):
            raise _faulty(token.at, "a value is missing: text in single quotes, or a number")
        text = token.text[1:-1].replace("''", "'") if token.kind == "text" else token.text
        return _convert(text, group, token.at)


def _kind_of(group: Group) -> Kind:
    if isinstance(group, FocusColumn) and group.kind in (Kind.DECIMAL, Kind.TIME):
        return group.kind
    return Kind.TEXT


def _convert(text: str, group: Group, at: int) -> Value:
    kind = _kind_of(group)
    if kind is Kind.TEXT:
        return text
    try:
        return _read_decimal(text) if kind is Kind.DECIMAL else _read_instant(text)
    except (ValueError, InvalidOperation) as error:
        wanted = "a number with at most 15 decimals" if kind is Kind.DECIMAL else "a day or time like 2026-01-31T05:00:00Z"
        raise _faulty(at, f"{name_group(group)} is compared with {wanted}, not with {text!r}") from error


def _read_decimal(text: str) -> Decimal:
    number = Decimal(text)
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or -exponent > MOST_DECIMALS or len(digits) + exponent > MOST_WHOLE_DIGITS:
        raise ValueError(text)
    return number


def _read_instant(text: str) -> datetime:
    if len(text) == len("2026-01-31"):
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), tzinfo=UTC)
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
