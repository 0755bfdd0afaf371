from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.money import EXACT, QUANTUM, Money, split

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=15)
weights = st.lists(st.decimals(min_value=0, max_value=10**7, places=6), min_size=1, max_size=40).filter(lambda w: sum(w) > 0)


@given(amounts, weights)
def test_shares_sum_to_the_amount(amount: Decimal, weights: list[Decimal]) -> None:
    total = Decimal(0)
    for share in split(Money(amount, "USD"), weights):
        total = EXACT.add(total, share.amount)
    assert total == amount


@given(amounts, weights)
def test_each_share_is_within_one_quantum_of_its_proportion(amount: Decimal, weights: list[Decimal]) -> None:
    whole = sum(weights, Decimal(0))
    for share, weight in zip(split(Money(amount, "USD"), weights), weights, strict=True):
        ideal = EXACT.divide(EXACT.multiply(amount, weight), whole)
        assert abs(EXACT.subtract(share.amount, ideal)) <= QUANTUM


def test_weights_that_sum_to_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="sum above zero"):
        split(Money(Decimal(1), "USD"), [Decimal(0)])


def test_currencies_never_mix() -> None:
    with pytest.raises(ValueError, match="USD and EUR"):
        Money(Decimal(1), "USD") + Money(Decimal(1), "EUR")
