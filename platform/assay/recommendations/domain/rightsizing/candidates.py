"""Which machines could do the work of another: up to three, the cheapest first, under an allowed risk."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from assay.clouds.domain.machine_types import MachineType
from assay.clouds.domain.utilization import Values
from assay.recommendations.domain.found import Effort, Risk
from assay.recommendations.domain.rightsizing.burstable import sustains
from assay.recommendations.domain.rightsizing.catalogue import Catalogue, Priced
from assay.recommendations.domain.rightsizing.compatibility import Change, Terms
from assay.recommendations.domain.rightsizing.dimensions import Dimension, capacities
from assay.recommendations.domain.rightsizing.needs import Need
from assay.recommendations.domain.rightsizing.presets import Preset
from assay.recommendations.domain.rightsizing.risk import least_capacity, rate

MOST_OPTIONS = 3
UNUSED_GPU = 0.01
FELT = (Dimension.CPU, Dimension.MEMORY)
"""What must have room even where it stays as it is. Network and disks burst beyond what is sustained, and GPUs are there to be full."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a machine does. vcpus_used: average of each step; empty where CPU was not measured.

    keeps: share of each capacity that stays whatever was measured, in [0, 1].
    """

    machine: MachineType
    needs: Mapping[Dimension, Need]
    vcpus_used: Values
    step: timedelta
    keeps: float = 0.0

    @property
    def gpus_unused(self) -> bool:
        """Both GPU and its memory were measured, and neither was used at all."""
        held = capacities(self.machine)
        return self.machine.gpus is not None and all(
            dimension in self.needs and self.needs[dimension].peak <= UNUSED_GPU * (held[dimension] or 0.0)
            for dimension in (Dimension.GPU, Dimension.GPU_MEMORY)
        )


@dataclass(frozen=True, slots=True)
class Option:
    """projected: share of the new capacity that the amount needed takes, of each dimension that is known."""

    priced: Priced
    risk: Risk
    change: Change
    projected: Mapping[Dimension, float]


def risk_of(work: Work, machine: MachineType, preset: Preset) -> Risk:
    """The highest over all dimensions that are known; of those that are not felt, only where it has less than now."""
    held, before = capacities(machine), capacities(work.machine)
    risks = [
        rate(need, capacity, headroom=preset.headroom(dimension))
        for dimension, need in _asked(work).items()
        if (capacity := held[dimension]) is not None and (dimension in FELT or capacity < (before[dimension] or 0.0))
    ]
    return max(risks, default=Risk.NONE)


@dataclass(frozen=True, slots=True)
class Search:
    """What is allowed. refuse: more that speaks against a machine, in words; empty where nothing does.

    below: price of an hour that they must stay under; None for any.
    """

    preset: Preset
    terms: Terms
    allowed: Risk
    refuse: Callable[[MachineType], str]
    below: float | None


def options(work: Work, catalogue: Catalogue, search: Search) -> list[Option]:
    """The cheapest first.

    The last gives way to the cheapest that is the least effort, when none of the others is.
    """
    found: list[Option] = []
    for option in _fitting(work, catalogue, search):
        easy = any(one.change.effort is Effort.VERY_LOW for one in found)
        if len(found) < MOST_OPTIONS:
            found.append(option)
        elif not easy and option.change.effort is Effort.VERY_LOW:
            found[-1] = option
        if len(found) == MOST_OPTIONS and (easy or option.change.effort is Effort.VERY_LOW):
            break
    return found


def _fitting(work: Work, catalogue: Catalogue, search: Search) -> Iterator[Option]:
    preset = search.preset
    for priced in catalogue.holding(least_of_all(work, preset, search.allowed), below=search.below):
        change = catalogue.change(work.machine, priced.machine, search.terms)
        if change.refusal or search.refuse(priced.machine):
            continue
        if priced.machine.burstable and Dimension.CPU not in work.needs:
            continue
        if not sustains(priced.machine, work.vcpus_used, work.step, headroom=preset.cpu_headroom):
            continue
        yield Option(priced, risk_of(work, priced.machine, preset), change, projected(work, priced.machine))


def least_of_all(work: Work, preset: Preset, allowed: Risk) -> dict[Dimension, float]:
    """What was not measured keeps what it has, and so may what is not felt; GPUs that nobody used are not asked for."""
    held = capacities(work.machine)
    asked = _asked(work)
    least = {}
    for dimension, capacity in held.items():
        need = asked.get(dimension)
        if need is not None:
            asks = least_capacity(need, headroom=preset.headroom(dimension), risk=allowed)
            enough = asks if dimension in FELT or capacity is None else min(asks, capacity)
            least[dimension] = max(enough, work.keeps * (capacity or 0.0))
        elif not (work.gpus_unused and dimension in {Dimension.GPU, Dimension.GPU_MEMORY}):
            least[dimension] = capacity or 0.0
    return least


def _asked(work: Work) -> dict[Dimension, Need]:
    unused = {Dimension.GPU, Dimension.GPU_MEMORY} if work.gpus_unused else set()
    return {dimension: need for dimension, need in work.needs.items() if dimension not in unused}


def projected(work: Work, machine: MachineType) -> dict[Dimension, float]:
    held = capacities(machine)
    return {dimension: need.amount / capacity for dimension, need in work.needs.items() if (capacity := held[dimension])}
