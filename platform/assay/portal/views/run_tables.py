"""The run table of an experiment: paged, grouped, exported."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from assay.accounts.domain.roles import Permission
from assay.core import tenancy
from assay.core.errors import Invalid
from assay.portal.domain.commands import first_run
from assay.portal.domain.gains import guess_goal
from assay.portal.domain.run_columns import PER_POINT, TREND, default_columns, list_common_metrics, offer_columns
from assay.portal.domain.run_exports import choose_exported, export_head, export_row, write_line
from assay.portal.domain.run_questions import DELETED, PAGE_SIZE, Question, read_question
from assay.portal.domain.tables import Column, Table, choose_columns
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.experiment_pages import read_head
from assay.portal.selectors.experiments import get_by_number
from assay.portal.selectors.run_groups import GroupTable, read_groups
from assay.portal.selectors.run_tables import (
    RunRow,
    RunTablePage,
    read_chosen_runs,
    read_runs,
    stream_runs,
    with_prices_per_point,
    with_trends,
)
from assay.portal.views.addresses import read_ids
from assay.portal.views.installations import public_url
from assay.tracking.domain.states import RunStatus
from assay.tracking.domain.values import ExperimentView
from assay.tracking.selectors.metrics import list_metric_keys, list_param_keys, list_tag_keys
from assay.tracking.selectors.runs import count_runs

MOST_CHOSEN = 100
MOST_COLUMNS_LISTED = 200
NEVER_LEFT_OUT = (RunStatus.RUNNING, RunStatus.FINISHED, RunStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Found:
    """What a table shows. metric: the one of trends, groups and prices per point; empty when no run has any."""

    rows: tuple[RunRow, ...] = ()
    next_cursor: str | None = None
    groups: GroupTable | None = None
    columns: tuple[Column, ...] = ()
    metric: str = ""
    error: str = ""
    keys: tuple[str, ...] = field(default=())


@page()
def show_experiment(request: MemberRequest, number: int) -> HttpResponse:
    organization_id = request.principal.organization_id
    experiment = get_by_number(organization_id, number)
    head = read_head(organization_id, experiment, user_id=request.principal.user_id, path=request.path)
    asked = _read_question(request, experiment)
    found = _find(organization_id, experiment, asked)
    total = _count(organization_id, asked, head.tally.deleted if asked.is_deleted else head.tally.active, found)
    context = {
        "section": "experiments",
        "head": head,
        "experiment": experiment,
        "asked": asked,
        "found": found,
        "rows": found.rows,
        "error": found.error,
        "total": total,
        "first": (asked.place.number - 1) * PAGE_SIZE + 1,
        "last": (asked.place.number - 1) * PAGE_SIZE + len(found.rows),
        "preceding": asked.place.preceding(),
        "following": asked.place.following(found.next_cursor) if found.next_cursor else None,
        "statuses": [status for status in RunStatus if status in NEVER_LEFT_OUT or status in head.tally.statuses],
        "deleted_tab": DELETED,
        "table": Table(found.columns, asked.offered, asked.sort),
        "has_live": head.tally.statuses.get(RunStatus.RUNNING, 0) > 0,
        "is_empty": not head.tally.active and not head.tally.deleted,
        "may_write": request.principal.may(Permission.TRACKING_WRITE),
        "first_run_command": first_run(public_url(), experiment=experiment.name),
        **_offer(asked, found),
    }
    return render(request, "experiments/show.html", context)


@page()
def list_columns(request: MemberRequest, number: int) -> HttpResponse:
    """Columns whose name has the words, for the chooser of a table with more than it lists."""
    asked = _read_question(request, get_by_number(request.principal.organization_id, number))
    words = request.GET.get("q", "").lower()
    matching = [column for column in asked.offered if words in column.label.lower() and not column.pinned]
    context = {"columns": matching[:MOST_COLUMNS_LISTED], "left_out": max(0, len(matching) - MOST_COLUMNS_LISTED)}
    return render(request, "experiments/_columns.html", context)


@page()
def export_runs(request: MemberRequest, number: int) -> StreamingHttpResponse:
    """The table's runs as CSV, with every digit of their dollars, in the columns that are shown."""
    organization_id = request.principal.organization_id
    asked = _read_question(request, get_by_number(organization_id, number))
    columns = _choose_exported(asked)
    count_runs(organization_id, asked.query)  # a filter that cannot be read is refused before the file begins
    return _send(stream_runs(organization_id, asked.query, sort=asked.sort, columns=columns), organization_id, columns, number)


@page(methods="POST")
def export_chosen(request: MemberRequest, number: int) -> StreamingHttpResponse:
    """As export_runs, of the runs that were chosen."""
    organization_id = request.principal.organization_id
    asked = _read_question(request, get_by_number(organization_id, number))
    columns = _choose_exported(asked)
    rows = read_chosen_runs(organization_id, read_ids(request.POST.getlist("run"), most=MOST_CHOSEN), columns=columns)
    return _send(iter(rows), organization_id, columns, number)


def _send(rows: Iterator[RunRow], organization_id: UUID, columns: Sequence[Column], number: int) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_write_lines(rows, organization_id, columns), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="experiment-{number}-runs.csv"'
    return response


def _write_lines(rows: Iterator[RunRow], organization_id: UUID, columns: Sequence[Column]) -> Iterator[str]:
    """Written while it is read, after the request's own scope has ended."""
    with tenancy.scope(organization_id):
        yield write_line(export_head(columns))
        for row in rows:
            yield write_line(export_row(row.run, row.cost, columns))


def _choose_exported(asked: Question) -> list[Column]:
    everything = [column.key for column in asked.offered]
    return choose_exported(choose_columns(asked.offered, asked.columns, default=everything))


def _read_question(request: MemberRequest, experiment: ExperimentView) -> Question:
    organization_id = request.principal.organization_id
    offered = offer_columns(
        list_metric_keys(organization_id, experiment.id),
        list_param_keys(organization_id, experiment.id),
        list_tag_keys(organization_id, experiment.id),
    )
    return read_question(dict(request.GET.lists()), experiment_id=experiment.id, offered=offered)


def _find(organization_id: UUID, experiment: ExperimentView, asked: Question) -> Found:
    keys = tuple(column.label for column in asked.offered if column.kind == "metric")
    try:
        page = RunTablePage((), None) if asked.group else read_runs(organization_id, asked.query, sort=asked.sort)
        runs = [row.run for row in page.rows]
        metric = asked.metric if asked.metric in keys else next(iter(list_common_metrics(runs) or keys), "")
        groups = read_groups(organization_id, asked, asked.group, metric=metric) if asked.group else None
    except Invalid as refusal:
        return Found(error=refusal.message, columns=choose_columns(asked.offered, asked.columns, default=()), keys=keys)
    shown = runs or [row.run for group in (groups.rows if groups else ()) for row in group.rows]
    columns = choose_columns(asked.offered, asked.columns, default=default_columns(shown))
    rows = _complete(organization_id, experiment, page.rows, asked, columns=columns, metric=metric)
    return Found(rows, page.next_cursor, groups, columns, metric, keys=keys)


def _complete(
    organization_id: UUID,
    experiment: ExperimentView,
    rows: tuple[RunRow, ...],
    asked: Question,
    *,
    columns: Sequence[Column],
    metric: str,
) -> tuple[RunRow, ...]:
    """With the trends and prices that the columns ask for."""
    wanted = {column.key for column in columns}
    if TREND in wanted:
        rows = with_trends(organization_id, rows, metric)
    if PER_POINT in wanted:
        goal = asked.goal_of(metric)
        rows = with_prices_per_point(organization_id, rows, metric, experiment_id=experiment.id, goal=goal)
    return rows


def _count(organization_id: UUID, asked: Question, of_stage: int, found: Found) -> int:
    if found.error:
        return 0
    return of_stage if asked.is_plain else count_runs(organization_id, asked.query)


def _offer(asked: Question, found: Found) -> dict[str, Any]:
    """What the menus of columns and groups list."""
    keyed = [column for column in asked.offered if not column.pinned]
    listed = keyed if len(keyed) <= MOST_COLUMNS_LISTED else [column for column in keyed if not column.kind]
    return {
        "chosen_columns": [column for column in found.columns if not column.pinned],
        "listed_columns": [column for column in listed if column not in found.columns],
        "columns_left_out": len(keyed) - len(listed),
        "group_params": [column.label for column in asked.offered if column.kind == "param"][:MOST_COLUMNS_LISTED],
        "group_tags": [column.label for column in asked.offered if column.kind == "tag"][:MOST_COLUMNS_LISTED],
        "metric_keys": found.keys[:MOST_COLUMNS_LISTED],
        "goal": asked.goal_of(found.metric) if found.metric else guess_goal(""),
    }
