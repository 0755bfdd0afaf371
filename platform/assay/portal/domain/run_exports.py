"""Runs as rows of a CSV file: every digit, no formatting."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from assay.core.csv_text import escape_formula
from assay.costs.domain.run_costs import RunCostView
from assay.portal.domain.run_columns import COST, KEYED, METRIC, PARAM, PER_POINT, TAG, TREND
from assay.portal.domain.tables import Column
from assay.tracking.domain.values import RunView


def choose_exported(columns: Iterable[Column]) -> list[Column]:
    """Those that are values of a run, and no pictures or comparisons of a page."""
    return [column for column in columns if column.key not in (TREND, PER_POINT)]


def export_head(columns: Iterable[Column]) -> list[str]:
    return ["run_id", *(name for column in columns for name in _names(column))]


def export_row(run: RunView, cost: RunCostView, columns: Sequence[Column]) -> list[str]:
    return [run.id.hex, *(value for column in columns for value in _values(run, cost, column))]


def write_line(values: Iterable[str]) -> str:
    """One line of CSV, with its end."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(values)
    return text.getvalue()


def _names(column: Column) -> tuple[str, ...]:
    if column.key == COST:
        return ("cost", "currency", "cost_state")
    if column.key == "duration":
        return ("duration_seconds",)
    return (escape_formula(column.label) if column.key.startswith(KEYED) else column.key,)


def _values(run: RunView, cost: RunCostView, column: Column) -> tuple[str, ...]:
    if column.key == COST:
        amount = "" if cost.amount is None else f"{cost.amount:f}"
        return (amount, cost.currency or "", cost.state.value)
    if column.key.startswith(METRIC):
        metric = run.metrics.get(column.key.removeprefix(METRIC))
        return ("" if metric is None else repr(metric.value),)
    if column.key.startswith(PARAM):
        return (escape_formula(run.params.get(column.key.removeprefix(PARAM), "")),)
    if column.key.startswith(TAG):
        return (escape_formula(run.tags.get(column.key.removeprefix(TAG), "")),)
    return (FIXED_VALUES[column.key](run),)


def _duration(run: RunView) -> str:
    return "" if run.ended_at is None else str((run.ended_at - run.started_at).total_seconds())


FIXED_VALUES: dict[str, Callable[[RunView], str]] = {
    "name": lambda run: escape_formula(run.name),
    "status": lambda run: run.status.value,
    "started": lambda run: run.started_at.isoformat(),
    "duration": _duration,
    "user": lambda run: escape_formula(run.user_name),
    "machine": lambda run: escape_formula(run.tags.get("assay.compute.instance_type", "")),
}
