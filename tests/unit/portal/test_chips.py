from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from assay.core.money import Money
from assay.costs.domain.run_costs import RunCostState, RunCostView
from assay.portal.domain.burn import hourly_rate
from assay.portal.domain.chips import make_chip

DELIVERY = UUID(int=7)
START = datetime(2025, 1, 1, tzinfo=UTC)


def view(state: RunCostState, amount: str | None) -> RunCostView:
    money = Money(Decimal(amount), "USD") if amount else None
    return RunCostView(
        state,
        amount=money.amount if money else None,
        currency="USD" if money else None,
        actual=money if state is RunCostState.ACTUAL else None,
        delivery=DELIVERY if state is RunCostState.ACTUAL else None,
        share=Decimal("0.5"),
    )


@pytest.mark.parametrize(
    ("state", "amount", "shown", "word"),
    [
        (RunCostState.ACTUAL, "12.43", "$12.43", "actual"),
        (RunCostState.ESTIMATE, "12", "≈ $12.00", "estimate"),
        (RunCostState.NOT_IN_BILL, None, "", "not in the bill"),
        (RunCostState.UNPRICED, None, "", "unpriced"),
    ],
)
def test_a_chip_says_how_sure_the_amount_is(state: RunCostState, amount: str | None, shown: str, word: str) -> None:
    chip = make_chip(view(state, amount))
    assert (chip.state, chip.amount, chip.word) == (state.value, shown, word)


def test_the_hint_tells_basis_share_and_delivery() -> None:
    hint = make_chip(view(RunCostState.ACTUAL, "12.4312")).hint
    assert "12.4312 USD" in hint
    assert "Holds 0.5" in hint
    assert str(DELIVERY) in hint


def test_a_run_without_any_cost_is_unpriced() -> None:
    assert make_chip(None).state == "unpriced"


def test_the_burn_rate_is_the_amount_over_the_hours() -> None:
    cost = view(RunCostState.ESTIMATE, "3")
    rate = hourly_rate(cost, started_at=START, until=START + timedelta(hours=2))
    assert rate == Money(Decimal("1.5"), "USD")
    assert hourly_rate(cost, started_at=START, until=START) is None
