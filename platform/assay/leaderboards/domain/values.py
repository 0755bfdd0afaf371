"""A leaderboard as it is shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from assay.costs.domain.run_costs import RunCostView
from assay.leaderboards.domain.rankings import Direction
from assay.tracking.domain.values import RunView

MOST_RUNS = 5_000
"""How many runs one ranking compares: the best by metric."""


class Included(StrEnum):
    """Which runs take part: a running one may still improve, a failed one may have stopped early."""

    FINISHED = "finished"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class LeaderboardSummary:
    """filter: in the search grammar of runs, empty for all."""

    id: UUID
    name: str
    experiment_id: UUID
    experiment_number: int
    experiment_name: str
    metric: str
    direction: Direction
    filter: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RankedRun:
    """value: the run's latest value of the metric. pareto: on the front."""

    rank: int
    run: RunView
    value: float
    cost: RunCostView
    pareto: bool


@dataclass(frozen=True, slots=True)
class LeaderboardView:
    """rows: best first. truncated: more runs match than were compared, so ranks beyond and the front may lack some."""

    leaderboard: LeaderboardSummary
    rows: tuple[RankedRun, ...]
    included: Included
    truncated: bool

    @property
    def front(self) -> tuple[RankedRun, ...]:
        return tuple(row for row in self.rows if row.pareto)
