"""What many runs cost together, and runs in the order of what they cost, out of the figures kept beside each run.

Both are asked about runs that a tracking search matches: its statement is joined here, since tracking does not know dollars.
"""

import base64
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db import connection
from django.db.models import Q

from assay.core.clock import now
from assay.core.money import Money
from assay.costs.domain.run_costs import ExperimentCost, RunCostState, sum_by_currency
from assay.costs.selectors.run_costs import view_runs
from assay.tracking.domain.errors import PageTokenRefused
from assay.tracking.selectors.statements import Statement

LONGEST_TOKEN = 1_000

# A running run costs what its machine's hours cost so far. The whole match is sorted: no index can hold an order that moves.
# Amounts of different currencies do not compare, so the order is by currency first; runs without an amount have none.
_PRICED = """
SELECT m.id, m.started_at,
       CASE WHEN f.is_live THEN round(f.per_hour * extract(epoch FROM greatest(%(at)s - f.started_at, interval '0')) / 3600, 15)
            ELSE f.amount END AS amount,
       CASE WHEN coalesce(f.amount, f.per_hour) IS NOT NULL THEN f.currency END AS currency
FROM ({matching}) m
LEFT JOIN costs_runfigure f ON f.run_id = m.id AND f.place = 0 AND f.organization_id = %(organization)s
"""
_ORDER = "currency NULLS LAST, amount {direction} NULLS LAST, started_at DESC, id"
_PAGE = """
SELECT id, started_at, currency, amount FROM ({priced}) p WHERE {after} ORDER BY {order} LIMIT %(limit)s
"""
_ALL = "SELECT id FROM ({priced}) p ORDER BY {order}"
_TIES = "(started_at < %(started_at)s OR (started_at = %(started_at)s AND id > %(id)s))"
_AFTER_AMOUNT = """(amount IS NULL OR currency > %(currency)s OR (currency = %(currency)s
    AND (amount {beyond} %(amount)s OR (amount = %(amount)s AND {ties}))))"""
_AFTER_MISSING = "(amount IS NULL AND {ties})"

_EXPERIMENTS = """
SELECT experiment_id, state, currency, sum(amount), count(*) FILTER (WHERE place = 0), array_agg(run_id) FILTER (WHERE is_live)
FROM costs_runfigure WHERE organization_id = %(organization)s AND experiment_id = ANY(%(experiments)s)
GROUP BY experiment_id, state, currency
"""
_SUMS = """
SELECT m.value, f.currency, sum(f.amount)
FROM ({matching}) m JOIN costs_runfigure f ON f.run_id = m.id AND f.organization_id = %(organization)s AND f.amount IS NOT NULL
GROUP BY 1, 2
"""
_LIVE = """
SELECT m.value, m.id FROM ({matching}) m
JOIN costs_runfigure f ON f.run_id = m.id AND f.organization_id = %(organization)s AND f.is_live
"""


@dataclass(frozen=True, slots=True)
class RunIdPage:
    """next_page_token: None on the last page."""

    run_ids: tuple[UUID, ...]
    next_page_token: str | None


def experiment_costs(organization_id: UUID, experiment_ids: Collection[UUID]) -> dict[UUID, ExperimentCost]:
    """Per experiment that was asked for, the sum of its runs' figures by currency, deleted runs included: they were paid for.

    A run counts with the figure that costs_of_runs shows for it; one that names no machine does not count.
    """
    amounts: dict[UUID, list[Money]] = defaultdict(list)
    states: dict[UUID, Counter[RunCostState]] = defaultdict(Counter)
    live: dict[UUID, UUID] = {}
    with connection.cursor() as cursor:
        cursor.execute(_EXPERIMENTS, {"organization": organization_id, "experiments": list(experiment_ids)})
        for experiment_id, state, currency, amount, runs, running in cursor.fetchall():
            amounts[experiment_id] += [] if amount is None else [Money(amount, currency)]
            states[experiment_id][RunCostState(state)] += runs
            live |= dict.fromkeys(running or (), experiment_id)
    for run_id, view in view_runs(organization_id, Q(run_id__in=live), at=now()).items() if live else ():
        amounts[live[run_id]] += view.figures
    return {key: ExperimentCost(sum_by_currency(amounts.get(key, ())), states.get(key, {})) for key in experiment_ids}


def sum_by_value(organization_id: UUID, grouped: Statement) -> dict[str | None, tuple[Money, ...]]:
    """What the runs of each value cost, by currency. grouped: selects `id`, a run's, and `value`, what to add up by."""
    parameters = {"organization": organization_id, **grouped.parameters}
    amounts: dict[str | None, list[Money]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(matching=grouped.text), parameters)
        for value, currency, amount in cursor.fetchall():
            amounts[value].append(Money(amount, currency))
        cursor.execute(_LIVE.format(matching=grouped.text), parameters)
        live: list[tuple[str | None, UUID]] = cursor.fetchall()
    views = view_runs(organization_id, Q(run_id__in={run_id for _, run_id in live}), at=now())
    for value, run_id in live:
        amounts[value] += views[run_id].figures if run_id in views else ()
    return {value: sum_by_currency(found) for value, found in amounts.items()}


def page_by_cost(
    organization_id: UUID, matching: Statement, *, descending: bool, limit: int, page_token: str = ""
) -> RunIdPage:
    """One page of the matching runs by what they cost: by currency (A to Z), in it by amount, ties newest first; those without
    an amount last. What a run cost in further currencies than the one that is shown does not count.

    matching: selects `id` and `started_at`. What runs cost that still run is reckoned as of the first page. raises: PageTokenRefused.
    """
    mark = hashlib.sha256(repr((matching, descending)).encode()).hexdigest()[:12]
    last = _read_token(page_token, mark) if page_token else None
    at = last.at if last else now()
    parameters = {"organization": organization_id, "at": at, "limit": limit + 1, **matching.parameters}
    if last:
        parameters |= {"currency": last.currency, "amount": last.amount, "started_at": last.started_at, "id": last.run_id}
    statement = _PAGE.format(
        priced=_PRICED.format(matching=matching.text), after=_after(last, descending), order=_order(descending)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    found = tuple(row[0] for row in rows[:limit])
    return RunIdPage(found, _write_token(mark, at, rows[limit - 1]) if len(rows) > limit else None)


def order_by_cost(organization_id: UUID, matching: Statement, *, descending: bool) -> Statement:
    """A statement that selects the `id` of every matching run, in the order of page_by_cost."""
    text = _ALL.format(priced=_PRICED.format(matching=matching.text), order=_order(descending))
    return Statement(text, {"organization": organization_id, "at": now(), **matching.parameters})


@dataclass(frozen=True, slots=True)
class _Last:
    at: datetime
    currency: str | None
    amount: Decimal | None
    started_at: datetime
    run_id: UUID


def _order(descending: bool) -> str:
    return _ORDER.format(direction="DESC" if descending else "ASC")


def _after(last: _Last | None, descending: bool) -> str:
    if last is None:
        return "true"
    if last.amount is None:
        return _AFTER_MISSING.format(ties=_TIES)
    return _AFTER_AMOUNT.format(ties=_TIES, beyond="<" if descending else ">")


def _write_token(mark: str, at: datetime, row: tuple[UUID, datetime, str | None, Decimal | None]) -> str:
    run_id, started_at, currency, amount = row
    shown = None if amount is None else [currency, str(amount)]
    parts = [mark, at.isoformat(), shown, started_at.isoformat(), run_id.hex]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _read_token(token: str, mark: str) -> _Last:
    """Tokens come back from clients, so nothing in them is believed."""
    if len(token) > LONGEST_TOKEN:
        raise PageTokenRefused
    try:
        found_mark, at, shown, started_at, run_id = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        currency, amount = _shown(shown)
        last = _Last(_instant(at), currency, amount, _instant(started_at), UUID(run_id))
    except (ValueError, TypeError, AttributeError, RecursionError, InvalidOperation) as error:
        raise PageTokenRefused from error
    if found_mark != mark or (last.amount is not None and not last.amount.is_finite()):
        raise PageTokenRefused
    return last


def _shown(parts: list[str] | None) -> tuple[str | None, Decimal | None]:
    if parts is None:
        return None, None
    currency, amount = parts
    if not (isinstance(currency, str) and currency.isascii() and "\x00" not in currency):
        raise ValueError("a currency is a few letters")
    return currency, Decimal(amount)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant has its zone")
    return instant
