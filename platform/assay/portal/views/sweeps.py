"""Sweeps, their trials, and what the trials wrote."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from assay.accounts.domain.roles import Permission
from assay.portal.domain.commands import first_sweep
from assay.portal.domain.pages import read_page
from assay.portal.domain.sweep_progress import describe_search
from assay.portal.domain.tables import Column, Table, read_sort
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.sweeps import SweepDetails, progress_of, read_sweep, sort_rows
from assay.portal.views.acts import perform
from assay.portal.views.addresses import read_cursor
from assay.portal.views.installations import public_url
from assay.tuning.domain.states import OPEN_TRIALS, SweepState
from assay.tuning.selectors.sweeps import get_sweep, list_sweeps
from assay.tuning.selectors.trials import get_output, get_trial
from assay.tuning.services.sweeps import stop_sweep

TRIALS_PER_PAGE = 100
LONGEST_SHOWN = 200_000


@page()
def show_sweeps(request: MemberRequest) -> HttpResponse:
    cursor = read_cursor(request)
    found = list_sweeps(request.principal.organization_id, cursor=cursor)
    context = {
        "section": "sweeps",
        "rows": [(sweep, progress_of(sweep)) for sweep in found.sweeps],
        "cursor": cursor,
        "next_cursor": found.next_cursor,
        "first_sweep_command": first_sweep(public_url()),
    }
    return render(request, "sweeps/list.html", context)


@page()
def show_sweep(request: MemberRequest, sweep_id: UUID) -> HttpResponse:
    details = read_sweep(request.principal.organization_id, sweep_id)
    columns = trial_columns(details)
    sort = read_sort(request.GET.get("sort", ""), columns, default="-number")
    rows = sort_rows(details.rows, sort)
    at = read_page(request.GET.get("page", ""), total=len(rows), size=TRIALS_PER_PAGE)
    context = {
        **_frame(request, details),
        "table": Table(columns, columns, sort),
        "rows": rows[at.offset : at.end],
        "page": at,
        "has_charts": True,
    }
    return render(request, "sweeps/show.html", context)


@page()
def show_charts(request: MemberRequest, sweep_id: UUID) -> JsonResponse:
    details = read_sweep(request.principal.organization_id, sweep_id)
    chart = describe_search(details.sweep, [row.trial for row in details.rows])
    return JsonResponse({"live": details.is_live, "charts": {"search": chart}})


@page(Permission.TUNING_WRITE, methods="POST")
def stop(request: MemberRequest, sweep_id: UUID) -> HttpResponse:
    organization_id, user_id = request.principal.organization_id, request.principal.user_id
    perform(
        request,
        lambda: stop_sweep(organization_id, sweep_id, user_id=user_id),
        done="The sweep is stopping: no new trial starts, running ones are ended.",
    )
    return redirect("sweep", sweep_id)


@page()
def show_trial(request: MemberRequest, sweep_id: UUID, trial_id: UUID) -> HttpResponse:
    organization_id = request.principal.organization_id
    trial = get_trial(organization_id, trial_id)
    text = request.GET.get("attempt", "")
    output = get_output(organization_id, trial_id, attempt=int(text) if text.isdigit() and len(text) < 4 else None)
    context = {
        "section": "sweeps",
        "sweep": get_sweep(organization_id, trial.sweep_id),
        "trial": trial,
        "attempt": output.attempt,
        "attempts": range(1, trial.attempt + 1),
        "stdout": output.stdout[-LONGEST_SHOWN:],
        "stderr": output.stderr[-LONGEST_SHOWN:],
        "is_live": trial.state in OPEN_TRIALS,
    }
    return render(request, "sweeps/trial.html", context)


def trial_columns(details: SweepDetails) -> tuple[Column, ...]:
    return (
        Column("number", "Trial", first_descending=True),
        Column("state", "State"),
        Column("value", details.sweep.metric, numeric=True, first_descending=True),
        Column("cost", "Dollars", numeric=True, first_descending=True),
        *(Column(f"param:{name}", name) for name in details.param_names),
        Column("started", "Started", first_descending=True),
        Column("duration", "Duration", numeric=True, sortable=False),
    )


def _frame(request: MemberRequest, details: SweepDetails) -> dict[str, Any]:
    return {
        "section": "sweeps",
        "details": details,
        "sweep": details.sweep,
        "is_live": details.is_live,
        "may_stop": details.sweep.state is SweepState.RUNNING and request.principal.may(Permission.TUNING_WRITE),
    }
