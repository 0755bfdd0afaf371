"""When a run's cost is final, an estimate, absent from the bill, or unknown."""

from decimal import Decimal

import pytest

from assay.core.money import Money
from assay.costs.domain.run_costs import choose_actual, choose_state, sum_by_currency


@pytest.mark.parametrize(
    ("has_estimate", "has_actual", "is_billed", "names_resource", "state"),
    [
        (True, True, True, True, "actual"),
        (False, True, True, True, "actual"),
        (True, True, False, True, "estimate"),
        (False, True, False, True, "unpriced"),
        (True, False, True, True, "not_in_bill"),
        (False, False, True, True, "not_in_bill"),
        (True, False, True, False, "estimate"),
        (True, False, False, True, "estimate"),
        (False, False, False, True, "unpriced"),
        (False, False, True, False, "unpriced"),
    ],
)
def test_states(*, has_estimate: bool, has_actual: bool, is_billed: bool, names_resource: bool, state: str) -> None:
    chosen = choose_state(has_estimate=has_estimate, has_actual=has_actual, is_billed=is_billed, names_resource=names_resource)
    assert chosen == state


def test_the_actual_figure_is_in_the_estimates_currency_when_it_can_be() -> None:
    usd, eur = Money(Decimal(2), "USD"), Money(Decimal(3), "EUR")
    assert choose_actual([usd, eur], preferred="USD") == (usd, (eur,))
    assert choose_actual([usd, eur], preferred=None) == (eur, (usd,))
    assert choose_actual([], preferred="USD") == (None, ())


def test_sums_stay_within_a_currency() -> None:
    amounts = [Money(Decimal(2), "USD"), Money(Decimal(3), "EUR"), Money(Decimal("0.5"), "USD")]
    assert sum_by_currency(amounts) == (Money(Decimal(3), "EUR"), Money(Decimal("2.5"), "USD"))
