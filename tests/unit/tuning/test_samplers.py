"""Samplers are pure: rows in, a suggestion out, and a good one in time."""

import statistics
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.tuning.domain.observations import Observation, Request, Sampler, startup_trials
from assay.tuning.domain.spaces import Choice, Integer, LogUniform, Params, Quantized, Space, Uniform
from assay.tuning.domain.states import SamplerKind
from assay.tuning.samplers import SAMPLERS
from tests.breadth import examples

SPACE: Space = {
    "u": Uniform(-5.0, 5.0),
    "l": LogUniform(0.0001, 1000.0),
    "q": Quantized(0.0, 1.0, 0.1),
    "n": Integer(1, 9),
    "k": Choice(("rbf", 1, 1.0, True)),
}
QUADRATIC: Space = {"x": Uniform(-10.0, 10.0), "y": Uniform(-10.0, 10.0)}


def _quadratic(params: Params) -> float:
    return (float(params["x"]) - 3) ** 2 + (float(params["y"]) + 2) ** 2


def _search(sampler: Sampler, *, seed: int, trials: int) -> list[Observation]:
    observations: list[Observation] = []
    for number in range(1, trials + 1):
        params = sampler(QUADRATIC, observations, Request(number, seed, startup_trials(trials)))
        observations.append(Observation(number, params, _quadratic(params)))
    return observations


def _best(sampler: Sampler, *, seed: int) -> float:
    return min(observation.loss or 0.0 for observation in _search(sampler, seed=seed, trials=60))


@pytest.mark.parametrize("kind", SamplerKind)
def test_the_same_rows_give_the_same_suggestion(kind: SamplerKind) -> None:
    first, again = (_search(SAMPLERS[kind], seed=7, trials=12) for _ in range(2))
    assert first == again
    assert first != _search(SAMPLERS[kind], seed=8, trials=12)


@pytest.mark.parametrize("kind", SamplerKind)
@settings(max_examples=examples(30, many=300), deadline=None)
@given(seed=st.integers(0, 2**31 - 1), losses=st.lists(st.none() | st.floats(-1e6, 1e6), max_size=12))
def test_suggestions_stay_inside_the_space(kind: SamplerKind, seed: int, losses: list[float | None]) -> None:
    observations: list[Observation] = []
    for number, loss in enumerate([*losses, None], 1):
        params = SAMPLERS[kind](SPACE, observations, Request(number, seed, 3))
        observations.append(Observation(number, params, loss))
        assert -5 <= float(params["u"]) <= 5
        assert 0.0001 <= float(params["l"]) <= 1000
        assert params["q"] in [k / 10 for k in range(11)]
        assert params["n"] in range(1, 10)
        assert any(params["k"] is value for value in ("rbf", 1, 1.0, True)) or params["k"] in ("rbf", 1)


@pytest.mark.parametrize("kind", SamplerKind)
def test_whole_numbers_and_multiples_are_equally_likely_at_the_ends(kind: SamplerKind) -> None:
    drawn = [SAMPLERS[kind](SPACE, [], Request(number, 1, 20)) for number in range(1, 1801)]
    for name, size in (("n", 9), ("q", 11)):
        counts = Counter(params[name] for params in drawn)
        assert len(counts) == size
        assert min(counts.values()) > 0.7 * 1800 / size


def test_tpe_finds_a_better_minimum_than_random_search() -> None:
    bests = {kind: [_best(SAMPLERS[kind], seed=seed) for seed in range(11)] for kind in SamplerKind}
    assert statistics.median(bests[SamplerKind.TPE]) < 0.5 * statistics.median(bests[SamplerKind.RANDOM])


def test_running_trials_keep_parallel_workers_apart() -> None:
    """A trial that runs counts among the worse, so the next suggestion is not the same."""
    done = _search(SAMPLERS[SamplerKind.TPE], seed=1, trials=30)
    running = done
    for number in range(31, 39):
        params = SAMPLERS[SamplerKind.TPE](QUADRATIC, running, Request(number, 1, 7))
        running = [*running, Observation(number, params, None)]
    assert len({tuple(observation.params.values()) for observation in running[30:]}) == 8


@pytest.mark.parametrize(("max_trials", "startup"), [(1, 5), (20, 5), (40, 10), (80, 20), (10_000, 20)])
def test_a_quarter_of_the_sweep_is_drawn_at_random_first(max_trials: int, startup: int) -> None:
    assert startup_trials(max_trials) == startup
