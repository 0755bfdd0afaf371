"""Where the money went: exact sums over the ledger, by any dimension, in one currency at a time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import duckdb
import ibis
from ibis.expr.types import BooleanValue, StringValue, Table

from assay.accounts.selectors.organizations import get_organization
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import (
    CostLine,
    CostRow,
    CostTable,
    Credits,
    DailySeries,
    DimensionValue,
    Freshness,
    add_up,
)
from assay.costs.domain.dimensions import COLUMNS, LABELS, Dimension
from assay.costs.models import BillImport
from assay.costs.selectors.engines import open_engine
from assay.costs.selectors.lake import find_ledger, ledger_types, list_files, scan_sql

Filters = Mapping[Dimension, Sequence[str | None]]
"""Per dimension the values that count; None stands for charges without a value."""


def summarize(
    organization_id: UUID,
    *,
    group_by: Sequence[Dimension],
    interval: Interval,
    basis: Basis = Basis.EFFECTIVE,
    filters: Filters | None = None,
    credit: Credits = Credits.INCLUDED,
) -> CostTable:
    """Sums per group of the charges whose period starts in the interval.

    group_by: dimensions of a row's key, in order; none gives one row, the total. interval: half-open, UTC.
    returns: rows, largest first, that sum to the total exactly; in the organization's currency, or where nothing is charged
        in that, in the one with the most charges. Days are `YYYY-MM-DD`, months `YYYY-MM`.
    """
    with _open_charges(organization_id) as ledger:
        if ledger is None:
            return CostTable((), Decimal(0), _home_currency(organization_id))
        chosen = _choose(ledger.charges, interval, filters or {}, credit)
        keys = {f"key_{i}": _value(chosen, dimension) for i, dimension in enumerate(group_by)}
        sums = chosen.group_by(currency=chosen.billing_currency, **keys).aggregate(
            amount=chosen[basis.column].sum(), charges=chosen.count()
        )
        rows = ledger.ask(sums)
    currency, others = _pick_currency(organization_id, rows)
    found = [
        CostRow(tuple(row[name] for name in keys), row["amount"] or Decimal(0)) for row in rows if row["currency"] == currency
    ]
    found.sort(key=lambda row: (-row.amount, tuple(part or "" for part in row.key)))
    return CostTable(tuple(found), add_up([row.amount for row in found]), currency, others)


def daily_series(
    organization_id: UUID, *, group_by: Dimension, interval: Interval, basis: Basis = Basis.EFFECTIVE, top: int = 8
) -> DailySeries:
    """Each UTC day of the interval: the largest `top` values of the dimension and one line for all others; sums conserved."""
    table = summarize(organization_id, group_by=[group_by, Dimension.DAY], interval=interval, basis=basis)
    days = _days(interval)
    by_value: dict[str | None, dict[str | None, Decimal]] = defaultdict(dict)
    for row in table.rows:
        by_value[row.key[0]][row.key[1]] = row.amount
    ranked = sorted(by_value, key=lambda value: (-add_up(list(by_value[value].values())), value or ""))
    lines = [_line(value, [by_value[value]], days) for value in ranked[:top]]
    if ranked[top:]:
        lines.append(_line(None, [by_value[value] for value in ranked[top:]], days, rest=True))
    return DailySeries(days, tuple(lines), table.total, table.currency, table.other_currencies)


def totals_by_basis(organization_id: UUID, *, interval: Interval, filters: Filters | None = None) -> dict[Basis, CostTable]:
    """The same charges on each basis."""
    return {basis: summarize(organization_id, group_by=[], interval=interval, basis=basis, filters=filters) for basis in Basis}


def list_dimension_values(
    organization_id: UUID, *, dimension: Dimension, interval: Interval, basis: Basis = Basis.EFFECTIVE
) -> list[DimensionValue]:
    """Values of a dimension in the interval with a label for people, largest first."""
    table = summarize(organization_id, group_by=[dimension], interval=interval, basis=basis)
    labels = _labels(organization_id, dimension, interval)
    return [DimensionValue(row.key[0], labels.get(row.key[0], row.key[0]), row.amount) for row in table.rows]


def find_freshness(organization_id: UUID) -> Freshness:
    """How far the ledger reaches, and when it last changed."""
    last = BillImport.objects.filter(organization_id=organization_id, state="imported").select_related("source")
    latest = last.order_by("-finished_at").first()
    with _open_charges(organization_id) as ledger:
        if ledger is None:
            return Freshness(None, None, None)
        [row] = ledger.ask(ledger.charges.aggregate(until=ledger.charges.charge_period_end.max()))
    return Freshness(row["until"], latest.finished_at if latest else None, latest.source.name if latest else None)


class _Ledger:
    """One version of the ledger, open for questions in Ibis's words."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> None:
        self._connection = connection
        connection.execute(f"CREATE VIEW charges AS FROM {scan_sql(files)}")
        self.charges: Table = ibis.table(ledger_types(), name="charges")

    def ask(self, question: Table) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._connection.sql(ibis.to_sql(question, dialect="duckdb")).to_arrow_table().to_pylist()
        return rows


@contextmanager
def _open_charges(organization_id: UUID) -> Iterator[_Ledger | None]:
    """None while nothing has been imported."""
    table = find_ledger(organization_id)
    files = list_files(table) if table else []
    if not files:
        yield None
        return
    with open_engine() as connection:
        yield _Ledger(connection, files)


def _choose(charges: Table, interval: Interval, filters: Filters, credit: Credits) -> Table:
    chosen = charges.filter(
        charges.charge_period_start >= ibis.literal(interval.start, type="timestamp('UTC')"),
        charges.charge_period_start < ibis.literal(interval.end, type="timestamp('UTC')"),
        charges.charge_date >= interval.start.astimezone(UTC).date(),
        charges.charge_date <= interval.end.astimezone(UTC).date(),
    )
    if credit is Credits.EXCLUDED:
        chosen = chosen.filter(chosen.charge_category != "Credit")
    for dimension, values in filters.items():
        chosen = chosen.filter(_matches(_value(chosen, dimension), values))
    return chosen


def _matches(column: StringValue, values: Sequence[str | None]) -> BooleanValue:
    named = column.isin([value for value in values if value is not None])
    return named.fill_null(False) | column.isnull() if None in values else named


def _value(charges: Table, dimension: Dimension) -> StringValue:
    if dimension is Dimension.DAY:
        return charges.charge_date.cast("string")
    if dimension is Dimension.MONTH:
        return charges.charge_date.strftime("%Y-%m")
    return ibis.coalesce(*(charges[name] for name in COLUMNS[dimension]))


def _labels(organization_id: UUID, dimension: Dimension, interval: Interval) -> dict[str | None, str | None]:
    if dimension not in LABELS:
        return {}
    with _open_charges(organization_id) as ledger:
        if ledger is None:
            return {}
        chosen = _choose(ledger.charges, interval, {}, Credits.INCLUDED)
        label = ibis.coalesce(*(chosen[name] for name in LABELS[dimension])).max()
        rows = ledger.ask(chosen.group_by(value=_value(chosen, dimension)).aggregate(label=label))
    return {row["value"]: row["label"] or row["value"] for row in rows}


def _pick_currency(organization_id: UUID, rows: Sequence[Mapping[str, Any]]) -> tuple[str, tuple[str, ...]]:
    charges: dict[str, int] = defaultdict(int)
    for row in rows:
        charges[str(row["currency"])] += row["charges"]
    home = _home_currency(organization_id)
    currency = home if home in charges or not charges else max(sorted(charges), key=lambda name: charges[name])
    return currency, tuple(sorted(set(charges) - {currency}))


def _home_currency(organization_id: UUID) -> str:
    return get_organization(organization_id).currency


def _days(interval: Interval) -> tuple[date, ...]:
    first = interval.start.astimezone(UTC).date()
    last = (interval.end.astimezone(UTC) - timedelta(microseconds=1)).date()
    return tuple(first + timedelta(days=i) for i in range((last - first).days + 1))


def _line(
    value: str | None, parts: Sequence[Mapping[str | None, Decimal]], days: Sequence[date], *, rest: bool = False
) -> CostLine:
    amounts = tuple(add_up([part.get(day.isoformat(), Decimal(0)) for part in parts]) for day in days)
    return CostLine(value, amounts, rest)
