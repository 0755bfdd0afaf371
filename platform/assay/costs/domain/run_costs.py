"""What a run cost, and how sure that is: docs/algorithms/run-costs.md."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from assay.core.money import Money


class RunCostKind(StrEnum):
    """estimate: price * duration * share. actual: the run's part of the bill's charges."""

    ESTIMATE = "estimate"
    ACTUAL = "actual"


class RunCostState(StrEnum):
    """actual: the bill covers the whole run. estimate: not, or not yet; the price book knows the machine.
    not_in_bill: the bill covers the run's whole time and charges nothing for its machine. unpriced: nothing is known.
    """

    ACTUAL = "actual"
    ESTIMATE = "estimate"
    NOT_IN_BILL = "not_in_bill"
    UNPRICED = "unpriced"


@dataclass(frozen=True, slots=True)
class RunCostView:
    """Cost of one run.

    amount, currency: the figure to show; None when not_in_bill or unpriced.
    estimate, actual: both figures as far as they are known; while a bill covers part of the run, actual is that part.
    further: actual charges in other currencies than actual's; never summed with it.
    delivery: id of the newest bill import that actual comes from. note: what was wrong with the run's tags.
    """

    state: RunCostState
    amount: Decimal | None = None
    currency: str | None = None
    estimate: Money | None = None
    actual: Money | None = None
    further: tuple[Money, ...] = ()
    delivery: UUID | None = None
    resource_id: str | None = None
    share: Decimal | None = None
    note: str = ""

    @property
    def figures(self) -> tuple[Money, ...]:
        """What the state says the run cost, one amount per currency."""
        if self.state is RunCostState.ACTUAL and self.actual:
            return (self.actual, *self.further)
        return (self.estimate,) if self.state is RunCostState.ESTIMATE and self.estimate else ()


UNPRICED = RunCostView(RunCostState.UNPRICED)
"""Of a run that names no machine."""


@dataclass(frozen=True, slots=True)
class ExperimentCost:
    """Costs of an experiment's runs: one amount per currency, and how many runs are in each state."""

    amounts: tuple[Money, ...]
    runs: Mapping[RunCostState, int]


@dataclass(frozen=True, slots=True)
class ResourceCostView:
    """What a resource cost over an interval, in one currency; total = runs + idle, exactly."""

    resource_id: str
    currency: str
    total: Decimal
    runs: Decimal
    idle: Decimal


def choose_state(*, has_estimate: bool, has_actual: bool, is_billed: bool, names_resource: bool) -> RunCostState:
    """State of a run that names a machine. is_billed: the imported bills cover the run's whole time."""
    if is_billed and has_actual:
        return RunCostState.ACTUAL
    if is_billed and names_resource:
        return RunCostState.NOT_IN_BILL
    return RunCostState.ESTIMATE if has_estimate else RunCostState.UNPRICED


def choose_actual(amounts: Sequence[Money], *, preferred: str | None) -> tuple[Money | None, tuple[Money, ...]]:
    """The actual figure to show, and those in further currencies. preferred: currency that is shown when it occurs."""
    ordered = sorted(amounts, key=lambda money: (money.currency != preferred, money.currency))
    return (ordered[0], tuple(ordered[1:])) if ordered else (None, ())


def sum_by_currency(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One sum per currency, ordered by its code."""
    sums: dict[str, Money] = {}
    for money in amounts:
        before = sums.get(money.currency)
        sums[money.currency] = before + money if before else money
    return tuple(sums[currency] for currency in sorted(sums))


def sum_views(views: Collection[RunCostView]) -> ExperimentCost:
    """What the runs cost together, by their figures."""
    return ExperimentCost(
        amounts=sum_by_currency(money for view in views for money in view.figures),
        runs=Counter(view.state for view in views),
    )
