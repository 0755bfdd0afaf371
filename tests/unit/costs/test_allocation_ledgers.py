"""A machine's bill, split day by day: what the days say sums to what the bill says."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from assay.core.intervals import Interval
from assay.core.money import EXACT, QUANTUM
from assay.costs.domain.allocation import Hold
from assay.costs.domain.ledgers import LedgerDay, ResourceCharge, allocate_resource

START = datetime(2026, 11, 1, tzinfo=UTC)
MINUTES = 5 * 24 * 60

minutes = st.integers(0, MINUTES).map(lambda minute: START + timedelta(minutes=minute))
intervals = st.tuples(minutes, minutes).map(sorted).map(lambda pair: Interval(*pair))
amounts = st.decimals(-(10**6), 10**6, places=15)
shares = st.integers(1, 100).map(lambda percent: Decimal(percent) / 100)
holds = st.lists(st.builds(Hold, st.integers(0, 4).map(lambda number: UUID(int=number)), intervals, shares), max_size=8)


def charge(interval: Interval, amount: Decimal, currency: str = "USD") -> ResourceCharge:
    return ResourceCharge("i-1", interval, interval.start.date(), currency, amount)


charges = st.lists(st.builds(charge, intervals, amounts, st.sampled_from(["USD", "EUR"])), max_size=12)


def add(amounts: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


@given(charges, holds)
def test_days_sum_to_the_charges_of_each_day_and_currency(charges: list[ResourceCharge], holds: list[Hold]) -> None:
    days = allocate_resource(charges, holds)
    assert {(day.charge_date, day.currency) for day in days} == {(one.charge_date, one.currency) for one in charges}
    for day in days:
        billed = [one.effective for one in charges if (one.charge_date, one.currency) == (day.charge_date, day.currency)]
        assert day.total == add(billed)
        assert day.total == add([*day.runs.values(), day.idle])


@given(charges, holds, st.randoms())
def test_the_order_of_charges_and_holds_does_not_matter(
    charges: list[ResourceCharge], holds: list[Hold], random: object
) -> None:
    shuffled_charges, shuffled_holds = list(charges), list(holds)
    random.shuffle(shuffled_charges)  # type: ignore[attr-defined]  # hypothesis' own Random
    random.shuffle(shuffled_holds)  # type: ignore[attr-defined]
    assert allocate_resource(shuffled_charges, shuffled_holds) == allocate_resource(charges, holds)


def halves(one: ResourceCharge) -> list[ResourceCharge]:
    """The same money over the same time in two rows of the same day."""
    middle = one.interval.start + (one.interval.end - one.interval.start) / 2
    first = EXACT.divide(one.effective, Decimal(2)).quantize(QUANTUM)
    return [
        replace(one, interval=Interval(one.interval.start, middle), effective=first),
        replace(one, interval=Interval(middle, one.interval.end), effective=EXACT.subtract(one.effective, first)),
    ]


@given(charges, holds)
def test_a_finer_bill_of_the_same_money_differs_by_rounding_only(charges: list[ResourceCharge], holds: list[Hold]) -> None:
    coarse = allocate_resource(charges, holds)
    fine = allocate_resource([half for one in charges for half in halves(one)], holds)
    for whole, finer in zip(coarse, fine, strict=True):
        assert (whole.total, set(whole.runs)) == (finer.total, set(finer.runs))
        for run_id, amount in whole.runs.items():
            assert abs(EXACT.subtract(amount, finer.runs[run_id])) <= 4 * QUANTUM * len(charges)


def test_corrections_of_the_same_hour_are_split_like_the_hour() -> None:
    hour = Interval(START, START + timedelta(hours=1))
    half = Hold(UUID(int=1), Interval(START, START + timedelta(minutes=30)), Decimal(1))
    days = allocate_resource([charge(hour, Decimal(6)), charge(hour, Decimal(-2))], [half])
    assert days == [LedgerDay(date(2026, 11, 1), "USD", Decimal(4), {UUID(int=1): Decimal(2)}, Decimal(2))]


def test_currencies_are_never_summed() -> None:
    hour = Interval(START, START + timedelta(hours=1))
    days = allocate_resource([charge(hour, Decimal(6)), charge(hour, Decimal(5), "EUR")], [])
    assert [(day.currency, day.total, day.idle) for day in days] == [
        ("EUR", Decimal(5), Decimal(5)),
        ("USD", Decimal(6), Decimal(6)),
    ]


def test_a_thousand_long_runs_over_a_month_of_hours_take_seconds() -> None:
    month = [
        charge(Interval(START + timedelta(hours=hour), START + timedelta(hours=hour + 1)), Decimal("21.957642"))
        for hour in range(744)
    ]
    held = [
        Hold(
            UUID(int=number),
            Interval(START + timedelta(seconds=number), START + timedelta(days=30, seconds=number + 1)),
            Decimal(1),
        )
        for number in range(1000)
    ]
    begun = time.process_time()
    days = allocate_resource(month, held)
    assert time.process_time() - begun < 10
    assert sum(len(day.runs) for day in days) == 31 * 1000
