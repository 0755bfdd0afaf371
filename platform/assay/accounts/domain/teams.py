"""The tree of teams."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TeamView:
    """A node as listed: path holds the names from the root to the team itself, so depth is its length minus one."""

    id: UUID
    parent_id: UUID | None
    name: str
    path: tuple[str, ...]
    members: int

    @property
    def depth(self) -> int:
        return len(self.path) - 1


def makes_cycle(parents: Mapping[UUID, UUID | None], team_id: UUID, new_parent_id: UUID | None) -> bool:
    """Whether a team would stand below itself.

    parents: team → its parent, of a tree without cycles.
    """
    ancestor = new_parent_id
    while ancestor is not None:
        if ancestor == team_id:
            return True
        ancestor = parents.get(ancestor)
    return False


def path_names(names: Mapping[UUID, str], parents: Mapping[UUID, UUID | None], team_id: UUID) -> tuple[str, ...]:
    """The names from the root down to a team."""
    path: list[str] = []
    current: UUID | None = team_id
    while current is not None:
        path.append(names[current])
        current = parents[current]
    return tuple(reversed(path))


def in_tree_order(teams: Iterable[TeamView]) -> list[TeamView]:
    """Parents before children, siblings by name."""
    return sorted(teams, key=lambda team: tuple(name.casefold() for name in team.path))
