"""What each part of a run's page shows."""

from typing import Any

from assay.accounts.domain.roles import Permission
from assay.portal.domain.code import link_commit, link_repository, read_diff, source_from_tags
from assay.portal.domain.commands import record_source, system_metrics
from assay.portal.domain.system_metrics import group_system_metrics
from assay.portal.permissions import MemberRequest
from assay.portal.selectors.run_charts import offered_axes
from assay.portal.selectors.run_pages import RunHead, find_machine_cost
from assay.portal.selectors.run_relatives import read_family, read_lineage
from assay.portal.views.run_curves import list_brief, list_curves, read_axis
from assay.registry.selectors.model_versions import list_versions_of_run
from assay.tracking.selectors.sources import find_source


def show_overview(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    organization_id = request.principal.organization_id
    return {
        **list_brief(head),
        **may_write(request, head),
        "metrics": head.own_metrics,
        "params": list(head.run.params.items()),
        "family": read_family(organization_id, head.run),
        "lineage": read_lineage(organization_id, head.run),
        "has_curves": True,
    }


def show_charts(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    return {
        **list_curves(request, head),
        "axes": offered_axes(head),
        "axis": read_axis(request, head),
        "has_curves": True,
    }


def show_system(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    return {
        "groups": group_system_metrics(head.run.metrics),
        "system_command": system_metrics(),
        "known": len(head.run.metrics),
        "axes": offered_axes(head),
        "axis": read_axis(request, head),
        "has_curves": True,
    }


def show_code(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    source = find_source(request.principal.organization_id, head.run.id) or source_from_tags(head.run.tags)
    if source is None:
        return {"source": None, "source_command": record_source()}
    return {
        "source": source,
        "repository": link_repository(source.remote),
        "commit_link": link_commit(source.remote, source.commit),
        "diff": read_diff(source.diff),
        "packages": sorted(source.packages.items(), key=lambda one: one[0].casefold()),
    }


def show_lineage(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    organization_id = request.principal.organization_id
    return {
        "lineage": read_lineage(organization_id, head.run),
        "family": read_family(organization_id, head.run),
        "versions": list_versions_of_run(organization_id, head.run.id),
    }


def show_cost(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    may_see_bill = request.principal.may(Permission.COSTS_READ)
    machine_cost = find_machine_cost(request.principal.organization_id, head) if may_see_bill else None
    return {"resource": machine_cost, "may_see_bill": may_see_bill}


def may_write(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    """Deleted runs are not changed."""
    active = head.run.lifecycle_stage == "active"
    return {"may_write": active and request.principal.may(Permission.TRACKING_WRITE)}
