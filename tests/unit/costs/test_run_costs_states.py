"""When a run's cost is final, an estimate, absent from the bill, or unknown."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.intervals import Interval
from assay.core.money import Money
from assay.costs.domain.run_costs import choose_actual, choose_state, is_covered, sum_by_currency

START = datetime(2026, 11, 1, tzinfo=UTC)


def days(start: int, end: int) -> Interval:
    return Interval(START + timedelta(days=start), START + timedelta(days=end))


spans = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted).map(tuple), max_size=6)


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


@given(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted), spans)
def test_an_interval_is_covered_when_each_of_its_days_is(interval: list[int], spans: list[tuple[int, int]]) -> None:
    start, end = interval
    each_day = all(any(first <= day < last for first, last in spans) for day in range(start, end))
    assert is_covered(days(start, end), [days(*span) for span in spans]) == (start < end and each_day)


def test_the_actual_figure_is_in_the_estimates_currency_when_it_can_be() -> None:
    usd, eur = Money(Decimal(2), "USD"), Money(Decimal(3), "EUR")
    assert choose_actual([usd, eur], preferred="USD") == (usd, (eur,))
    assert choose_actual([usd, eur], preferred=None) == (eur, (usd,))
    assert choose_actual([], preferred="USD") == (None, ())


def test_sums_stay_within_a_currency() -> None:
    amounts = [Money(Decimal(2), "USD"), Money(Decimal(3), "EUR"), Money(Decimal("0.5"), "USD")]
    assert sum_by_currency(amounts) == (Money(Decimal(3), "EUR"), Money(Decimal("2.5"), "USD"))
