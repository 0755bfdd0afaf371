"""Sweeps beside their dollars."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from assay.core.money import Money
from assay.costs.domain.run_costs import UNPRICED, RunCostView, sum_by_currency
from assay.costs.selectors.run_costs import costs_of_runs
from assay.portal.domain.sweep_progress import Progress, find_best
from assay.portal.domain.tables import Sort
from assay.tuning.domain.states import OPEN_SWEEPS, TrialState
from assay.tuning.domain.views import SweepView, TrialView
from assay.tuning.selectors.sweeps import get_sweep
from assay.tuning.selectors.trials import list_trials

ENDED = (TrialState.SUCCEEDED, TrialState.FAILED, TrialState.STOPPED)


@dataclass(frozen=True, slots=True)
class TrialRow:
    trial: TrialView
    cost: RunCostView
    is_best: bool


@dataclass(frozen=True, slots=True)
class SweepDetails:
    """amounts: of all trials so far, one per currency."""

    sweep: SweepView
    rows: tuple[TrialRow, ...]
    best: TrialRow | None
    amounts: tuple[Money, ...]
    progress: Progress

    @property
    def is_live(self) -> bool:
        return self.sweep.state in OPEN_SWEEPS

    @property
    def failed(self) -> int:
        return self.sweep.counts.get(TrialState.FAILED, 0)

    @property
    def param_names(self) -> list[str]:
        return sorted({name for row in self.rows for name in row.trial.params})


def progress_of(sweep: SweepView) -> Progress:
    return Progress(sum(sweep.counts.get(state, 0) for state in ENDED), sweep.max_trials)


def read_sweep(organization_id: UUID, sweep_id: UUID) -> SweepDetails:
    """raises: NotFound."""
    sweep = get_sweep(organization_id, sweep_id)
    trials = list_trials(organization_id, sweep_id)
    costs = costs_of_runs(organization_id, [trial.run_id for trial in trials if trial.run_id])
    best = find_best(trials, sweep.direction)
    rows = tuple(
        TrialRow(trial, costs.get(trial.run_id, UNPRICED) if trial.run_id else UNPRICED, is_best=trial is best)
        for trial in trials
    )
    return SweepDetails(
        sweep=sweep,
        rows=rows,
        best=next((row for row in rows if row.is_best), None),
        amounts=sum_costs(row.cost for row in rows),
        progress=progress_of(sweep),
    )


def sum_costs(costs: Iterable[RunCostView]) -> tuple[Money, ...]:
    """One sum per currency; estimates and actuals together, as a first figure."""
    return sum_by_currency(
        Money(cost.amount, cost.currency) for cost in costs if cost.amount is not None and cost.currency is not None
    )


def sort_rows(rows: Sequence[TrialRow], sort: Sort | None) -> list[TrialRow]:
    """Rows without the value that is sorted by come last in both directions."""
    if sort is None:
        return list(rows)
    known = [row for row in rows if _value(row, sort.key) is not None]
    missing = [row for row in rows if _value(row, sort.key) is None]
    return sorted(known, key=lambda row: _value(row, sort.key), reverse=sort.descending) + missing  # type: ignore[arg-type,return-value]  # known are comparable


def _value(row: TrialRow, key: str) -> object:
    if key.startswith("param:"):
        value = row.trial.params.get(key.removeprefix("param:"))
        return None if value is None else (isinstance(value, str), value)
    return {
        "number": row.trial.number,
        "state": row.trial.state.value,
        "value": row.trial.value,
        "cost": row.cost.amount,
        "started": row.trial.started_at,
    }.get(key)
