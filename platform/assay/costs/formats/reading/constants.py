"""Columns that say the same in every row of a bill: many do, and a sort need not carry them."""

# ruff: noqa: S608  built of Assay's own columns, and of quoted values

from collections.abc import Mapping as Values
from decimal import Decimal

import duckdb

from assay.costs.domain.columns import Kind
from assay.costs.formats.reading.mapping import Field, Mapping
from assay.costs.formats.reading.relations import Relation
from assay.costs.formats.reading.sql import literal
from assay.costs.formats.reading.values import DECIMAL

NUL = "\x00"
SAMPLE_ROWS = 20_000


def guess_constants(connection: duckdb.DuckDBPyConnection, relation: Relation, mapping: Mapping) -> dict[str, str | None]:
    """Ledger column → its one text in the first rows; the survey of all rows then tells which guesses are right."""
    candidates = {name: field for name, field in mapping.fields.items() if _may_be_constant(field)}
    seen = ", ".join(
        f"min({reference}), max({reference}), count({reference})"
        for reference in (field.source.reference for field in candidates.values())
    )
    sample = f"(SELECT * FROM {relation.sql} LIMIT {SAMPLE_ROWS})"
    *values, rows = connection.execute(f"SELECT {seen}, count(*) FROM {sample}").fetchone() or (0,)
    found = zip(candidates, values[::3], values[1::3], values[2::3], strict=True)
    return {
        name: least for name, least, most, filled in found if least == most and filled in {0, rows} and NUL not in (least or "")
    }


def count_differing(mapping: Mapping, guesses: Values[str, str | None]) -> list[str]:
    """SQL: per guess how many rows say something else."""
    return [
        f"count_if({mapping.reference(name)} IS NOT NULL)"
        if value is None
        else f"count_if({mapping.reference(name)} IS DISTINCT FROM {literal(value)})"
        for name, value in guesses.items()
    ]


def convert_constants(
    connection: duckdb.DuckDBPyConnection, relation: Relation, mapping: Mapping, names: list[str]
) -> dict[str, str]:
    """Ledger column → SQL of its one converted value. raises: duckdb.Error when that value is faulty."""
    if not names:
        return {}
    fields = ", ".join(mapping.fields[name].sql for name in names)
    row = connection.execute(f"SELECT {fields} FROM (SELECT * FROM {relation.sql} LIMIT 1)").fetchone() or ()
    return {name: _write(mapping.fields[name], value) for name, value in zip(names, row, strict=True)}


def _may_be_constant(field: Field) -> bool:
    """Not times: rules compare them with one another, and they take little room."""
    return field.source.type == "VARCHAR" and field.column.kind is not Kind.TIME


def _write(field: Field, value: str | Decimal | None) -> str:
    type_ = DECIMAL if field.column.kind is Kind.DECIMAL else "VARCHAR"
    text = "NULL" if value is None else literal(str(value))
    return f"CAST({text} AS {type_}) AS {field.column.ledger_name}"
