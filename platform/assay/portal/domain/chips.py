"""A run's cost as the chip that stands beside it everywhere."""

from collections.abc import Iterator
from dataclasses import dataclass

from assay.core.amounts import format_amount, format_exact
from assay.costs.domain.run_costs import UNPRICED, RunCostState, RunCostView


@dataclass(frozen=True, slots=True)
class Chip:
    """state: RunCostState. amount: empty where there is none. word: the state for people. hint: basis, share, delivery."""

    state: str
    amount: str
    word: str
    hint: str


def make_chip(cost: RunCostView | None) -> Chip:
    cost = cost or UNPRICED
    amount = "" if cost.amount is None or cost.currency is None else format_amount(cost.amount, cost.currency)
    if cost.state is RunCostState.ACTUAL:
        return Chip("actual", amount, "actual", " ".join(_explain(cost)))
    if cost.state is RunCostState.ESTIMATE:
        return Chip("estimate", f"≈ {amount}", "estimate", " ".join(_explain(cost)))
    if cost.state is RunCostState.NOT_IN_BILL:
        return Chip("not_in_bill", "", "not in the bill", " ".join(_explain(cost)))
    return Chip("unpriced", "", "unpriced", " ".join(_explain(cost)))


def _explain(cost: RunCostView) -> Iterator[str]:
    if cost.state is RunCostState.UNPRICED:
        yield "No machine is known for this run, or no price for its machine. Install the Assay client beside the training code."
    if cost.state is RunCostState.NOT_IN_BILL:
        yield "The imported bill covers this time and charges nothing for this machine."
    if cost.actual is not None:
        yield f"Effective cost on the bill: {format_exact(cost.actual.amount, cost.actual.currency)}."
    if cost.estimate is not None:
        yield f"By the price book: {format_exact(cost.estimate.amount, cost.estimate.currency)}."
    yield from (f"Further: {format_exact(money.amount, money.currency)}." for money in cost.further)
    if cost.resource_id:
        yield f"Machine {cost.resource_id}."
    if cost.share is not None and cost.share != 1:
        yield f"Holds {cost.share.normalize():f} of it."
    if cost.delivery is not None:
        yield f"Bill import {cost.delivery}."
    if cost.note:
        yield cost.note
