"""Changes of the tree of teams."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ManyToOneRel

from assay.accounts.domain.teams import makes_cycle
from assay.accounts.models import Invitation, Team
from assay.accounts.selectors.invitations import OPEN
from assay.accounts.services import audit
from assay.core.errors import Conflict, Invalid, NotFound

LONGEST_NAME = 200


def create_team(organization_id: UUID, *, name: str, parent_id: UUID | None, actor_id: UUID) -> Team:
    """Add a team below a parent, or at the top. raises: NotFound for the parent, Conflict when the name is taken there."""
    name = _check_name(name)
    with transaction.atomic():
        parent = _lock_tree(parent_id)[parent_id] if parent_id else None
        team = Team(organization_id=organization_id, name=name, parent=parent)
        _save(team)
        audit.record(organization_id, actor_id=actor_id, action="team.created", subject=name, details={"team_id": str(team.id)})
    return team


def rename_team(organization_id: UUID, team_id: UUID, *, name: str, actor_id: UUID) -> None:
    name = _check_name(name)
    with transaction.atomic():
        team = _lock_tree(team_id)[team_id]
        details = {"team_id": str(team_id), "before": team.name}
        team.name = name
        _save(team)
        audit.record(organization_id, actor_id=actor_id, action="team.renamed", subject=name, details=details)


def move_team(organization_id: UUID, team_id: UUID, *, parent_id: UUID | None, actor_id: UUID) -> None:
    """Hang a team, with all below it, under another parent, or at the top. raises: Conflict when it would stand below itself."""
    with transaction.atomic():
        tree = _lock_tree(team_id, parent_id)
        team = tree[team_id]
        if makes_cycle({node.id: node.parent_id for node in tree.values()}, team_id, parent_id):
            raise Conflict(f"{team.name} cannot be moved below itself.", team_id=str(team_id), parent_id=str(parent_id))
        details = {"team_id": str(team_id), "before": _text(team.parent_id), "after": _text(parent_id)}
        team.parent = tree[parent_id] if parent_id else None
        _save(team)
        audit.record(organization_id, actor_id=actor_id, action="team.moved", subject=team.name, details=details)


def delete_team(organization_id: UUID, team_id: UUID, *, actor_id: UUID) -> None:
    """Remove a team that nothing refers to. raises: Conflict naming what does."""
    with transaction.atomic():
        team = _lock_tree(team_id)[team_id]
        users = _list_users(team)
        if users:
            raise Conflict(f"{team.name} is still used by {', '.join(users)}: move those first.", used_by=users)
        team.delete()
        details = {"team_id": str(team_id)}
        audit.record(organization_id, actor_id=actor_id, action="team.deleted", subject=team.name, details=details)


def _lock_tree(*wanted: UUID | None) -> dict[UUID, Team]:
    """All teams, locked in id order, so that two moves at once cannot make a cycle together."""
    tree = {team.id: team for team in Team.objects.select_for_update().order_by("id")}
    missing = next((team_id for team_id in wanted if team_id is not None and team_id not in tree), None)
    if missing is not None:
        raise NotFound("There is no such team in this organization.", team_id=str(missing))
    return tree


def _list_users(team: Team) -> list[str]:
    """What refers to the team, in any app, as counted words: `2 members`."""
    relations = [field for field in Team._meta.get_fields(include_hidden=True) if isinstance(field, ManyToOneRel)]
    counts = {str(relation.related_model._meta.verbose_name_plural): _references(relation, team) for relation in relations}
    return [f"{count} {name}" for name, count in counts.items() if count]


def _references(relation: ManyToOneRel, team: Team) -> int:
    rows = relation.related_model._base_manager.filter(**{relation.field.name: team})
    return rows.filter(OPEN).count() if relation.related_model is Invitation else rows.count()


def _save(team: Team) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        raise Conflict(f"There is already a team {team.name} at that place.", name=team.name) from error


def _check_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(f"A team needs a name of 1 to {LONGEST_NAME} characters.", field="name")
    return name


def _text(team_id: UUID | None) -> str | None:
    return str(team_id) if team_id else None
