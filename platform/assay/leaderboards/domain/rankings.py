"""Ranks and the Pareto front: which run is best, and which give the most for their price."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from uuid import UUID


class Direction(StrEnum):
    MAXIMIZE = "maximize"
    MINIMIZE = "minimize"


@dataclass(frozen=True, slots=True)
class Candidate:
    """value: the metric, may be NaN. price: in the one currency that is compared; None when unknown."""

    key: UUID
    value: float
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Place:
    """rank: 1 is best; equal values share a rank and the next one is skipped (1, 1, 3). pareto: on the front."""

    key: UUID
    rank: int
    pareto: bool


def rank_candidates(candidates: Iterable[Candidate], *, direction: Direction) -> list[Place]:
    """Rank by value, and mark the Pareto-optimal.

    returns: one place per candidate, best value first, NaN last; within a shared rank the cheaper first, then the
        unpriced, then by key, so that the order of the input never shows.
    A candidate is on the front when no other is at least as good and at least as cheap, and better in one; candidates
    without a price or with NaN are ranked and never on the front, nor do they keep others off it.
    """
    loss = _loss(direction)
    ordered = sorted(candidates, key=lambda candidate: (loss(candidate), *_price_order(candidate)))
    places: list[Place] = []
    cheapest: Decimal | None = None
    for _, group in groupby(ordered, key=loss):
        tied = list(group)
        rank, lowest = len(places) + 1, _lowest_price(tied)
        optimal = lowest is not None and (cheapest is None or lowest < cheapest)
        places += [Place(one.key, rank, optimal and one.price == lowest and not math.isnan(one.value)) for one in tied]
        cheapest = lowest if optimal else cheapest
    return places


def _loss(direction: Direction) -> Callable[[Candidate], tuple[bool, float]]:
    """Sorts better values first and NaN, which compares with nothing, last."""
    sign = -1.0 if direction is Direction.MAXIMIZE else 1.0
    return lambda candidate: (True, 0.0) if math.isnan(candidate.value) else (False, sign * candidate.value)


def _price_order(candidate: Candidate) -> tuple[bool, Decimal, UUID]:
    return candidate.price is None, candidate.price or Decimal(0), candidate.key


def _lowest_price(tied: list[Candidate]) -> Decimal | None:
    return min((one.price for one in tied if one.price is not None), default=None)
