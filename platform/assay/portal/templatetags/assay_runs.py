"""Cells of run tables: one per column that was chosen."""

from collections.abc import Callable

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assay.portal.domain import numbers
from assay.portal.domain.run_columns import METRIC, PARAM
from assay.portal.domain.tables import Column
from assay.portal.selectors.run_tables import RunRow
from assay.portal.templatetags import assay

register = template.Library()

NOTHING = format_html('<td class="muted">{}</td>', "–")
NO_FIGURE = format_html('<td class="amount muted">{}</td>', "–")


@register.simple_tag
def run_cell(row: RunRow, column: Column) -> SafeString:
    if column.key.startswith(METRIC):
        return _metric(row, column.key.removeprefix(METRIC))
    if column.key.startswith(PARAM):
        return _param(row.run.params.get(column.key.removeprefix(PARAM)))
    return FIXED_CELLS[column.key](row)


def _name(row: RunRow) -> SafeString:
    name = row.run.name or row.run.id.hex[:8]
    return format_html(
        '<td class="cell-name"><a href="{}" title="{}">{}</a></td>', reverse("run", args=[row.run.id]), name, name
    )


def _status(row: RunRow) -> SafeString:
    return format_html("<td>{}</td>", assay.status(row.run.status))


def _cost(row: RunRow) -> SafeString:
    return format_html('<td class="amount">{}</td>', assay.cost(row.cost))


def _started(row: RunRow) -> SafeString:
    return format_html("<td>{}</td>", assay.ago(row.run.started_at))


def _duration(row: RunRow) -> SafeString:
    return format_html('<td class="amount">{}</td>', assay.lasted(row.run.started_at, row.run.ended_at, row.run.status))


def _metric(row: RunRow, key: str) -> SafeString:
    metric = row.run.metrics.get(key)
    if metric is None:
        return NO_FIGURE
    return format_html('<td class="amount" title="{}">{}</td>', metric.value, numbers.format_metric(metric.value))


def _param(value: str | None) -> SafeString:
    if not value:
        return NOTHING
    return format_html('<td class="cell-text num" title="{}">{}</td>', value, numbers.shorten_number(value))


def _text(value: str | None) -> SafeString:
    if not value:
        return NOTHING
    return format_html('<td class="cell-text" title="{}">{}</td>', value, value)


FIXED_CELLS: dict[str, Callable[[RunRow], SafeString]] = {
    "name": _name,
    "status": _status,
    "cost": _cost,
    "started": _started,
    "duration": _duration,
    "user": lambda row: _text(row.run.user_name),
    "machine": lambda row: _text(row.machine),
}
