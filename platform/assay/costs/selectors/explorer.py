"""Where the money went: exact sums over the ledger, by any dimension, in one currency at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

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
from assay.costs.domain.dimensions import LABELS, Dimension
from assay.costs.domain.imports import ImportState
from assay.costs.domain.questions import Question
from assay.costs.models import BillImport
from assay.costs.selectors.questions import Choice, Filters, Ledger, label_of, open_ledger, value_of

ZERO = Decimal(0)


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
    choice = Choice(interval, filters or {}, credit)
    keys = {f"key_{i}": dimension for i, dimension in enumerate(group_by)}
    with open_ledger(organization_id) as ledger:
        rows = _sum(ledger, choice, keys, [basis])
    currency, others = _pick_currency(organization_id, rows)
    found = [CostRow(tuple(row[name] for name in keys), row[basis] or ZERO) for row in rows if row["currency"] == currency]
    found.sort(key=lambda row: (-row.amount, tuple(part or "" for part in row.key)))
    return CostTable(tuple(found), add_up([row.amount for row in found]), currency, others)


def daily_series(
    organization_id: UUID,
    *,
    group_by: Dimension,
    interval: Interval,
    basis: Basis = Basis.EFFECTIVE,
    top: int = 8,
    filters: Filters | None = None,
    credit: Credits = Credits.INCLUDED,
) -> DailySeries:
    """Each UTC day of the interval: the largest `top` values of the dimension and one line for all others; sums conserved."""
    dimensions = [group_by, Dimension.DAY]
    table = summarize(organization_id, group_by=dimensions, interval=interval, basis=basis, filters=filters, credit=credit)
    days = _days(interval)
    by_value: dict[str | None, dict[str | None, Decimal]] = defaultdict(dict)
    for row in table.rows:
        by_value[row.key[0]][row.key[1]] = row.amount
    ranked = sorted(by_value, key=lambda value: (-add_up(list(by_value[value].values())), value or ""))
    lines = [_line(value, [by_value[value]], days) for value in ranked[:top]]
    if ranked[top:]:
        lines.append(_line(None, [by_value[value] for value in ranked[top:]], days, rest=True))
    return DailySeries(days, tuple(lines), table.total, table.currency, table.other_currencies)


def totals_by_basis(
    organization_id: UUID,
    *,
    interval: Interval,
    filters: Filters | None = None,
    credit: Credits = Credits.INCLUDED,
) -> dict[Basis, CostTable]:
    """The same charges on each basis."""
    with open_ledger(organization_id) as ledger:
        rows = _sum(ledger, Choice(interval, filters or {}, credit), {}, list(Basis))
    currency, others = _pick_currency(organization_id, rows)
    sums = next((row for row in rows if row["currency"] == currency), None)
    if sums is None:
        return dict.fromkeys(Basis, CostTable((), ZERO, currency, others))
    amounts = {basis: sums[basis] or ZERO for basis in Basis}
    return {basis: CostTable((CostRow((), amount),), amount, currency, others) for basis, amount in amounts.items()}


def list_dimension_values(
    organization_id: UUID,
    *,
    dimension: Dimension,
    interval: Interval,
    basis: Basis = Basis.EFFECTIVE,
    filters: Filters | None = None,
    credit: Credits = Credits.INCLUDED,
) -> list[DimensionValue]:
    """Values of a dimension in the interval with a label for people, largest first."""
    with open_ledger(organization_id) as ledger:
        rows = _sum(ledger, Choice(interval, filters or {}, credit), {"value": dimension}, [basis], label=dimension)
    currency, _ = _pick_currency(organization_id, rows)
    found = [
        DimensionValue(row["value"], row.get("label") or row["value"], row[basis] or ZERO)
        for row in rows
        if row["currency"] == currency
    ]
    return sorted(found, key=lambda entry: (-entry.amount, entry.value or ""))


def find_freshness(organization_id: UUID) -> Freshness:
    """How far the ledger reaches, and when it last changed."""
    imported = BillImport.objects.filter(organization_id=organization_id, state=ImportState.IMPORTED)
    latest = imported.select_related("source").order_by("-finished_at").first()
    with open_ledger(organization_id) as ledger:
        if ledger is None:
            return Freshness(None, None, None)
        [row] = ledger.ask(Question.FRESHNESS, ledger.charges.aggregate(until=ledger.charges.charge_period_end.max()))
    return Freshness(row["until"], latest.finished_at if latest else None, latest.source.name if latest else None)


def _sum(
    ledger: Ledger | None,
    choice: Choice,
    keys: Mapping[str, Dimension],
    bases: Sequence[Basis],
    *,
    label: Dimension | None = None,
) -> list[dict[str, Any]]:
    """One row per currency and combination of keys: currency, charges (how many), the keys, a sum per basis, perhaps a label."""
    if ledger is None:
        return []
    chosen = ledger.choose(choice)
    sums = {basis.value: chosen[basis.column].sum() for basis in bases}
    if label in LABELS:
        sums["label"] = label_of(chosen, label).max()
    groups = {name: value_of(chosen, dimension) for name, dimension in keys.items()}
    grouped = chosen.group_by(currency=chosen.billing_currency, **groups)
    return ledger.ask(Question.SUMS, grouped.aggregate(charges=chosen.count(), **sums))


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
    amounts = tuple(add_up([part.get(day.isoformat(), ZERO) for part in parts]) for day in days)
    return CostLine(value, amounts, rest)
