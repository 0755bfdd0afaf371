"""The samplers by name."""

from collections.abc import Mapping

from assay.tuning.domain.observations import Sampler
from assay.tuning.domain.states import SamplerKind
from assay.tuning.samplers import random_search, tpe

SAMPLERS: Mapping[SamplerKind, Sampler] = {SamplerKind.TPE: tpe.suggest, SamplerKind.RANDOM: random_search.suggest}
