"""Ranking the runs of a leaderboard by metric, beside their dollars."""

from collections.abc import Iterator, Mapping
from typing import Protocol
from uuid import UUID

from assay.costs.domain.run_costs import RunCostView
from assay.costs.selectors.run_costs import costs_of_runs
from assay.leaderboards.domain.rankings import Candidate, Direction, rank_candidates
from assay.leaderboards.domain.values import MOST_RUNS, Included, LeaderboardSummary, LeaderboardView, RankedRun
from assay.leaderboards.selectors.leaderboards import get_leaderboard
from assay.tracking.domain.queries import RunQuery
from assay.tracking.domain.values import RunView
from assay.tracking.selectors.runs import list_runs

RUNS_PER_PAGE = 1_000


def rank(organization_id: UUID, leaderboard_id: UUID, *, included: Included = Included.FINISHED) -> LeaderboardView:
    """The leaderboard with its runs ranked; a run without the metric does not take part.

    Costs a fixed number of queries for each 1,000 runs. raises: NotFound; Invalid when the saved filter cannot be read.
    """
    leaderboard = get_leaderboard(organization_id, leaderboard_id)
    found = list(_read_runs(organization_id, leaderboard, included))
    runs = {run.id: run for run in found[:MOST_RUNS]}
    costs = costs_of_runs(organization_id, list(runs))
    places = rank_candidates(_candidates(runs, costs, leaderboard.metric), direction=leaderboard.direction)
    rows = tuple(
        RankedRun(
            rank=place.rank,
            run=runs[place.key],
            value=runs[place.key].metrics[leaderboard.metric].value,
            cost=costs[place.key],
            pareto=place.pareto,
        )
        for place in places
    )
    return LeaderboardView(leaderboard=leaderboard, rows=rows, included=included, truncated=len(found) > MOST_RUNS)


class Ranking(Protocol):
    """What decides which runs take part, and in which order."""

    @property
    def experiment_id(self) -> UUID: ...
    @property
    def metric(self) -> str: ...
    @property
    def direction(self) -> Direction: ...
    @property
    def filter(self) -> str: ...


def build_query(leaderboard: Ranking, included: Included, *, limit: int, page_token: str = "") -> RunQuery:
    """The runs that take part, best first."""
    finished = "attributes.status = 'FINISHED'" if included is Included.FINISHED else ""
    order = "DESC" if leaderboard.direction is Direction.MAXIMIZE else "ASC"
    return RunQuery(
        experiment_ids=(leaderboard.experiment_id,),
        filter=" AND ".join(part for part in (finished, leaderboard.filter.strip()) if part),
        order_by=(f"metrics.`{leaderboard.metric}` {order}",),
        limit=limit,
        page_token=page_token,
    )


def _read_runs(organization_id: UUID, leaderboard: LeaderboardSummary, included: Included) -> Iterator[RunView]:
    """The runs that have the metric: they come first, so the first page that has others is the last one needed."""
    token: str | None = ""
    seen = 0
    while token is not None and seen <= MOST_RUNS:
        page = list_runs(organization_id, build_query(leaderboard, included, limit=RUNS_PER_PAGE, page_token=token))
        having = [run for run in page.runs if leaderboard.metric in run.metrics]
        yield from having
        seen, token = seen + len(having), page.next_page_token
        if len(having) < len(page.runs):
            return


def _candidates(runs: Mapping[UUID, RunView], costs: Mapping[UUID, RunCostView], metric: str) -> Iterator[Candidate]:
    """Prices compare within the currency that most runs have; others count as unknown."""
    currency = _usual_currency(costs)
    for run in runs.values():
        cost = costs[run.id]
        price = cost.amount if cost.currency == currency else None
        yield Candidate(key=run.id, value=run.metrics[metric].value, price=price)


def _usual_currency(costs: Mapping[UUID, RunCostView]) -> str | None:
    currencies = [cost.currency for cost in costs.values() if cost.currency is not None]
    return max(sorted(set(currencies)), key=currencies.count, default=None)
