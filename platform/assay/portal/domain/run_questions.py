"""What the address of a run table asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from assay.portal.domain.filters import join_clauses
from assay.portal.domain.gains import guess_goal
from assay.portal.domain.tables import Column, Sort, read_sort
from assay.portal.domain.trails import Place, read_place
from assay.tracking.domain.groups import Goal, GroupKey, GroupKind
from assay.tracking.domain.queries import RunQuery
from assay.tracking.domain.states import RunStatus, Visibility

PAGE_SIZE = 50
DELETED = "DELETED"
MOST_OPEN = 10


Address = Mapping[str, Sequence[str]]
"""The query part of a URL: every value of each name."""


@dataclass(frozen=True, slots=True)
class Question:
    """status: of the chosen tab: empty for all active runs, a RunStatus, or DELETED. group: None for a plain table.

    metric: the one of trends, groups and prices per point; empty for the table's own choice. opened: values of opened groups, None
    for the group of runs without the key.
    """

    query: RunQuery
    place: Place
    sort: Sort | None
    filter: str
    status: str
    columns: tuple[str, ...]
    offered: tuple[Column, ...]
    group: GroupKey | None
    metric: str
    chosen_goal: str
    opened: tuple[str | None, ...]

    @property
    def is_deleted(self) -> bool:
        return self.status == DELETED

    @property
    def is_plain(self) -> bool:
        """Whether it asks for every run of its stage."""
        return not self.query.filter

    @property
    def group_token(self) -> str:
        if self.group is None:
            return ""
        return f"{self.group.kind}:{self.group.key}" if self.group.key else self.group.kind.value

    def goal_of(self, metric: str) -> Goal:
        return Goal(self.chosen_goal) if self.chosen_goal in set(Goal) else guess_goal(metric)

    def within(self, value: str | None, *, limit: int) -> RunQuery:
        """The first runs of a group."""
        clause = self.group.clause(value) if self.group else ""
        return replace(self.query, filter=join_clauses(self.query.filter, clause), limit=limit, page_token="")


def read_question(address: Address, *, experiment_id: UUID, offered: Sequence[Column]) -> Question:
    status, words = _last(address, "status"), _last(address, "filter")
    place = read_place(cursor=_last(address, "cursor"), trail=_last(address, "trail"), number=_last(address, "page"))
    by_status = f"attributes.status = '{status}'" if status in set(RunStatus) else ""
    is_deleted = status == DELETED
    return Question(
        query=RunQuery(
            experiment_ids=(experiment_id,),
            filter=join_clauses(by_status, words),
            limit=PAGE_SIZE,
            page_token=place.cursor,
            view=Visibility.DELETED_ONLY if is_deleted else Visibility.ACTIVE_ONLY,
        ),
        place=place,
        sort=read_sort(_last(address, "sort"), offered),
        filter=words,
        status=status if by_status or is_deleted else "",
        columns=tuple(address.get("columns", ())),
        offered=tuple(offered),
        group=read_group(_last(address, "group")),
        metric=_last(address, "metric"),
        chosen_goal=_last(address, "goal"),
        opened=tuple(_read_value(text) for text in address.get("open", ())[:MOST_OPEN]),
    )


def read_group(token: str) -> GroupKey | None:
    """`param:kernel`, `tag:team`, `status`, `user`; None for anything else."""
    kind, _, key = token.partition(":")
    if kind in {GroupKind.PARAM, GroupKind.TAG}:
        return GroupKey(GroupKind(kind), key) if key and "\x00" not in key else None
    return GroupKey(GroupKind(kind)) if kind in set(GroupKind) and not key else None


def write_value(value: str | None) -> str:
    """A group's value as an address carries it."""
    return "-" if value is None else f"={value}"


def _last(address: Address, name: str) -> str:
    values = address.get(name, ())
    return values[-1] if values else ""


def _read_value(text: str) -> str | None:
    return text[1:] if text.startswith("=") else None
