"""What one delivery holds: its sums, and whether FOCUS's rules about money hold in it."""
# ruff: noqa: S608  built of Assay's own columns, and of quoted names

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import add_up
from assay.costs.domain.imports import Invariant, PeriodTotals
from assay.costs.selectors.lake import scan_sql

TOLERANCE_RATIO = "1e-6"
"""Unit prices and quantities are rounded by exporters; a product may be off by this much of the cost, or of 1."""


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_SUM = 4
"""Place of the first basis in the answer."""


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


@dataclass(frozen=True, slots=True)
class _Rule:
    """applies, broken: SQL conditions on a row."""

    name: str
    applies: str
    broken: str


def _product_rule(cost: str, price: str, name: str) -> _Rule:
    # A check of plausibility, in floating point: no amount is taken from it, and exact products do not fit 38 digits.
    product = f"CAST({price} AS DOUBLE) * CAST(pricing_quantity AS DOUBLE)"
    difference = f"abs(CAST({cost} AS DOUBLE) - {product})"
    return _Rule(
        name,
        f"{price} IS NOT NULL AND pricing_quantity IS NOT NULL AND charge_class IS DISTINCT FROM 'Correction'",
        f"coalesce({difference} > {TOLERANCE_RATIO} * greatest(1, abs(CAST({cost} AS DOUBLE))), true)",
    )


RULES = (
    _product_rule("list_cost", "list_unit_price", "ListCost = ListUnitPrice × PricingQuantity"),
    _product_rule("contracted_cost", "contracted_unit_price", "ContractedCost = ContractedUnitPrice × PricingQuantity"),
    _Rule(
        "EffectiveCost = 0 for purchases that cover other charges",
        "charge_category = 'Purchase' AND commitment_discount_id IS NOT NULL",
        "effective_cost <> 0",
    ),
    _Rule(
        "BilledCost = 0 for usage covered by a commitment",
        "charge_category = 'Usage' AND commitment_discount_status IS NOT NULL",
        "billed_cost <> 0",
    ),
    _Rule("ListCost is given", "true", "list_cost IS NULL"),
    _Rule("ContractedCost is given", "true", "contracted_cost IS NULL"),
)


def read_delivery(connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> Delivery:
    """files: of one delivery, at least one row in all."""
    sums = ", ".join(f"sum({basis.column})" for basis in Basis)
    counts = ", ".join(f"count_if({rule.applies}), count_if(({rule.applies}) AND ({rule.broken}))" for rule in RULES)
    rows = connection.execute(
        f"SELECT billing_period, min(billing_currency), count(*), epoch_us(max(charge_period_end)), {sums}, {counts} FROM {scan_sql(files)}"
        " GROUP BY billing_period ORDER BY billing_period"
    ).fetchall()
    return Delivery(tuple(_read_period(row) for row in rows), tuple(_read_invariants(rows)), rows[0][1])


def _read_period(row: tuple[Any, ...]) -> PeriodTotals:
    amounts = {basis.value: row[FIRST_SUM + i] or Decimal(0) for i, basis in enumerate(Basis)}
    return PeriodTotals(row[0], row[2], amounts, EPOCH + timedelta(microseconds=row[3]))


def _read_invariants(rows: list[tuple[Any, ...]]) -> list[Invariant]:
    first = FIRST_SUM + len(Basis)
    invariants = []
    for i, rule in enumerate(RULES):
        applied, broken = (sum(row[first + 2 * i + offset] for row in rows) for offset in (0, 1))
        detail = f"Rows it applies to: {applied:,}; rows that differ: {broken:,}."
        invariants.append(Invariant(rule.name, not broken, detail))
    return invariants
