"""A sweep's specification: the values of its file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from assay.tuning.domain.spaces import Space
from assay.tuning.domain.states import Direction, SamplerKind

LONGEST_SPEC_LENGTH = 65_536
MOST_TRIALS = 10_000
MOST_PARALLEL = 256
MOST_PARAMETERS = 100
LONGEST_VALUE = 4000
LONGEST_TRIAL = timedelta(days=7)
DEFAULT_TRIAL_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class SweepSpec:
    """What to search, how to evaluate, when to end.

    command: words with placeholders. workdir: absolute. experiment: name. seed: None until the sweep starts, when one is
    chosen. environment: added to the command's. timeout_seconds: of one trial.
    """

    name: str
    command: tuple[str, ...]
    workdir: str
    metric: str
    direction: Direction
    max_trials: int
    parallelism: int
    space: Space
    sampler: SamplerKind
    experiment: str
    seed: int | None
    environment: Mapping[str, str]
    timeout_seconds: int
