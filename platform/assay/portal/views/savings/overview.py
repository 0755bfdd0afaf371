"""What could be saved, largest first."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.teams import list_teams
from assay.core.errors import Invalid
from assay.portal.domain.pages import PAGE_SIZE, read_page
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.savings import draw_progress
from assay.recommendations.domain.checks import Group
from assay.recommendations.domain.exports import write_findings
from assay.recommendations.domain.states import ACTIVE, FindingState
from assay.recommendations.domain.values import FindingQuery
from assay.recommendations.selectors.check_runs import list_checks
from assay.recommendations.selectors.findings import count_findings, list_findings, sum_savings

TABS = {
    "": tuple(sorted(ACTIVE)),
    "accepted": (FindingState.ACCEPTED,),
    "done": (FindingState.APPLIED, FindingState.VERIFIED),
    "dismissed": (FindingState.DISMISSED,),
    "gone": (FindingState.GONE,),
    "excluded": (),
}
LABELS = {
    "": "Open", "accepted": "Accepted", "done": "Applied", "dismissed": "Dismissed", "gone": "Gone", "excluded": "Excluded",
}  # fmt: skip
MOST_EXPORTED = 10_000


@page(Permission.COSTS_READ)
def show_savings(request: MemberRequest) -> HttpResponse:
    organization_id = request.principal.organization_id
    query, tab = _read_query(request)
    at = read_page(request.GET.get("page", ""), total=count_findings(organization_id, query))
    checks = list_checks(organization_id)
    chart = draw_progress(organization_id)
    context = {
        "chart": chart,
        "has_charts": chart is not None,
        "section": "savings",
        "savings": sum_savings(organization_id),
        "findings": list_findings(organization_id, replace(query, limit=PAGE_SIZE, offset=at.offset)),
        "page": at,
        "tab": tab,
        "tabs": LABELS,
        "query": query,
        "text": query.text,
        "groups": list(Group),
        "teams": list_teams(organization_id),
        "checks": checks,
        "troubled": [check for check in checks if check.state in ("failed", "waiting")],
        "has_run": any(check.last_run_at for check in checks),
        "may_write": request.principal.may(Permission.COSTS_WRITE),
    }
    return render(request, "savings/overview.html", context)


@page(Permission.COSTS_READ)
def export_savings(request: MemberRequest) -> HttpResponse:
    """What the page lists, as CSV."""
    query, _ = _read_query(request)
    found = list_findings(request.principal.organization_id, replace(query, limit=MOST_EXPORTED))
    headers = {"Content-Disposition": 'attachment; filename="findings.csv"'}
    return HttpResponse(write_findings(found), content_type="text/csv; charset=utf-8", headers=headers)


def _read_query(request: MemberRequest) -> tuple[FindingQuery, str]:
    """raises: Invalid for an address that this page never wrote."""
    asked = {name: request.GET.get(name, "") for name in ("state", "check", "group", "account", "team", "q")}
    tab = asked["state"] if asked["state"] in TABS else ""
    try:
        team_id = UUID(asked["team"]) if asked["team"] else None
    except ValueError as error:
        raise Invalid("team must be the id of a team.", field="team") from error
    query = FindingQuery(
        states=TABS[tab],
        check=asked["check"],
        group=asked["group"],
        account_id=asked["account"],
        team_id=team_id,
        text=asked["q"],
        excluded=tab == "excluded",
    )
    return query, tab
