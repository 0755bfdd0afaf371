"""Questions to the ledger in Ibis's words, answered by DuckDB over one version of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from uuid import UUID

import ibis
from ibis.expr.types import BooleanValue, StringValue, Table

from assay.core.intervals import Interval
from assay.costs.domain.charges import Credits
from assay.costs.domain.dimensions import COLUMNS, LABELS, Dimension
from assay.costs.domain.questions import Question
from assay.costs.selectors.engines import Session, open_session
from assay.costs.selectors.engines.duckdb import PLACE
from assay.costs.selectors.lake import find_snapshot, ledger_types

Filters = Mapping[Dimension, Sequence[str | None]]
"""Per dimension the values that count; None stands for charges without a value."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which charges count: those whose period starts in the interval, half-open, and that the filters let through."""

    interval: Interval
    filters: Filters = field(default_factory=dict)
    credit: Credits = Credits.INCLUDED


class Ledger:
    """One version of the ledger, open for questions."""

    def __init__(self, session: Session, version: int) -> None:
        self._session = session
        self.version = version
        self.charges: Table = ibis.table(ledger_types() | PLACE, name="charges")

    def choose(self, choice: Choice) -> Table:
        """The charges that count."""
        chosen = _within(self.charges, choice.interval)
        if choice.credit is Credits.EXCLUDED:
            chosen = chosen.filter(chosen.charge_category != "Credit")
        for dimension, values in choice.filters.items():
            chosen = chosen.filter(_matches(value_of(chosen, dimension), values))
        return chosen

    def ask(self, question: Question, expression: Table) -> list[dict[str, Any]]:
        """Rows as dictionaries; amounts are Decimal, times aware."""
        rows: list[dict[str, Any]] = self._session.ask(question, expression).to_pylist()
        return rows


@contextmanager
def open_ledger(organization_id: UUID) -> Iterator[Ledger | None]:
    """The ledger as it is now; None while it holds nothing."""
    snapshot = find_snapshot(organization_id)
    if snapshot is None or not snapshot.files:
        yield None
        return
    with open_session({"charges": snapshot.files}) as session:
        yield Ledger(session, snapshot.version)


def value_of(charges: Table, dimension: Dimension) -> StringValue:
    """The dimension's value of each charge; days are `YYYY-MM-DD`, months `YYYY-MM`."""
    if dimension is Dimension.DAY:
        return charges.charge_date.cast("string")
    if dimension is Dimension.MONTH:
        return charges.charge_date.strftime("%Y-%m")
    return ibis.coalesce(*(charges[name] for name in COLUMNS[dimension]))


def label_of(charges: Table, dimension: Dimension) -> StringValue:
    """A name for people beside each charge's value; for dimensions of LABELS."""
    pairs = zip(COLUMNS[dimension], LABELS[dimension], strict=False)
    named: StringValue = ibis.cases(*((charges[column].notnull(), charges[label]) for column, label in pairs))
    return named


def _within(charges: Table, interval: Interval) -> Table:
    """The dates say the same as the times, and let whole files and row groups be passed over."""
    return charges.filter(
        charges.charge_period_start >= ibis.literal(interval.start, type="timestamp('UTC')"),
        charges.charge_period_start < ibis.literal(interval.end, type="timestamp('UTC')"),
        charges.charge_date >= interval.start.astimezone(UTC).date(),
        charges.charge_date <= interval.end.astimezone(UTC).date(),
    )


def _matches(column: StringValue, values: Sequence[str | None]) -> BooleanValue:
    named = column.isin([value for value in values if value is not None])
    return named.fill_null(False) | column.isnull() if None in values else named
