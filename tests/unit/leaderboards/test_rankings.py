import math
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.leaderboards.domain.rankings import Candidate, Direction, rank_candidates

values = st.one_of(st.integers(-3, 3).map(float), st.floats(allow_nan=True, allow_infinity=True))
prices = st.one_of(st.none(), st.integers(-2, 5).map(Decimal), st.decimals(-100, 100, places=9))
fields = st.lists(st.tuples(values, prices), max_size=25)
directions = st.sampled_from(Direction)


NAMES = "abcdefgh"
DOCUMENTS = Path(__file__).resolve().parents[3] / "docs" / "algorithms"


def read_rows(name: str) -> list[list[str]]:
    """Cells of the worked table of a document."""
    lines = (DOCUMENTS / name).read_text().partition("### Worked table")[2].splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return table[2:]


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


@pytest.mark.parametrize(("direction", "runs", "ranks", "front"), read_rows("leaderboards.md"))
def test_the_worked_table_holds(direction: str, runs: str, ranks: str, front: str) -> None:
    pairs = [run.split("/") for run in runs.split()]
    candidates = field_of(*((float(value), None if price == "-" else Decimal(price)) for value, price in pairs))
    places = rank_candidates(candidates, direction=Direction(direction))
    assert [f"{NAMES[place.key.int]}{place.rank}" for place in places] == ranks.split()
    assert sorted(NAMES[place.key.int] for place in places if place.pareto) == front.split()
