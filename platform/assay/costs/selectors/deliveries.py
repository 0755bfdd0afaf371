"""What one delivery holds: its sums, and whether FOCUS's rules about money hold in it."""
# ruff: noqa: S608  built of Assay's own columns, and of quoted names

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import ibis

from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import add_up
from assay.costs.domain.imports import Invariant, PeriodTotals
from assay.costs.selectors.checks.money import AT_IMPORT
from assay.costs.selectors.checks.rules import count_row_measures
from assay.costs.selectors.lake import scan_sql
from assay.costs.selectors.rollups import charges_table


@dataclass(frozen=True, slots=True)
class Delivery:
    """periods: in order. currency: of all rows."""

    periods: tuple[PeriodTotals, ...]
    invariants: tuple[Invariant, ...]
    currency: str

    @property
    def rows(self) -> int:
        return sum(period.rows for period in self.periods)

    @property
    def totals(self) -> dict[Basis, Decimal]:
        return {basis: add_up([period.totals[basis] for period in self.periods]) for basis in Basis}


def read_delivery(connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> Delivery:
    """files: of one delivery, at least one row in all."""
    found = connection.sql(f"WITH charges AS (SELECT * FROM {scan_sql(files)}) {_question()}").to_arrow_table().to_pylist()
    return Delivery(tuple(_read_period(row) for row in found), tuple(_read_invariants(found)), found[0]["currency"])


@cache
def _question() -> str:
    """One pass over the charges: a row per billing period with its sums, and what of AT_IMPORT concerns and breaks it."""
    charges = charges_table()
    sums = {basis.value: charges[basis.column].sum() for basis in Basis}
    about = {
        "currency": charges.billing_currency.min(),
        "rows": charges.count(),
        "charged_until": charges.charge_period_end.max(),
    }
    counts = count_row_measures(charges, AT_IMPORT)
    grouped = charges.group_by("billing_period").aggregate(**about, **sums, **counts).order_by("billing_period")
    return str(ibis.to_sql(grouped, dialect="duckdb", pretty=False))


def _read_period(row: dict[str, Any]) -> PeriodTotals:
    amounts = {basis.value: row[basis.value] or Decimal(0) for basis in Basis}
    return PeriodTotals(row["billing_period"], row["rows"], amounts, row["charged_until"])


def _read_invariants(rows: Sequence[dict[str, Any]]) -> Iterator[Invariant]:
    for i, rule in enumerate(AT_IMPORT):
        concerned, broken = (sum(int(row[f"{name}_{i}"]) for row in rows) for name in ("checked", "failing"))
        detail = f"Rows it applies to: {concerned:,}; rows that differ: {broken:,}."
        yield Invariant(rule.check.title, not broken, detail)
