"""One run: how it learns, on what, for how much."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import render

from assay.accounts.domain.roles import Permission
from assay.portal.domain.paths import list_parents
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors import run_files
from assay.portal.selectors.run_charts import ChartAxis, charted_keys, offered_axes, read_charts
from assay.portal.selectors.run_pages import RunHead, find_machine_cost, read_head
from assay.tracking.domain.artifacts import guess_type
from assay.tracking.selectors.inputs import links_of_runs

PARTS = {
    "overview": ("Overview", "chart-line"),
    "artifacts": ("Files", "folder"),
    "cost": ("Compute and dollars", "coin"),
}
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@page()
def show_run(request: MemberRequest, run_id: UUID) -> HttpResponse:
    head = read_head(request.principal.organization_id, run_id)
    part = request.GET.get("tab", "overview")
    part = part if part in PARTS else "overview"
    context = {
        **_frame(head),
        "parts": [{"key": key, "label": label, "icon": icon} for key, (label, icon) in PARTS.items()],
        "tab": part,
        "part_template": f"runs/_{part}.html",
        **PART_CONTEXTS[part](request, head),
    }
    return render(request, "runs/show.html", context)


@page()
def show_head(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """The part that changes while the run goes on; stops asking once it has ended."""
    return render(request, "runs/_head.html", _frame(read_head(request.principal.organization_id, run_id)))


@page()
def show_metrics(request: MemberRequest, run_id: UUID) -> HttpResponse:
    head = read_head(request.principal.organization_id, run_id)
    return render(request, "runs/_metrics.html", {**_frame(head), "metrics": list(head.run.metrics.values())})


@page()
def show_charts(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """The run's curves for charts/live.js."""
    organization_id = request.principal.organization_id
    head = read_head(organization_id, run_id)
    axis = _read_axis(request, head)
    return JsonResponse({"live": head.is_live, "charts": read_charts(organization_id, head, axis=axis)})


@page()
def send_file(request: MemberRequest, run_id: UUID) -> FileResponse:
    """A file of the run: as a download, or shown inside the page without scripts and without our origin."""
    organization_id = request.principal.organization_id
    run = read_head(organization_id, run_id).run
    path = request.GET.get("path", "")
    file = run_files.open_file(organization_id, run, path)
    kind = guess_type(path)
    inline = "inline" in request.GET and kind in run_files.SHOWN_INLINE
    response = FileResponse(file, as_attachment=not inline, filename=path.rsplit("/", 1)[-1], content_type=kind)
    response["Content-Security-Policy"] = FILE_POLICY
    return response


def _frame(head: RunHead) -> dict[str, Any]:
    return {"section": "experiments", "head": head, "run": head.run, "cost": head.cost, "is_live": head.is_live}


def _overview(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    keys = charted_keys(head)
    links = links_of_runs(request.principal.organization_id, [head.run.id]).get(head.run.id)
    return {
        "metrics": list(head.run.metrics.values()),
        "params": list(head.run.params.items()),
        "tags": head.shown_tags,
        "datasets": links.datasets if links else (),
        "keys": keys,
        "single": len(head.run.metrics) if not keys else 0,
        "left_out": len(head.run.metrics) - len(keys),
        "axes": offered_axes(head),
        "axis": _read_axis(request, head),
        "has_charts": True,
    }


def _artifacts(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    organization_id = request.principal.organization_id
    folder = request.GET.get("path", "")
    entries = run_files.list_entries(organization_id, head.run, folder)
    chosen = request.GET.get("file", "") or run_files.first_file(entries)
    return {
        "folder": folder,
        "parents": list_parents(folder, root="Files"),
        "entries": entries,
        "chosen": chosen,
        "preview": run_files.read_preview(organization_id, head.run, chosen) if chosen else None,
        "is_elsewhere": run_files.is_elsewhere(head.run),
    }


def _cost(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    may_see_bill = request.principal.may(Permission.COSTS_READ)
    machine_cost = find_machine_cost(request.principal.organization_id, head) if may_see_bill else None
    return {"resource": machine_cost, "may_see_bill": may_see_bill}


PART_CONTEXTS: dict[str, Callable[[MemberRequest, RunHead], dict[str, Any]]] = {
    "overview": _overview,
    "artifacts": _artifacts,
    "cost": _cost,
}


def _read_axis(request: MemberRequest, head: RunHead) -> ChartAxis:
    offered = offered_axes(head)
    chosen = request.GET.get("x", "")
    return ChartAxis(chosen) if chosen in offered else ChartAxis.STEP
