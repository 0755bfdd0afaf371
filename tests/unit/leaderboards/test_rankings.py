import math
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.leaderboards.domain.rankings import Candidate, Direction, Place, rank_candidates

values = st.one_of(st.integers(-3, 3).map(float), st.floats(allow_nan=True, allow_infinity=True))
prices = st.one_of(st.none(), st.integers(-2, 5).map(Decimal), st.decimals(-100, 100, places=9))
fields = st.lists(st.tuples(values, prices), max_size=25)
directions = st.sampled_from(Direction)


def field_of(*rows: tuple[float, Decimal | None]) -> list[Candidate]:
    return [Candidate(UUID(int=number), value, price) for number, (value, price) in enumerate(rows)]


def compares(candidate: Candidate) -> bool:
    return candidate.price is not None and not math.isnan(candidate.value)


def dominates(one: Candidate, other: Candidate, direction: Direction) -> bool:
    """The definition, word by word."""
    sign = 1 if direction is Direction.MAXIMIZE else -1
    assert one.price is not None
    assert other.price is not None
    as_good = sign * one.value >= sign * other.value
    as_cheap = one.price <= other.price
    better = sign * one.value > sign * other.value or one.price < other.price
    return as_good and as_cheap and better


@given(fields, directions)
def test_the_front_is_exactly_what_nothing_dominates(rows: list[tuple[float, Decimal | None]], direction: Direction) -> None:
    candidates = field_of(*rows)
    front = {place.key for place in rank_candidates(candidates, direction=direction) if place.pareto}
    comparable = [candidate for candidate in candidates if compares(candidate)]
    expected = {one.key for one in comparable if not any(dominates(other, one, direction) for other in comparable)}
    assert front == expected


@given(fields, directions, st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_shows(rows, direction, random) -> None:  # type: ignore[no-untyped-def]  # hypothesis types
    candidates = field_of(*rows)
    shuffled = random.sample(candidates, len(candidates))
    assert rank_candidates(shuffled, direction=direction) == rank_candidates(candidates, direction=direction)


@given(fields, directions)
def test_a_rank_is_one_more_than_the_number_of_better_candidates(
    rows: list[tuple[float, Decimal | None]], direction: Direction
) -> None:
    candidates = {candidate.key: candidate for candidate in field_of(*rows)}
    sign = 1 if direction is Direction.MAXIMIZE else -1
    for place in rank_candidates(candidates.values(), direction=direction):
        value = candidates[place.key].value
        better = [
            c for c in candidates.values() if sign * c.value > sign * value or (math.isnan(value) and not math.isnan(c.value))
        ]
        assert place.rank == len(better) + 1


@given(fields, directions)
def test_everybody_gets_one_place_and_nan_comes_last(rows: list[tuple[float, Decimal | None]], direction: Direction) -> None:
    candidates = {candidate.key: candidate for candidate in field_of(*rows)}
    places = rank_candidates(candidates.values(), direction=direction)
    assert sorted(place.key for place in places) == sorted(candidates)
    absent = [math.isnan(candidates[place.key].value) for place in places]
    assert absent == sorted(absent)


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        (Direction.MAXIMIZE, [(1, 1, True), (2, 1, False), (0, 3, True), (3, 4, False), (4, 5, False)]),
        (Direction.MINIMIZE, [(3, 1, False), (0, 2, True), (1, 3, False), (2, 3, False), (4, 5, False)]),
    ],
)
def test_ties_share_a_rank_and_the_unpriced_are_ranked(direction: Direction, expected: list[tuple[int, int, bool]]) -> None:
    field = field_of((0.8, Decimal(1)), (0.9, Decimal(4)), (0.9, Decimal(5)), (0.7, None), (math.nan, Decimal("0.1")))
    assert rank_candidates(field, direction=direction) == [Place(UUID(int=n), rank, pareto) for n, rank, pareto in expected]
