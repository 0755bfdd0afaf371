"""The tree of teams of the organization in scope."""

from uuid import UUID

from django.db.models import Count

from assay.accounts.domain.teams import TeamView, in_tree_order, path_names
from assay.accounts.models import Team
from assay.core.errors import NotFound


def list_teams(organization_id: UUID) -> list[TeamView]:
    """The whole tree, parents before children, siblings by name."""
    rows = list(Team.objects.annotate(member_count=Count("members")))
    names = {row.id: row.name for row in rows}
    parents = {row.id: row.parent_id for row in rows}
    return in_tree_order(
        TeamView(
            id=row.id,
            parent_id=row.parent_id,
            name=row.name,
            path=path_names(names, parents, row.id),
            members=row.member_count,
        )
        for row in rows
    )


def get_team(organization_id: UUID, team_id: UUID) -> TeamView:
    found = next((team for team in list_teams(organization_id) if team.id == team_id), None)
    if found is None:
        raise NotFound("There is no such team in this organization.", team_id=str(team_id))
    return found
