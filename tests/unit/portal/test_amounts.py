from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.amounts import format_amount, format_change, format_exact, format_ratio


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("12.43", "USD", "$12.43"),
        ("0", "USD", "$0.00"),
        ("0.5", "USD", "$0.50"),
        ("0.0042", "USD", "$0.0042"),
        ("0.00421999", "USD", "$0.0042"),
        ("0.0000001", "USD", "<$0.000001"),
        ("1234.5", "USD", "$1,234.50"),
        ("1204311.49", "USD", "$1,204,311"),
        ("-3.1", "USD", "−$3.10"),
        ("1.005", "EUR", "€1.00"),
        ("1.015", "EUR", "€1.02"),
        ("1234.6", "JPY", "¥1,235"),
        ("5", "CHF", "CHF 5.00"),
    ],
)
def test_amounts_read_as_people_write_them(amount: str, currency: str, shown: str) -> None:
    assert format_amount(Decimal(amount), currency) == shown


def test_the_exact_amount_keeps_every_digit() -> None:
    assert format_exact(Decimal("12.431200000000001"), "USD") == "12.431200000000001 USD"
    assert format_exact(Decimal("100"), "USD") == "100 USD"


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("10", "13.1", "+$3.10 (+31 %)"),
        ("9078.1", "9037.08", "−$41.02 (−0.5 %)"),
        ("1000000", "1000001", "+$1.00 (+<0.1 %)"),
        ("10", "7.5", "−$2.50 (−25 %)"),
        ("0", "3", "+$3.00"),
        ("4", "4", "±$0.00 (±0 %)"),
    ],
)
def test_a_change_shows_sign_amount_and_percent(before: str, after: str, shown: str) -> None:
    assert format_change(Decimal(before), Decimal(after), "USD") == shown


def test_a_share_of_nothing_is_a_dash() -> None:
    assert format_ratio(Decimal(1), Decimal(0)) == "–"
    assert format_ratio(Decimal("0.4"), Decimal(100)) == "0.4 %"
    assert format_ratio(Decimal(37), Decimal(100)) == "37 %"


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=15))
def test_any_amount_has_a_short_form_with_its_sign(amount: Decimal) -> None:
    shown = format_amount(amount, "USD")
    assert shown.startswith("−") == (amount < 0)
    assert len(shown) <= 20
