"""Members and invitations."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from assay.accounts.domain.roles import Permission, Role
from assay.accounts.selectors.invitations import list_invitations
from assay.accounts.selectors.memberships import get_member, list_members
from assay.accounts.selectors.teams import list_teams
from assay.accounts.services import invitations, members
from assay.core.clock import now
from assay.core.errors import Invalid
from assay.portal.forms.settings import InvitationForm, team_choices
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.acts import apply_form, perform
from assay.portal.views.settings.sections import render_section


@page(Permission.MEMBERS_MANAGE, methods="GET POST")
def show_members(request: MemberRequest) -> HttpResponse:
    """The list; POST invites."""
    organization_id = request.principal.organization_id
    teams = list_teams(organization_id)
    form = InvitationForm(request.POST if request.method == "POST" else None, teams=teams)
    if request.method == "POST" and apply_form(form, lambda: _invite(request, form)):
        messages.success(request, f"An invitation is on its way to {form.cleaned_data['email']}.")
        return redirect("settings_members")
    context = {
        "members": list_members(organization_id),
        "invitations": list_invitations(organization_id),
        "form": form,
        "roles": list(Role),
        "teams": team_choices(teams),
        "at": now(),
    }
    return render_section(request, "members", context)


@page(Permission.MEMBERS_MANAGE, methods="POST")
def change_member(request: MemberRequest, membership_id: UUID) -> HttpResponse:
    """`role`, `team` or `remove`."""
    member = get_member(request.principal.organization_id, membership_id)
    name = member.name or member.email
    if "remove" in request.POST:
        perform(request, lambda: members.remove_member(request.principal, membership_id), done=f"{name} was removed.")
    if "role" in request.POST:
        role = _read_role(request.POST["role"])
        perform(
            request, lambda: members.change_role(request.principal, membership_id, role=role), done=f"{name} is {role} now."
        )
    if "team" in request.POST:
        team_id = UUID(request.POST["team"]) if request.POST["team"] else None
        perform(
            request,
            lambda: members.assign_team(request.principal, membership_id, team_id=team_id),
            done="The team was changed.",
        )
    return redirect("settings_members")


@page(Permission.MEMBERS_MANAGE, methods="POST")
def withdraw_invitation(request: MemberRequest, invitation_id: UUID) -> HttpResponse:
    perform(
        request,
        lambda: invitations.withdraw_invitation(request.principal, invitation_id),
        done="The invitation was withdrawn; its link works no longer.",
    )
    return redirect("settings_members")


def _invite(request: MemberRequest, form: InvitationForm) -> None:
    values = form.cleaned_data
    invitations.invite_member(request.principal, email=values["email"], role=Role(values["role"]), team_id=values["team"])


def _read_role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        raise Invalid(f"{text!r} is no role; choose one of {', '.join(Role)}.", field="role") from error
