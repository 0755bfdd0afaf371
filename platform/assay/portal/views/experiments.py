"""Experiments, and the run table of one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from assay.core import tenancy
from assay.core.errors import Invalid
from assay.costs.selectors.figures import experiment_costs
from assay.leaderboards.selectors.leaderboards import list_leaderboards
from assay.portal.domain.commands import first_run
from assay.portal.domain.filters import join_clauses, name_contains
from assay.portal.domain.run_columns import default_columns, offer_columns
from assay.portal.domain.run_exports import export_head, export_row, write_line
from assay.portal.domain.tables import Column, Sort, Table, choose_columns, read_sort
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.experiments import get_by_number, read_experiments
from assay.portal.selectors.run_tables import RunTablePage, read_runs, stream_runs
from assay.portal.views.installations import public_url
from assay.tracking.domain.queries import ExperimentQuery, RunQuery
from assay.tracking.domain.states import RunStatus
from assay.tracking.domain.values import ExperimentView
from assay.tracking.selectors.metrics import list_metric_keys, list_param_keys
from assay.tracking.selectors.runs import count_runs

PAGE_SIZE = 50
STATUSES = (RunStatus.RUNNING, RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED, RunStatus.LOST)
EXPERIMENT_COLUMNS = (
    Column("name", "Experiment", pinned=True),
    Column("runs", "Runs", numeric=True, sortable=False),
    Column("running", "Running", sortable=False),
    Column("cost", "Dollars", numeric=True, sortable=False),
    Column("last", "Last run", sortable=False),
    Column("created", "Created", first_descending=True),
)
EXPERIMENT_ORDER = {"name": "name", "created": "creation_time"}


@dataclass(frozen=True, slots=True)
class Question:
    """What a run table's URL asks for."""

    query: RunQuery
    sort: Sort | None
    filter: str
    status: str
    offered: tuple[Column, ...]


@page()
def list_experiments(request: MemberRequest) -> HttpResponse:
    words = request.GET.get("q", "")
    sort = read_sort(request.GET.get("sort", ""), EXPERIMENT_COLUMNS)
    order = (f"{EXPERIMENT_ORDER[sort.key]} {'DESC' if sort.descending else 'ASC'}",) if sort else ()
    query = ExperimentQuery(
        filter=name_contains("name", words),
        order_by=order,
        limit=PAGE_SIZE,
        page_token=request.GET.get("cursor", ""),
    )
    found = read_experiments(request.principal.organization_id, query)
    context = {
        "section": "experiments",
        "rows": found.rows,
        "next_cursor": found.next_cursor,
        "cursor": query.page_token,
        "query": words,
        "table": Table(EXPERIMENT_COLUMNS, EXPERIMENT_COLUMNS, sort),
        "is_new": not words and sum(row.runs for row in found.rows) == 0,
        "first_run_command": first_run(public_url()),
    }
    return render(request, "experiments/list.html", context)


@page()
def show_experiment(request: MemberRequest, number: int) -> HttpResponse:
    """The run table."""
    organization_id = request.principal.organization_id
    experiment = get_by_number(organization_id, number)
    asked = _read_question(request, experiment)
    found, total, error = RunTablePage((), None), 0, ""
    try:
        found = read_runs(organization_id, asked.query, sort=asked.sort)
        total = count_runs(organization_id, asked.query)
    except Invalid as refusal:
        error = refusal.message
    context = {
        "section": "experiments",
        "experiment": experiment,
        "spent": experiment_costs(organization_id, [experiment.id]).get(experiment.id),
        "boards": list_leaderboards(organization_id, experiment_id=experiment.id),
        "rows": found.rows,
        "next_cursor": found.next_cursor,
        "total": total,
        "error": error,
        "asked": asked,
        "statuses": STATUSES,
        "table": _build_table(request, found, asked),
        "has_live": any(not row.run.status.is_terminal for row in found.rows),
        "is_empty": not total and not asked.query.filter,
        "first_run_command": first_run(public_url(), experiment=experiment.name),
    }
    return render(request, "experiments/show.html", context)


@page()
def export_runs(request: MemberRequest, number: int) -> StreamingHttpResponse:
    """The table's runs as CSV, with every digit of their dollars; the columns that are shown."""
    organization_id = request.principal.organization_id
    experiment = get_by_number(organization_id, number)
    asked = _read_question(request, experiment)
    columns = choose_columns(asked.offered, request.GET.getlist("columns"), default=[column.key for column in asked.offered])
    count_runs(organization_id, asked.query)  # a filter that cannot be read is refused before the file begins
    response = StreamingHttpResponse(_write_lines(organization_id, asked, columns), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="experiment-{number}-runs.csv"'
    return response


def _write_lines(organization_id: UUID, asked: Question, columns: Sequence[Column]) -> Iterator[str]:
    """Written while it is read, after the request's own scope has ended."""
    with tenancy.scope(organization_id):
        yield write_line(export_head(columns))
        for row in stream_runs(organization_id, asked.query, sort=asked.sort):
            yield write_line(export_row(row.run, row.cost, columns))


def _read_question(request: MemberRequest, experiment: ExperimentView) -> Question:
    organization_id = request.principal.organization_id
    offered = offer_columns(list_metric_keys(organization_id, experiment.id), list_param_keys(organization_id, experiment.id))
    status = request.GET.get("status", "")
    words = request.GET.get("filter", "")
    by_status = f"attributes.status = '{status}'" if status in STATUSES else ""
    query = RunQuery(
        experiment_ids=(experiment.id,),
        filter=join_clauses(by_status, words),
        limit=PAGE_SIZE,
        page_token=request.GET.get("cursor", ""),
    )
    return Question(query, read_sort(request.GET.get("sort", ""), offered), words, status, offered)


def _build_table(request: MemberRequest, found: RunTablePage, asked: Question) -> Table:
    default = default_columns([row.run for row in found.rows])
    return Table(choose_columns(asked.offered, request.GET.getlist("columns"), default=default), asked.offered, asked.sort)
