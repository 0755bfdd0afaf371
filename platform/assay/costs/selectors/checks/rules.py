"""The two kinds of checks in Ibis's words: of single charges, and of sums over several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from assay.costs.domain.checks import Check, Standing

TOLERATED_PARTS = 1_000_000
"""Exporters round prices, quantities and spread costs: what is compared may be off by one of so many parts of itself, or of 1.

A whole number: Ibis says a fraction to Spark only where Spark is installed.
"""

Test = Callable[[Table], BooleanValue]


@dataclass(frozen=True, slots=True)
class RowRule:
    """applies: the charges that it concerns. broken: which of them are wrong; nothing counts as right. shown: columns of an example."""

    check: Check
    applies: Test
    broken: Test
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupRule:
    """groups: a row per group of charges: its keys, what is shown of it, and `broken`. keys: columns of the ledger."""

    check: Check
    groups: Callable[[Table], Table]
    keys: tuple[str, ...]


def every(charges: Table) -> BooleanValue:
    always: BooleanValue = charges.billing_period.notnull()
    return always


def given(*columns: str) -> Test:
    """One of them has a value."""
    return lambda charges: ibis.or_(*(charges[column].notnull() for column in columns))


def missing(*columns: str) -> Test:
    """None of them has a value."""
    return lambda charges: ibis.and_(*(charges[column].isnull() for column in columns))


def one_of(column: str, *values: str) -> Test:
    return lambda charges: charges[column].isin(values)


def none_of(column: str, *values: str) -> Test:
    """It has another value."""
    return lambda charges: charges[column].notin(values)


def all_of(*tests: Test) -> Test:
    return lambda charges: ibis.and_(*(test(charges) for test in tests))


def some_of(*tests: Test) -> Test:
    return lambda charges: ibis.or_(*(test(charges).fill_null(False) for test in tests))


def differs(left: Value, right: Value) -> BooleanValue:
    """Beyond rounding; in floating point, since no amount is taken from it."""
    one, other = left.cast("float64"), right.cast("float64")
    different: BooleanValue = (one - other).abs() * TOLERATED_PARTS > _size(one, other)
    return different


def exceeds(left: Value, right: Value) -> BooleanValue:
    """Is more, beyond rounding."""
    one, other = left.cast("float64"), right.cast("float64")
    more: BooleanValue = (one - other) * TOLERATED_PARTS > _size(one, other)
    return more


def _size(one: Value, other: Value) -> Value:
    size: Value = ibis.greatest(ibis.literal(1).cast("float64"), one.abs(), other.abs())
    return size


def usual(name: str, title: str, number: str = "") -> Check:
    return Check(name, title, number, Standing.EXPECTED)


def count_rows(charges: Table, rules: Sequence[RowRule], *, by: Sequence[str] = ()) -> Table:
    """One row, or one per value of `by`: checked_0, failing_0, checked_1 …, in the order of the rules."""
    return charges.aggregate(by=list(by), **count_row_measures(charges, rules))


def count_row_measures(charges: Table, rules: Sequence[RowRule]) -> dict[str, Value]:
    """checked_0, failing_0, checked_1 …: how many charges each rule concerns, and how many of them break it."""
    counts: dict[str, Value] = {}
    for i, rule in enumerate(rules):
        applies = rule.applies(charges)
        counts[f"checked_{i}"] = applies.ifelse(1, 0).sum()
        counts[f"failing_{i}"] = (applies & rule.broken(charges)).ifelse(1, 0).sum()
    return counts
