"""One run: how it learns, on what, for how much."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.run_pages import RunHead, read_head
from assay.portal.views import run_console, run_files, run_parts

PARTS = {
    "overview": ("Overview", "list-details"),
    "charts": ("Charts", "chart-line"),
    "system": ("System", "cpu"),
    "console": ("Console", "terminal-2"),
    "code": ("Code", "code"),
    "artifacts": ("Files", "folder"),
    "lineage": ("Lineage", "sitemap"),
    "cost": ("Compute and dollars", "coin"),
}


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
    return render(request, "runs/_metrics.html", {**_frame(head), "metrics": head.own_metrics})


def _frame(head: RunHead) -> dict[str, Any]:
    return {"section": "experiments", "head": head, "run": head.run, "cost": head.cost, "is_live": head.is_live}


PART_CONTEXTS: dict[str, Callable[[MemberRequest, RunHead], dict[str, Any]]] = {
    "overview": run_parts.show_overview,
    "charts": run_parts.show_charts,
    "system": run_parts.show_system,
    "console": run_console.show_console,
    "code": run_parts.show_code,
    "artifacts": run_files.show_files,
    "lineage": run_parts.show_lineage,
    "cost": run_parts.show_cost,
}
