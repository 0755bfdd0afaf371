"""Machines: what they cost, how much of it was runs, how much idle."""

from django.http import HttpResponse
from django.shortcuts import render

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.organizations import get_organization
from assay.costs.domain.run_costs import ResourceCostView
from assay.costs.selectors.resources import resource_costs
from assay.portal.domain.pages import read_page
from assay.portal.domain.run_columns import FIXED
from assay.portal.domain.tables import Column, Sort, Table, read_sort
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.machines import add_up, find_machine, read_runs_of_machine
from assay.portal.views.costs.pickers import read_pickers

COLUMNS = (
    Column("resource", "Resource"),
    Column("total", "Total", numeric=True, first_descending=True),
    Column("runs", "Runs", numeric=True, first_descending=True, hint="What runs held of it"),
    Column("idle", "Idle", numeric=True, first_descending=True, hint="What nobody held"),
    Column("share", "Idle share", numeric=True, first_descending=True),
)
RUN_COLUMNS = tuple(column for column in FIXED if column.key not in {"machine"})


@page(Permission.COSTS_READ)
def show_resources(request: MemberRequest) -> HttpResponse:
    organization_id = request.principal.organization_id
    pickers = read_pickers(request, get_organization(organization_id))
    machines = resource_costs(organization_id, pickers.span.interval)
    sort = read_sort(request.GET.get("sort", ""), COLUMNS, default="-total")
    ordered = _ordered(machines, sort)
    at = read_page(request.GET.get("page", ""), total=len(ordered))
    context = {
        "section": "resources",
        "pickers": pickers,
        "table": Table(COLUMNS, COLUMNS, sort),
        "machines": ordered[at.offset : at.end],
        "totals": add_up(machines),
        "page": at,
    }
    return render(request, "costs/resources.html", context)


@page(Permission.COSTS_READ)
def show_resource(request: MemberRequest) -> HttpResponse:
    """One machine and its runs; `id` is its ResourceId, which may hold any character."""
    organization_id = request.principal.organization_id
    resource_id = request.GET.get("id", "")
    pickers = read_pickers(request, get_organization(organization_id))
    context = {
        "section": "resources",
        "resource_id": resource_id,
        "pickers": pickers,
        "machine": find_machine(organization_id, resource_id, pickers.span.interval),
        "rows": read_runs_of_machine(organization_id, resource_id),
        "table": Table(RUN_COLUMNS, RUN_COLUMNS, None),
    }
    return render(request, "costs/resource.html", context)


def _ordered(machines: list[ResourceCostView], sort: Sort | None) -> list[ResourceCostView]:
    if sort is None:
        return machines
    orders = {
        "resource": lambda one: one.resource_id,
        "total": lambda one: one.total,
        "runs": lambda one: one.runs,
        "idle": lambda one: one.idle,
        "share": lambda one: one.idle / one.total if one.total else 0,
    }
    return sorted(machines, key=orders[sort.key], reverse=sort.descending)
