"""Cells of run tables: one per column that was chosen."""

from collections.abc import Callable
from urllib.parse import urlencode

from django import template
from django.http import QueryDict
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assay.core.amounts import format_amount, format_exact
from assay.portal.domain import numbers
from assay.portal.domain.filters import join_clauses
from assay.portal.domain.run_columns import COST, METRIC, PARAM, PER_POINT, TAG, TREND
from assay.portal.domain.run_questions import write_value
from assay.portal.domain.sparklines import HEIGHT, WIDTH, draw_points
from assay.portal.domain.tables import Column
from assay.portal.domain.trails import Place
from assay.portal.selectors.run_groups import GroupRow
from assay.portal.selectors.run_tables import RunRow
from assay.portal.templatetags import assay
from assay.tracking.domain.search.clauses import Comparison, Identifier, Kind, Operator
from assay.tracking.domain.states import RunStatus
from assay.tracking.selectors.datasets import DatasetUseCount
from assay.tracking.selectors.run_tallies import RunTally

register = template.Library()

NOTHING = format_html('<td class="muted">{}</td>', "–")
NO_FIGURE = format_html('<td class="amount muted">{}</td>', "–")


@register.simple_tag
def run_cell(row: RunRow, column: Column) -> SafeString:
    if column.key.startswith(METRIC):
        return _metric(row, column.key.removeprefix(METRIC))
    if column.key.startswith(PARAM):
        return _param(row.run.params.get(column.key.removeprefix(PARAM)))
    if column.key.startswith(TAG):
        return _text(row.run.tags.get(column.key.removeprefix(TAG)))
    return FIXED_CELLS[column.key](row)


@register.filter
def group_value(value: str | None) -> str:
    """A group's value as the address carries it."""
    return write_value(value)


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


def _trend(row: RunRow) -> SafeString:
    points = draw_points(row.trend)
    if not points:
        return NOTHING
    first, last = numbers.format_metric(row.trend[0]), numbers.format_metric(row.trend[-1])
    return format_html(
        '<td><svg class="sparkline" width="{}" height="{}" role="img" aria-label="From {} to {}"><title>{} to {}</title>'
        '<polyline points="{}"></polyline></svg></td>',
        WIDTH, HEIGHT, first, last, first, last, points,
    )  # fmt: skip


def _per_point(row: RunRow) -> SafeString:
    if row.per_point is None:
        return NO_FIGURE
    amount, currency = row.per_point.amount, row.per_point.currency
    return format_html('<td class="amount" title="{}">{}</td>', format_exact(amount, currency), format_amount(amount, currency))


def _text(value: str | None) -> SafeString:
    if not value:
        return NOTHING
    return format_html('<td class="cell-text" title="{}">{}</td>', value, value)


FIXED_CELLS: dict[str, Callable[[RunRow], SafeString]] = {
    "name": _name,
    "status": _status,
    COST: _cost,
    TREND: _trend,
    PER_POINT: _per_point,
    "started": _started,
    "duration": _duration,
    "user": lambda row: _text(row.run.user_name),
    "machine": lambda row: _text(row.machine),
}


@register.simple_tag
def tally_of(tally: RunTally, status: RunStatus) -> str:
    return f"{tally.statuses.get(status, 0):,}"


@register.simple_tag
def group_option(kind: str, key: str, chosen: str) -> SafeString:
    token = f"{kind}:{key}"
    return format_html('<option value="{}"{}>{}</option>', token, " selected" if token == chosen else "", key)


@register.simple_tag(takes_context=True)
def place_address(context: RequestContext, place: Place) -> str:
    """Another page of the same table."""
    return _address(context, cursor=place.cursor, trail=place.trail, page=str(place.number) if place.number > 1 else "")


@register.simple_tag(takes_context=True)
def group_address(context: RequestContext, row: GroupRow) -> str:
    """The same groups with this one opened, or closed again."""
    query: QueryDict = context["request"].GET.copy()
    token = write_value(row.group.value)
    others = [text for text in query.getlist("open") if text != token]
    query.setlist("open", others if row.is_open else [*others, token])
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def clause_address(context: RequestContext, clause: str) -> str:
    """The table of the runs that satisfy one clause more."""
    words = context["request"].GET.get("filter", "")
    return _address(context, filter=join_clauses(words, clause), group="", open="", cursor="", trail="", page="")


def _address(context: RequestContext, **parts: str) -> str:
    """The page's own address with these parts; an empty one is left out."""
    query: QueryDict = context["request"].GET.copy()
    for name, value in parts.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag
def dataset_address(name: str, digest: str = "") -> str:
    return f"{reverse('dataset')}?{urlencode({'name': name, **({'digest': digest} if digest else {})})}"


@register.simple_tag
def dataset_runs_address(use: DatasetUseCount, name: str) -> str:
    """The run table of the experiment, with the runs that used this version alone."""
    clauses = {"name": name, "digest": use.digest, **({"context": use.context} if use.context else {})}
    words = join_clauses(
        *(str(Comparison(Identifier(Kind.DATASET, key), Operator.EQUAL, value)) for key, value in clauses.items())
    )
    return f"{reverse('experiment', args=[use.experiment_number])}?{urlencode({'filter': words})}"
