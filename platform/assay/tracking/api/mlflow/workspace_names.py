"""Teams by the protocol's names for them: small letters, digits, hyphens."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.http import HttpRequest

from assay.accounts.domain.teams import TeamView
from assay.accounts.selectors.teams import list_teams
from assay.core.errors import NotFound

HEADER = "X-MLFLOW-WORKSPACE"
EVERYTHING = "default"
"""The workspace of those who name none: all that the member may see."""
NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])")
RESERVED = frozenset({"workspaces", "api", "ajax-api", "static-files"})


def find_named_team(request: HttpRequest, organization_id: UUID) -> UUID | None:
    """The team that a request is about, or None when it names none. raises: NotFound for one that there is not."""
    return find_team_id(organization_id, _name_in(request)) if names_team(request) else None


def names_team(request: HttpRequest) -> bool:
    return _name_in(request) not in ("", EVERYTHING)


def _name_in(request: HttpRequest) -> str:
    return request.headers.get(HEADER, EVERYTHING).strip()


def find_team_id(organization_id: UUID, name: str) -> UUID:
    """raises: NotFound, also for a workspace of another organization."""
    team = name_teams(list_teams(organization_id)).get(name)
    if team is None:
        raise NotFound(f"Workspace '{name[:80]}' not found", workspace=name[:80])
    return team.id


def name_teams(found: Iterable[TeamView]) -> Mapping[str, TeamView]:
    """Teams by the names of their workspaces: their own name in small letters and hyphens.

    Where two teams would have one name, both go by the path to them; a name that is none (of signs alone) is left out.
    """
    views = list(found)
    times = Counter(_slug(team.name) for team in views)
    names: dict[str, TeamView] = {}
    for team in views:
        short = _slug(team.name)
        name = short if times[short] == 1 else _slug("-".join(team.path))
        if NAME.fullmatch(name) and name not in RESERVED and name != EVERYTHING:
            names.setdefault(name, team)
    return names


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower())[:63].strip("-")
