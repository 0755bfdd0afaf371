"""A bill that is about to enter the ledger: what it holds, the statement that converts it, and where it is wrong."""
# ruff: noqa: S608  built of Assay's own columns, and of quoted names

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import duckdb

from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import add_up
from assay.costs.domain.columns import FOCUS_COLUMNS
from assay.costs.domain.formats import Format
from assay.costs.formats.reading.constants import convert_constants, count_differing, guess_constants
from assay.costs.formats.reading.faults import refuse_conversion, refuse_unreadable
from assay.costs.formats.reading.files import BillFile
from assay.costs.formats.reading.mapping import Mapping, absent_value, custom_values, instance_type, map_columns
from assay.costs.formats.reading.relations import Relation, open_relation
from assay.costs.formats.reading.sql import literal

T = TypeVar("T")

ORDER = ("billing_period_start", "charge_period_start", "resource_id")


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first look at the file tells.

    totals: basis → the file's own sum. constants: ledger column → SQL of the one value that all rows have.
    notes: what a reader should know.
    """

    rows: int
    billing_periods: tuple[str, ...]
    currency: str
    totals: dict[Basis, Decimal]
    constants: dict[str, str]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bill:
    """connection: DuckDB with the time zone UTC."""

    connection: duckdb.DuckDBPyConnection
    file: BillFile
    relation: Relation
    mapping: Mapping

    def survey(self) -> Survey:
        """One pass over the columns that decide where rows go, and over those that may be constant. raises: BillRefused."""
        guesses = self._try(lambda: guess_constants(self.connection, self.relation, self.mapping))
        groups = self._ask(self._survey_sql(count_differing(self.mapping, guesses)))
        if not groups:
            raise self.file.refuse("there is a header but no row.")
        periods, currencies = sorted({row[0] for row in groups if row[0]}), sorted({row[1] for row in groups if row[1]})
        if not all(row[0] and row[1] for row in groups) or len(currencies) != 1:
            raise self.explain_failure(duckdb.Error("a row has no billing period or no currency, or another currency"))
        sums = {basis: add_up([row[3 + i] or Decimal(0) for row in groups]) for i, basis in enumerate(Basis)}
        same = [name for i, name in enumerate(guesses) if not any(row[3 + len(Basis) + i] for row in groups)]
        constants = self._try(lambda: convert_constants(self.connection, self.relation, self.mapping, same))
        notes = (*self.mapping.notes, *self._note_rounding())
        return Survey(sum(row[2] for row in groups), tuple(periods), currencies[0], sums, constants, notes)

    def conversion_sql(self, survey: Survey, *, import_id: UUID) -> str:
        """SELECT of the ledger's columns in order of charge start and resource; fails at the first faulty row.

        What is the same in all rows is added after the sort, which then carries less.
        """
        varying = {name: field.sql for name, field in self.mapping.fields.items() if name not in survey.constants}
        absent = [absent_value(column) for column in FOCUS_COLUMNS if column.ledger_name not in self.mapping.fields]
        derived = [
            f"{instance_type(self.mapping)} AS instance_type",
            f"{custom_values(self.mapping)} AS x_columns",
        ]
        own = [
            "CAST(charge_period_start AS DATE) AS charge_date",
            "strftime(billing_period_start, '%Y-%m') AS billing_period",
            f"{literal(str(import_id))} AS import_id",
        ]
        order = [name for name in ORDER if name in varying]
        converted = f"SELECT {', '.join((*varying.values(), *derived))} FROM {self.relation.sql} ORDER BY {', '.join(order)}"
        return f"SELECT *, {', '.join((*own, *absent, *survey.constants.values()))} FROM ({converted})"

    def explain_failure(self, error: duckdb.Error) -> Exception:
        """What to raise after a statement over this file failed: BillRefused when the file is to blame, else the error."""
        refusal = refuse_conversion(self.connection, self.file, self.relation, self.mapping)
        return refusal or error

    def _survey_sql(self, also: list[str]) -> str:
        period = f"strftime({self.mapping.attempt('billing_period_start')}, '%Y-%m')"
        sums = [f"sum({self.mapping.attempt(basis.column)})" for basis in Basis]
        return (
            f"SELECT {period}, {self.mapping.reference('billing_currency')}, count(*), {', '.join((*sums, *also))}"
            f" FROM {self.relation.sql} GROUP BY ALL ORDER BY ALL"
        )

    def _note_rounding(self) -> list[str]:
        rounded = [field for field in self.mapping.fields.values() if field.reading.rounded]
        if not rounded:
            return []
        counts = ", ".join(f"count_if({field.reading.rounded})" for field in rounded)
        (found,) = self._ask(f"SELECT {counts} FROM {self.relation.sql}")
        return [
            f"{field.source.name}: {count} floating-point values were rounded half-even to 15 decimals."
            for field, count in zip(rounded, found, strict=True)
            if count
        ]

    def _ask(self, statement: str) -> list[tuple[Any, ...]]:
        return self._try(lambda: self.connection.execute(statement).fetchall())

    def _try(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except duckdb.Error as error:
            raise self.explain_failure(error) from error


def open_bill(connection: duckdb.DuckDBPyConnection, bill_file: BillFile, format_: Format, *, currency: str) -> Bill:
    """currency: of the source; empty for the file's own. raises: BillRefused for files without the required columns."""
    relation = open_relation(connection, bill_file)
    mapping = map_columns(bill_file, relation, format_, currency=currency)
    if not currency:
        first = _first_currency(connection, bill_file, relation, mapping)
        mapping = map_columns(bill_file, relation, format_, currency=first)
    return Bill(connection, bill_file, relation, mapping)


def _first_currency(connection: duckdb.DuckDBPyConnection, bill_file: BillFile, relation: Relation, mapping: Mapping) -> str:
    currency = mapping.reference("billing_currency")
    statement = f"SELECT {currency} FROM {relation.sql} WHERE {currency} IS NOT NULL LIMIT 1"
    try:
        row = connection.execute(statement).fetchone()
    except duckdb.Error as error:
        raise refuse_unreadable(connection, bill_file, relation) or error from error
    return str(row[0]) if row else ""
