"""Experiments: found, described, renamed, deleted and restored."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.portal.domain.commands import first_run
from assay.portal.domain.filters import name_contains
from assay.portal.domain.tables import Column, Table, read_sort
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.experiment_pages import DESCRIPTION
from assay.portal.selectors.experiments import get_by_number, read_experiments
from assay.portal.views.acts import perform
from assay.portal.views.installations import public_url
from assay.portal.views.undo import offer_undo
from assay.tracking.domain.queries import ExperimentQuery
from assay.tracking.domain.states import Visibility
from assay.tracking.services import experiments

PAGE_SIZE = 50
COLUMNS = (
    Column("name", "Experiment", pinned=True),
    Column("runs", "Runs", numeric=True, sortable=False),
    Column("running", "Running", sortable=False),
    Column("cost", "Dollars", numeric=True, sortable=False),
    Column("last", "Last run", sortable=False),
    Column("created", "Created", first_descending=True),
)
ORDER = {"name": "name", "created": "creation_time"}


@page()
def list_experiments(request: MemberRequest) -> HttpResponse:
    words = request.GET.get("q", "")
    is_deleted = request.GET.get("stage") == "deleted"
    sort = read_sort(request.GET.get("sort", ""), COLUMNS)
    query = ExperimentQuery(
        filter=name_contains("name", words),
        order_by=(f"{ORDER[sort.key]} {'DESC' if sort.descending else 'ASC'}",) if sort else (),
        limit=PAGE_SIZE,
        page_token=request.GET.get("cursor", ""),
        view=Visibility.DELETED_ONLY if is_deleted else Visibility.ACTIVE_ONLY,
    )
    found = read_experiments(request.principal.organization_id, query)
    context = {
        "section": "experiments",
        "rows": found.rows,
        "next_cursor": found.next_cursor,
        "cursor": query.page_token,
        "query": words,
        "is_deleted": is_deleted,
        "table": Table(COLUMNS, COLUMNS, sort),
        "is_new": not words and not is_deleted and sum(row.runs for row in found.rows) == 0,
        "may_write": request.principal.may(Permission.TRACKING_WRITE),
        "first_run_command": first_run(public_url()),
    }
    return render(request, "experiments/list.html", context)


@page(Permission.TRACKING_WRITE, methods="POST")
def describe_experiment(request: MemberRequest, number: int) -> HttpResponse:
    """Name and description."""
    organization_id = request.principal.organization_id
    experiment = get_by_number(organization_id, number)
    name, description = request.POST.get("name", "").strip(), request.POST.get("description", "").strip()

    def change() -> None:
        experiments.rename_experiment(organization_id, experiment.id, name=name)
        if description or DESCRIPTION in experiment.tags:
            experiments.set_experiment_tag(organization_id, experiment.id, key=DESCRIPTION, value=description)

    perform(request, change, done="Saved.")
    return redirect("experiment", number)


@page(Permission.TRACKING_WRITE, methods="POST")
def delete_experiment(request: MemberRequest, number: int) -> HttpResponse:
    organization_id = request.principal.organization_id
    experiment = get_by_number(organization_id, number)
    if perform(request, lambda: experiments.delete_experiment(organization_id, experiment.id)):
        text = f"{experiment.name} and its runs were deleted. They can be restored for 7 days."
        offer_undo(request, text, action=reverse("experiment_restore", args=[number]), fields={})
    return redirect("experiments")


@page(Permission.TRACKING_WRITE, methods="POST")
def restore_experiment(request: MemberRequest, number: int) -> HttpResponse:
    organization_id = request.principal.organization_id
    experiment = get_by_number(organization_id, number)
    if perform(request, lambda: experiments.restore_experiment(organization_id, experiment.id)):
        messages.success(request, f"{experiment.name} is back, with the runs that were deleted with it.")
        return redirect("experiment", number)
    return redirect("experiments")
