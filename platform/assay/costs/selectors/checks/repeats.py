"""Charges that say twice the same, found in pieces that fit into memory however large the ledger is."""

from collections.abc import Iterator, Mapping
from datetime import date

import ibis
from ibis.expr.types import Table

from assay.costs.selectors.charges import TIES
from assay.costs.selectors.checks.rules import usual

REPEATS = usual("repeats", "No charge stands there twice, the same in every column")
ROWS_AT_ONCE = 2_000_000
_SAYS = [name for name in TIES if name != "import_id"]
_SHOWN = ("source_id", "billing_period", "charge_period_start", "service_name", "resource_id", "charge_category", "billed_cost")


def split_days(rows: Mapping[date, int]) -> Iterator[tuple[date, date]]:
    """First and last day of pieces with at most so many rows, or of one day."""
    first, count, last = None, 0, None
    for day in sorted(rows):
        if first is not None and last is not None and count + rows[day] > ROWS_AT_ONCE:
            yield first, last
            first, count = None, 0
        first, last, count = first or day, day, count + rows[day]
    if first is not None and last is not None:
        yield first, last


def days_of(charges: Table) -> Table:
    return charges.group_by("charge_date").aggregate(rows=charges.count())


def repeated_charges(charges: Table, first: date, last: date) -> Table:
    """A row per charge that is there more than once: how often beyond once, and what it is."""
    chosen = charges.filter(charges.charge_date >= first, charges.charge_date <= last)
    texts = [chosen[name].cast("string").fill_null("\x1f") for name in _SAYS]
    counted = chosen.group_by(said=ibis.literal("\x1e").join(texts).hexdigest("md5")).aggregate(
        times=chosen.count(), **{name: chosen[name].cast("string").min() for name in _SHOWN}
    )
    return counted.filter(counted.times > 1)
