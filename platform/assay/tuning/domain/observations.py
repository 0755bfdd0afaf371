"""What a sampler is told, and what every sampler promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assay.tuning.domain.spaces import Params, Space


@dataclass(frozen=True, slots=True)
class Observation:
    """One trial so far. number: 1, 2, … in order of suggestion. loss: less is better; None while it runs or when it failed."""

    number: int
    params: Params
    loss: float | None


@dataclass(frozen=True, slots=True)
class Request:
    """Which suggestion is asked for. startup_trials: how many are drawn at random before a model is trusted."""

    number: int
    seed: int
    startup_trials: int


class Sampler(Protocol):
    def __call__(self, space: Space, observations: Sequence[Observation], request: Request) -> Params:
        """Suggest the parameters of one trial.

        space: D >= 1 dimensions by name. observations: N >= 0 trials of this sweep, by number.
        returns: one value per dimension, inside it. The same arguments give the same answer, on any machine.
        Does no I/O, keeps nothing between calls.
        """
        ...


def startup_trials(max_trials: int) -> int:
    """A quarter of the sweep, at least 5 and at most hyperopt's own 20: a sweep of 20 shall not be all random."""
    return min(max(max_trials // 4, 5), 20)
