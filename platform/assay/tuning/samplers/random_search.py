"""Random search: every trial is drawn anew, whatever the others found."""

import math
import random
from collections.abc import Sequence

from assay.tuning.domain.observations import Observation, Request
from assay.tuning.domain.spaces import Choice, Dimension, Integer, LogUniform, Params, ParamValue, Quantized, Space, Uniform


def suggest(space: Space, observations: Sequence[Observation], request: Request) -> Params:
    """Depends on seed and number alone; observations are not looked at."""
    generator = random.Random(f"{request.seed}/{request.number}")  # noqa: S311  a search, not a secret
    return {name: _draw(generator, space[name]) for name in sorted(space)}


def _draw(generator: random.Random, dimension: Dimension) -> ParamValue:
    match dimension:
        case Uniform(low, high):
            return dimension.clip(low + (high - low) * generator.random())
        case LogUniform():
            return dimension.clip(math.exp(generator.uniform(dimension.log_low, dimension.log_high)))
        case Quantized():
            return dimension.at(generator.randint(dimension.first, dimension.last))
        case Integer(low, high):
            return generator.randint(low, high)
        case Choice(values):
            return generator.choice(values)
