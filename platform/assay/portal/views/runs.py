"""One run: how it learns, on what, for how much."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render

from assay.portal.domain.paths import list_parents
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors import run_files
from assay.portal.selectors.run_pages import RunHead, read_head
from assay.portal.views import run_console, run_parts
from assay.tracking.domain.artifacts import guess_type

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
    return render(request, "runs/_metrics.html", {**_frame(head), "metrics": head.own_metrics})


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


PART_CONTEXTS: dict[str, Callable[[MemberRequest, RunHead], dict[str, Any]]] = {
    "overview": run_parts.show_overview,
    "charts": run_parts.show_charts,
    "system": run_parts.show_system,
    "console": run_console.show_console,
    "code": run_parts.show_code,
    "artifacts": _artifacts,
    "lineage": run_parts.show_lineage,
    "cost": run_parts.show_cost,
}
