"""Values of charges and conditions on them, in Ibis's words."""

from functools import reduce
from operator import and_, or_

import ibis
from ibis.expr.types import BooleanValue, StringValue, Table, Value

from assay.costs.domain.columns import Kind
from assay.costs.domain.dimensions import COLUMNS, LABELS, Dimension, Extra, FocusColumn, Group, Tag
from assay.costs.domain.filters import All, AnyOf, Comparison, Condition, IsNull, Not, OneOf, Operator
from assay.costs.domain.filters import Value as Literal

MONTH_LENGTH = len("2026-01")
TYPES = {Kind.DECIMAL: "decimal(33, 15)", Kind.TIME: "timestamp('UTC')"}


@ibis.udf.scalar.builtin(name="json_extract_string")  # type: ignore[untyped-decorator]  # Ibis types it so
def read_json(document: str, pointer: str) -> str:  # type: ignore[empty-body]  # the engine's own
    """The text at a JSON pointer; other values as JSON writes them, nothing where there is none."""


@ibis.udf.scalar.builtin(name="json_keys")  # type: ignore[untyped-decorator]  # Ibis types it so
def list_keys(document: str) -> list[str]:  # type: ignore[empty-body]  # the engine's own
    """The keys of a JSON object, in its order."""


def value_of(charges: Table, group: Group) -> StringValue:
    """The group's value of each charge; days are `YYYY-MM-DD`, months `YYYY-MM`."""
    if isinstance(group, Tag):
        return tag_of(charges.tags, group.key)
    if isinstance(group, Extra):
        custom = charges.x_columns
        named: StringValue = ibis.coalesce(tag_of(custom, f"x_{group.name}"), tag_of(custom, group.name))
        return named
    if isinstance(group, FocusColumn):
        column: StringValue = charges[group.name]
        return column
    if group is Dimension.DAY:
        return charges.charge_date.cast("string")
    if group is Dimension.MONTH:
        return charges.charge_date.cast("string").substr(0, MONTH_LENGTH)
    first, *others = (charges[name] for name in COLUMNS[group])
    return ibis.coalesce(first, *others) if others else first


def tag_of(document: StringValue, key: str) -> StringValue:
    """The value of a key of JSON objects; a key without a value is `true`."""
    pointer = "/" + key.replace("~", "~0").replace("/", "~1")
    found: StringValue = read_json(document, pointer)
    return found


def label_of(charges: Table, group: Group) -> StringValue | None:
    """A name for people beside each charge's value; None for groups without one."""
    if not isinstance(group, Dimension) or group not in LABELS:
        return None
    pairs = zip(COLUMNS[group], LABELS[group], strict=False)
    named: StringValue = ibis.cases(*((charges[column].notnull(), charges[label]) for column, label in pairs))
    return named


def holds(charges: Table, condition: Condition) -> BooleanValue:
    """Whether the condition holds of each charge: yes or no, never nothing."""
    match condition:
        case Not(inner):
            return ~holds(charges, inner)
        case All(parts):
            return reduce(and_, (holds(charges, part) for part in parts))
        case AnyOf(parts):
            return reduce(or_, (holds(charges, part) for part in parts))
        case IsNull(group):
            return value_of(charges, group).isnull()
        case OneOf(group, values):
            return is_one_of(value_of(charges, group), values)
        case Comparison(group, operator, value):
            return _compare(value_of(charges, group), operator, _literal(group, value)).fill_null(False)


def is_one_of(column: Value, values: tuple[Literal | None, ...]) -> BooleanValue:
    named = column.isin([value for value in values if value is not None]).fill_null(False)
    return named | column.isnull() if None in values else named


def _literal(group: Group, value: Literal) -> Value:
    kind = group.kind if isinstance(group, FocusColumn) else Kind.TEXT
    return ibis.literal(value, type=TYPES.get(kind, "string"))


def _compare(column: Value, operator: Operator, value: Value) -> BooleanValue:
    match operator:
        case Operator.EQUAL:
            return column == value
        case Operator.LESS:
            return column < value
        case Operator.AT_MOST:
            return column <= value
        case Operator.MORE:
            return column > value
        case Operator.AT_LEAST:
            return column >= value
        case Operator.LIKE:
            return column.like(value)
