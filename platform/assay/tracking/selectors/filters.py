"""Compiles searches to conditions: attributes on the row itself, keys as EXISTS over their table's primary key."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import nan
from typing import Any

from django.db.models import Exists, F, FloatField, Lookup, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Replace
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, In, LessThan, LessThanOrEqual

from assay.tracking.domain.instants import EPOCH, LAST_MS
from assay.tracking.domain.search.clauses import Comparison, Identifier, Kind, Operator
from assay.tracking.selectors.lookups import ILike, Like, Unequal

Rows = Callable[[str], QuerySet[Any]]
"""The rows with a `value` that the outer row has under a key."""

_LOOKUPS: "dict[Operator, type[Lookup[Any]]]" = {
    Operator.EQUAL: Exact,
    Operator.UNEQUAL: Unequal,
    Operator.GREATER: GreaterThan,
    Operator.GREATER_EQUAL: GreaterThanOrEqual,
    Operator.LESS: LessThan,
    Operator.LESS_EQUAL: LessThanOrEqual,
    Operator.LIKE: Like,
    Operator.ILIKE: ILike,
    Operator.IN: In,
}
_NAN = Value(nan, output_field=FloatField())


@dataclass(frozen=True, slots=True)
class Attribute:
    """expression: what the attribute is in SQL. is_instant: searched in milliseconds, stored as a time."""

    expression: Combinable
    is_instant: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """How one kind of object answers a vocabulary.

    relations: names of the reverse relations that hold at most one row a key, so that sorting may join them.
    """

    attributes: Mapping[str, Attribute]
    rows: Mapping[Kind, Rows] = field(default_factory=dict)
    relations: Mapping[Kind, str] = field(default_factory=dict)


def hex_of(column: str) -> Combinable:
    """An id as it is shown: 32 hex digits."""
    return Replace(Cast(column, TextField()), Value("-"), Value(""), output_field=TextField())


def compile_search(clauses: Iterable[Comparison], schema: Schema) -> Q:
    condition = Q()
    for clause in clauses:
        condition &= _compile(clause, schema)
    return condition


def instant_at(milliseconds: float) -> datetime:
    """The instant of a number in a search, held within what a time can be."""
    return EPOCH + timedelta(milliseconds=min(max(milliseconds, 0.0), float(LAST_MS)))


def _compile(clause: Comparison, schema: Schema) -> Q:
    identifier = clause.identifier
    if identifier.kind is Kind.ATTRIBUTE:
        return _compare_attribute(clause, schema.attributes[identifier.key])
    rows = schema.rows[identifier.kind](identifier.key)
    if clause.operator is Operator.IS_NULL:
        return ~Q(Exists(rows))
    if clause.operator is not Operator.IS_NOT_NULL:
        rows = rows.filter(compare(F("value"), clause.operator, clause.value) & _without_nan(identifier, clause.operator))
    return Q(Exists(rows))


def _compare_attribute(clause: Comparison, attribute: Attribute) -> Q:
    value = clause.value
    if attribute.is_instant and isinstance(value, float):
        return compare(attribute.expression, clause.operator, instant_at(value))
    return compare(attribute.expression, clause.operator, value)


def compare(left: Combinable, operator: Operator, value: object) -> Q:
    if operator is Operator.NOT_IN:
        return ~Q(In(left, value))
    return Q(_LOOKUPS[operator](left, value))


def _without_nan(identifier: Identifier, operator: Operator) -> Q:
    """NaN is unequal to every number and otherwise satisfies nothing, though PostgreSQL sorts it above all."""
    if identifier.kind is Kind.METRIC and operator in (Operator.GREATER, Operator.GREATER_EQUAL):
        return Q(Unequal(F("value"), _NAN))
    return Q()
