"""What a search says, once understood."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Whose key an identifier names."""

    METRIC = "metrics"
    PARAM = "params"
    TAG = "tags"
    ATTRIBUTE = "attributes"
    DATASET = "datasets"
    METADATA = "request_metadata"
    SPAN = "span"


class Operator(StrEnum):
    EQUAL = "="
    UNEQUAL = "!="
    GREATER = ">"
    GREATER_EQUAL = ">="
    LESS = "<"
    LESS_EQUAL = "<="
    LIKE = "LIKE"
    ILIKE = "ILIKE"
    IN = "IN"
    NOT_IN = "NOT IN"
    IS_NULL = "IS NULL"
    IS_NOT_NULL = "IS NOT NULL"


NUMERIC = frozenset(
    {Operator.EQUAL, Operator.UNEQUAL, Operator.GREATER, Operator.GREATER_EQUAL, Operator.LESS, Operator.LESS_EQUAL}
)
TEXTUAL = frozenset({Operator.EQUAL, Operator.UNEQUAL, Operator.LIKE, Operator.ILIKE})
MEMBERSHIP = frozenset({Operator.IN, Operator.NOT_IN})
PRESENCE = frozenset({Operator.IS_NULL, Operator.IS_NOT_NULL})

Value = float | str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Identifier:
    kind: Kind
    key: str

    def __str__(self) -> str:
        plain = re.fullmatch(r"[\w\-/:]+(\.[\w\-/:]+)*", self.key)
        return f"{self.kind}.{self.key}" if plain else f"{self.kind}.`{self.key.replace('`', '``')}`"


@dataclass(frozen=True, slots=True)
class Comparison:
    """value: a number for metrics and numeric attributes, a text, texts for IN, None for IS [NOT] NULL."""

    identifier: Identifier
    operator: Operator
    value: Value

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.identifier} {self.operator}"
        if isinstance(self.value, tuple):
            return f"{self.identifier} {self.operator} ({', '.join(map(_quote, self.value))})"
        shown = _quote(self.value) if isinstance(self.value, str) else repr(self.value)
        return f"{self.identifier} {self.operator} {shown}"


@dataclass(frozen=True, slots=True)
class OrderTerm:
    identifier: Identifier
    descending: bool = False

    def __str__(self) -> str:
        return f"{self.identifier} {'DESC' if self.descending else 'ASC'}"


def satisfies(text: str, clause: Comparison) -> bool:
    """Whether a text is what a clause about texts asks for. In LIKE `%` and `_` are wildcards; a backslash is only a backslash."""
    if isinstance(clause.value, tuple):
        return (text in clause.value) is (clause.operator is Operator.IN)
    if not isinstance(clause.value, str):
        return clause.operator is Operator.IS_NOT_NULL
    if clause.operator in (Operator.LIKE, Operator.ILIKE):
        pattern = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in clause.value)
        ignored_case = re.IGNORECASE if clause.operator is Operator.ILIKE else re.NOFLAG
        return re.fullmatch(pattern, text, re.DOTALL | ignored_case) is not None
    return (text == clause.value) is (clause.operator is Operator.EQUAL)


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
