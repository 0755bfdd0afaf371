"""What a sweep has found so far."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assay.portal.domain.charts import AxisBody, ChartBody, ChartKind, Point, Series, describe_chart
from assay.portal.domain.numbers import format_metric
from assay.tuning.domain.states import Direction
from assay.tuning.domain.views import SweepView, TrialView


@dataclass(frozen=True, slots=True)
class Progress:
    """done: ended trials. Ratio as a whole percentage for a progress bar."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0


def find_best(trials: Iterable[TrialView], direction: Direction) -> TrialView | None:
    """The best succeeded trial; of equal ones the first."""
    valued = [(direction.loss(trial.value), trial.number, trial) for trial in trials if trial.value is not None]
    return min(valued, key=lambda one: one[:2])[2] if valued else None


def describe_search(sweep: SweepView, trials: Sequence[TrialView]) -> ChartBody:
    """Value of each trial by its number, and the best so far."""
    valued = [(trial.number, trial.value) for trial in trials if trial.value is not None]
    points: list[Point] = [(number, value, f"trial {number}: {format_metric(value)}") for number, value in valued]
    return describe_chart(
        ChartKind.SCATTER,
        x=AxisBody(name="trial", kind="number"),
        y=AxisBody(name=sweep.metric, kind="number"),
        series=[Series("trials", points), Series("best so far", _best_so_far(valued, sweep.direction), style="line")],
        empty="No trial has ended with a value yet.",
    )


def _best_so_far(valued: Iterable[tuple[int, float]], direction: Direction) -> list[Point]:
    best: list[Point] = []
    lowest: float | None = None
    for number, value in valued:
        loss = direction.loss(value)
        lowest = loss if lowest is None else min(lowest, loss)
        best.append((number, direction.loss(lowest)))
    return best
