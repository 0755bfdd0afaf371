"""What training cost in a week."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

import structlog

from assay.core.errors import Invalid
from assay.costs.domain.charges import add_up
from assay.costs.domain.run_costs import RunCostState, RunCostView
from assay.costs.selectors.resources import resource_costs
from assay.costs.selectors.run_costs import costs_of_runs
from assay.leaderboards.domain.values import RankedRun
from assay.leaderboards.selectors.leaderboards import list_leaderboards
from assay.leaderboards.selectors.rankings import rank
from assay.reports.domain.figures import BestRun, LeaderboardFront, RunLine, TrainingFigures
from assay.reports.domain.weeks import Week
from assay.tracking.domain.queries import RunQuery
from assay.tracking.domain.values import RunView
from assay.tracking.selectors.experiments import get_experiment
from assay.tracking.selectors.runs import list_runs

log = structlog.get_logger(__name__)

DEAREST = 5
FRONTS = 3
RUNS_OF_A_FRONT = 3
RUNS_PER_PAGE = 1_000


def collect_training(organization_id: UUID, *, week: Week, currency: str) -> TrainingFigures:
    """Machines that runs held, in the bill's days of the week; runs that started in it; the fronts of leaderboards.

    Amounts in other currencies are left out: a report is in one.
    """
    machines = [one for one in resource_costs(organization_id, week.interval) if one.currency == currency]
    started = list(_read_started(organization_id, week))
    costs = costs_of_runs(organization_id, [run.id for run in started])
    priced = [run for run in started if costs[run.id].currency == currency]
    priced.sort(key=lambda run: (-_amount(costs[run.id]), run.id))
    return TrainingFigures(
        runs=add_up([one.runs for one in machines]),
        idle=add_up([one.idle for one in machines]),
        started=len(started),
        unpriced=len(started) - len(priced),
        dearest=tuple(_run_line(organization_id, run, costs[run.id]) for run in priced[:DEAREST]),
        fronts=tuple(_read_fronts(organization_id, currency)),
    )


def _read_started(organization_id: UUID, week: Week) -> Iterator[RunView]:
    since, until = (int(at.timestamp() * 1000) for at in (week.interval.start, week.interval.end))
    condition = f"attributes.start_time >= {since} AND attributes.start_time < {until}"
    token: str | None = ""
    while token is not None:
        page = list_runs(organization_id, RunQuery(filter=condition, limit=RUNS_PER_PAGE, page_token=token))
        yield from page.runs
        token = page.next_page_token


def _read_fronts(organization_id: UUID, currency: str) -> Iterator[LeaderboardFront]:
    for leaderboard in list_leaderboards(organization_id)[:FRONTS]:
        try:
            front = rank(organization_id, leaderboard.id).front
        except Invalid as error:
            log.warning("leaderboard_left_out", leaderboard_id=str(leaderboard.id), reason=error.message)
            continue
        runs = tuple(_best_run(row, leaderboard.metric) for row in front[:RUNS_OF_A_FRONT] if row.cost.currency == currency)
        if runs:
            yield LeaderboardFront(leaderboard.id, leaderboard.name, runs)


def _run_line(organization_id: UUID, run: RunView, cost: RunCostView) -> RunLine:
    experiment = get_experiment(organization_id, run.experiment_id)
    return RunLine(run.id, run.name, experiment.name, _amount(cost), cost.state is RunCostState.ESTIMATE)


def _best_run(row: RankedRun, metric: str) -> BestRun:
    estimated = row.cost.state is RunCostState.ESTIMATE
    return BestRun(row.run.id, row.run.name, metric, row.value, row.rank, _amount(row.cost), estimated)


def _amount(cost: RunCostView) -> Decimal:
    return cost.amount if cost.amount is not None else Decimal(0)
