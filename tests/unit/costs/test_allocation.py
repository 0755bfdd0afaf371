"""The rule that splits a charge between runs and idle time: docs/algorithms/run-costs.md."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.intervals import Interval
from assay.core.money import EXACT, QUANTUM, Money
from assay.costs.domain.allocation import Allocation, Hold, allocate

MIDNIGHT = datetime(2026, 11, 2, tzinfo=UTC)
DAY_MICROSECONDS = 86_400_000_000

instants = st.integers(0, DAY_MICROSECONDS).map(lambda micros: MIDNIGHT + timedelta(microseconds=micros))
intervals = st.tuples(instants, instants).map(sorted).map(lambda pair: Interval(*pair))
spans = intervals.filter(lambda interval: interval.start < interval.end)
shares = st.one_of(st.just(Decimal(1)), st.integers(1, 10**9).map(lambda units: Decimal(units).scaleb(-9)))
runs = st.integers(0, 5).map(lambda number: UUID(int=number))
holds = st.lists(st.builds(Hold, runs, intervals, shares), max_size=12)
charges = st.decimals(-(10**9), 10**9, places=15).map(lambda amount: Money(amount, "USD"))


def hold(number: int, interval: Interval, share: str = "1") -> Hold:
    return Hold(UUID(int=number), interval, Decimal(share))


def hours(start: float, end: float) -> Interval:
    return Interval(MIDNIGHT + timedelta(hours=start), MIDNIGHT + timedelta(hours=end))


def total(allocation: Allocation) -> Decimal:
    whole = allocation.idle.amount
    for share in allocation.runs.values():
        whole = EXACT.add(whole, share.amount)
    return whole


def by_pieces(interval: Interval, holds: Sequence[Hold]) -> dict[UUID | None, Fraction]:
    """The rule read aloud: cut at every border, share out each piece. None is idle."""
    borders = {interval.start, interval.end}
    borders |= {at for one in holds for at in (one.interval.start, one.interval.end) if interval.contains(at)}
    cuts = sorted(borders)
    parts: dict[UUID | None, Fraction] = {None: Fraction(0)}
    for start, end in pairwise(cuts):
        here = [one for one in holds if one.interval.start <= start and end <= one.interval.end]
        length, held = Fraction((end - start) // timedelta(microseconds=1)), sum(Fraction(one.share) for one in here)
        for one in here:
            parts[one.run_id] = parts.get(one.run_id, Fraction(0)) + length * Fraction(one.share) / max(held, Fraction(1))
        parts[None] += length * max(Fraction(0), 1 - held)
    whole = sum(parts.values())
    return {run_id: part / whole for run_id, part in parts.items() if part or run_id is None}


@given(charges, intervals, holds)
def test_runs_and_idle_sum_to_the_charge(charge: Money, interval: Interval, holds: list[Hold]) -> None:
    assert total(allocate(charge, interval, holds)) == charge.amount


@given(charges, spans, holds)
def test_each_run_gets_what_the_pieces_say_within_one_quantum(charge: Money, interval: Interval, holds: list[Hold]) -> None:
    parts = by_pieces(interval, holds)
    allocation = allocate(charge, interval, holds)
    amounts: dict[UUID | None, Money] = {None: allocation.idle}
    amounts.update(allocation.runs.items())
    assert amounts.keys() == parts.keys()
    for run_id, part in parts.items():
        assert abs(Fraction(amounts[run_id].amount) - Fraction(charge.amount) * part) <= Fraction(QUANTUM)


@given(charges, intervals, holds, st.randoms())
def test_the_order_of_holds_does_not_matter(charge: Money, interval: Interval, holds: list[Hold], random: object) -> None:
    shuffled = list(holds)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' own Random
    assert allocate(charge, interval, shuffled) == allocate(charge, interval, holds)


@given(charges, spans, spans)
def test_a_run_alone_over_the_whole_charge_takes_all(charge: Money, interval: Interval, other: Interval) -> None:
    around = Interval(min(interval.start, other.start), max(interval.end, other.end))
    allocation = allocate(charge, interval, [hold(1, around)])
    assert allocation.runs == {UUID(int=1): charge}
    assert allocation.idle.amount == 0


@given(charges, intervals, holds, instants)
def test_a_hold_of_no_length_takes_nothing(charge: Money, interval: Interval, holds: list[Hold], at: datetime) -> None:
    instantaneous = hold(99, Interval(at, at))
    assert allocate(charge, interval, [*holds, instantaneous]) == allocate(charge, interval, holds)


@given(charges, spans, holds, st.data())
def test_cutting_a_charge_in_two_moves_rounding_only(
    charge: Money, interval: Interval, holds: list[Hold], data: st.DataObject
) -> None:
    cut = data.draw(st.datetimes(interval.start.replace(tzinfo=None), interval.end.replace(tzinfo=None))).replace(tzinfo=UTC)
    first = charge.times(EXACT.divide(Interval(interval.start, cut).seconds, interval.seconds))
    parts = [
        allocate(first, Interval(interval.start, cut), holds),
        allocate(charge - first, Interval(cut, interval.end), holds),
    ]
    whole = allocate(charge, interval, holds)
    for run_id in set().union(whole.runs, *(part.runs for part in parts)):
        in_parts = sum((part.runs[run_id].amount for part in parts if run_id in part.runs), Decimal(0))
        at_once = whole.runs[run_id].amount if run_id in whole.runs else Decimal(0)
        assert abs(EXACT.subtract(in_parts, at_once)) <= 4 * QUANTUM


def test_a_charge_of_no_length_is_idle() -> None:
    allocation = allocate(Money(Decimal(5), "USD"), hours(3, 3), [hold(1, hours(0, 6))])
    assert (allocation.runs, allocation.idle) == ({}, Money(Decimal(5), "USD"))


def test_a_run_outside_the_charge_gets_no_share_at_all() -> None:
    neighbours = [hold(1, hours(0, 1)), hold(2, hours(2, 3))]
    assert allocate(Money(Decimal(5), "USD"), hours(1, 2), neighbours).runs == {}


@pytest.mark.parametrize("share", ["0", "-0.5", "1.000000001", "0.1234567891"])
def test_a_share_outside_its_range_is_refused(share: str) -> None:
    with pytest.raises(ValueError, match="a share lies in"):
        hold(1, hours(0, 1), share)


PAGE = Path(__file__).resolve().parents[3] / "docs" / "algorithms" / "run-costs.md"
ROW = re.compile(
    r"^\| (?P<what>[^|]+) \| (?P<amount>-?[\d.]+) \| (?P<over>[\d.]+-[\d.]+) \|(?P<holds>[^|]*)\|(?P<runs>[^|]*)\| (?P<idle>\S+) \|$"
)
HOLD = re.compile(r"(\d+): ([\d.]+)-([\d.]+) \* ([\d.]+)")
WORKED = [row for line in PAGE.read_text().splitlines() if (row := ROW.match(line))]


def test_the_page_has_its_table() -> None:
    assert len(WORKED) == 10


@pytest.mark.parametrize("row", WORKED, ids=lambda row: row["what"])
def test_the_worked_table(row: re.Match[str]) -> None:
    start, end = row["over"].split("-")
    holds = [
        hold(int(number), hours(float(begun), float(done)), share) for number, begun, done, share in HOLD.findall(row["holds"])
    ]
    allocation = allocate(Money(Decimal(row["amount"]), "USD"), hours(float(start), float(end)), holds)
    said = dict(part.strip().split(": ") for part in row["runs"].split(",") if part.strip())
    assert {str(run_id.int): share.amount for run_id, share in allocation.runs.items()} == {
        number: Decimal(amount) for number, amount in said.items()
    }
    assert allocation.idle.amount == Decimal(row["idle"])
