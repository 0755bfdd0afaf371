"""Groups of runs with what they cost, and the first runs of those that are opened."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from assay.core.money import Money
from assay.costs.selectors.figures import sum_by_value
from assay.portal.domain.run_questions import Question
from assay.portal.selectors.run_tables import RunRow, read_runs
from assay.tracking.domain.groups import GroupKey, RunGroup
from assay.tracking.selectors.run_groups import assign_groups, list_groups

ROWS_OPENED = 10


@dataclass(frozen=True, slots=True)
class GroupRow:
    """clause: the search clause of its runs. rows: the first ones, when the group is opened."""

    group: RunGroup
    clause: str
    amounts: tuple[Money, ...]
    is_open: bool
    rows: tuple[RunRow, ...] = ()

    @property
    def rest(self) -> int:
        return self.group.runs - len(self.rows)


@dataclass(frozen=True, slots=True)
class GroupTable:
    """total: groups in all, of which the table may show fewer."""

    rows: tuple[GroupRow, ...]
    total: int


def read_groups(organization_id: UUID, asked: Question, by: GroupKey, *, metric: str) -> GroupTable:
    """raises: Invalid for the filter."""
    found = list_groups(organization_id, asked.query, by, metric=metric, goal=asked.goal_of(metric))
    amounts = sum_by_value(organization_id, assign_groups(organization_id, asked.query, by))
    return GroupTable(
        tuple(
            GroupRow(
                group=group,
                clause=by.clause(group.value),
                amounts=amounts.get(group.value, ()),
                is_open=group.value in asked.opened,
                rows=_open(organization_id, asked, group.value, asked.opened),
            )
            for group in found.groups
        ),
        found.total,
    )


def _open(organization_id: UUID, asked: Question, value: str | None, opened: Collection[str | None]) -> tuple[RunRow, ...]:
    if value not in opened:
        return ()
    return read_runs(organization_id, asked.within(value, limit=ROWS_OPENED), sort=asked.sort).rows
