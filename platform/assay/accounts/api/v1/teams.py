"""The tree of teams."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from assay.accounts.api.schemas import TeamChange, TeamIn, TeamOut, Teams
from assay.accounts.domain.roles import Permission
from assay.accounts.selectors import teams as tree
from assay.accounts.services import teams
from assay.accounts.services.access import MemberRequest, principal_of, require
from assay.core.errors import Invalid

router = Router()


@router.get("teams", response=Teams)
def list_teams(request: HttpRequest) -> Teams:
    """The whole tree: parents before children, siblings by name."""
    found = tree.list_teams(principal_of(request).organization_id)
    return Teams(items=[TeamOut.from_orm(team) for team in found])


@router.post("teams", response={201: TeamOut})
@require(Permission.SETTINGS_MANAGE)
def create_team(request: MemberRequest, team: TeamIn) -> Status[TeamOut]:
    """Add a team below a parent, or at the top."""
    organization_id, actor_id = request.principal.organization_id, request.principal.user_id
    made = teams.create_team(organization_id, name=team.name, parent_id=team.parent_id, actor_id=actor_id)
    return Status(201, TeamOut.from_orm(tree.get_team(organization_id, made.id)))


@router.patch("teams/{team_id}", response=TeamOut)
@require(Permission.SETTINGS_MANAGE)
def change_team(request: MemberRequest, team_id: UUID, change: TeamChange) -> TeamOut:
    """Rename a team, or move it with all below it."""
    organization_id, actor_id = request.principal.organization_id, request.principal.user_id
    if not change.model_fields_set:
        raise Invalid("Send a name, a parent_id, or both.", field="name")
    if change.name is not None:
        teams.rename_team(organization_id, team_id, name=change.name, actor_id=actor_id)
    if "parent_id" in change.model_fields_set:
        teams.move_team(organization_id, team_id, parent_id=change.parent_id, actor_id=actor_id)
    return TeamOut.from_orm(tree.get_team(organization_id, team_id))


@router.delete("teams/{team_id}", response={204: None})
@require(Permission.SETTINGS_MANAGE)
def delete_team(request: MemberRequest, team_id: UUID) -> Status[None]:
    """Remove a team that nothing refers to."""
    teams.delete_team(request.principal.organization_id, team_id, actor_id=request.principal.user_id)
    return Status(204, None)
