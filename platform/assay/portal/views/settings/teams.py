"""The tree of teams."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.teams import get_team, list_teams
from assay.accounts.services import teams
from assay.portal.forms.settings import TeamForm
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.acts import apply_form, perform
from assay.portal.views.settings.sections import render_section


@page(Permission.MEMBERS_MANAGE, methods="GET POST")
def show_teams(request: MemberRequest) -> HttpResponse:
    """The tree; POST adds a team."""
    found = list_teams(request.principal.organization_id)
    form = TeamForm(request.POST if request.method == "POST" else None, teams=found)
    if request.method == "POST" and apply_form(form, lambda: _create(request, form)):
        messages.success(request, f"{form.cleaned_data['name']} was added.")
        return redirect("settings_teams")
    return render_section(request, "teams", {"teams": found, "form": form})


@page(Permission.MEMBERS_MANAGE, methods="POST")
def change_team(request: MemberRequest, team_id: UUID) -> HttpResponse:
    """`name` renames, `remove` deletes."""
    organization_id, actor_id = request.principal.organization_id, request.principal.user_id
    team = get_team(organization_id, team_id)
    if "remove" in request.POST:
        perform(
            request, lambda: teams.delete_team(organization_id, team_id, actor_id=actor_id), done=f"{team.name} was removed."
        )
        return redirect("settings_teams")
    name = request.POST.get("name", "")
    perform(request, lambda: teams.rename_team(organization_id, team_id, name=name, actor_id=actor_id), done="Renamed.")
    return redirect("settings_teams")


def _create(request: MemberRequest, form: TeamForm) -> None:
    values = form.cleaned_data
    teams.create_team(
        request.principal.organization_id, name=values["name"], parent_id=values["parent"], actor_id=request.principal.user_id
    )
