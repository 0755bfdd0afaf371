"""Bodies of the leaderboards part of /api/v1."""

import math
from datetime import datetime
from typing import Self
from uuid import UUID

from ninja import Schema

from assay.costs.domain.run_costs import RunCostState, RunCostView
from assay.leaderboards.domain.rankings import Direction
from assay.leaderboards.domain.values import Included, LeaderboardSummary, LeaderboardView, RankedRun
from assay.leaderboards.services.leaderboards import LeaderboardDraft


class LeaderboardIn(Schema):
    """filter: in the search grammar of runs, e.g. `params.kernel = 'rbf' AND metrics.loss < 1`."""

    name: str
    experiment_id: UUID
    metric: str
    direction: Direction = Direction.MAXIMIZE
    filter: str = ""

    def draft(self) -> LeaderboardDraft:
        return LeaderboardDraft(**self.model_dump())


class LeaderboardOut(Schema):
    id: UUID
    name: str
    experiment_id: UUID
    experiment_number: int
    experiment_name: str
    metric: str
    direction: Direction
    filter: str
    created_at: datetime

    @classmethod
    def of(cls, summary: LeaderboardSummary) -> Self:
        return cls.model_validate(summary, from_attributes=True)


class LeaderboardList(Schema):
    items: list[LeaderboardOut]
    next_cursor: str | None = None


class PriceOut(Schema):
    amount: str
    currency: str


class RankedRunOut(Schema):
    """value: null where the metric is NaN or infinite; value_text says which. cost_state: which figure cost is."""

    rank: int
    run_id: UUID
    run_name: str
    status: str
    user_name: str
    started_at: datetime
    value: float | None
    value_text: str
    cost: PriceOut | None
    cost_state: RunCostState
    pareto: bool

    @classmethod
    def of(cls, row: RankedRun) -> Self:
        return cls(
            rank=row.rank,
            run_id=row.run.id,
            run_name=row.run.name,
            status=row.run.status,
            user_name=row.run.user_name,
            started_at=row.run.started_at,
            value=row.value if math.isfinite(row.value) else None,
            value_text=repr(row.value),
            cost=_price(row.cost),
            cost_state=row.cost.state,
            pareto=row.pareto,
        )


class RankingOut(LeaderboardOut):
    """truncated: more runs match than were compared."""

    included: Included
    truncated: bool
    rows: list[RankedRunOut]

    @classmethod
    def ranked(cls, view: LeaderboardView) -> Self:
        shown = LeaderboardOut.of(view.leaderboard).model_dump()
        rows = [RankedRunOut.of(row) for row in view.rows]
        return cls(**shown, included=view.included, truncated=view.truncated, rows=rows)


def _price(cost: RunCostView) -> PriceOut | None:
    if cost.amount is None or cost.currency is None:
        return None
    return PriceOut(amount=f"{cost.amount:f}", currency=cost.currency)
