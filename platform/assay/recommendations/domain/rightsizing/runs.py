"""Rightsizing of ML runs: what they would take and cost on other machines, from what they really used, stage by stage.

Work is kept: where a sample used more vCPUs or GPUs than the other machine has, that sample takes so many times as long; where it used less it
takes as long as before, since nothing says what it waited for. So a larger machine is never said to be faster. Memory is no matter of
time: the highest use of it, with headroom, must fit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from assay.clouds.domain.machine_types import MachineType
from assay.clouds.domain.utilization import Values
from assay.core.money import Money
from assay.recommendations.domain.found import Effort
from assay.recommendations.domain.rightsizing.catalogue import Catalogue, Priced
from assay.recommendations.domain.rightsizing.compatibility import Change, Terms
from assay.recommendations.domain.rightsizing.dimensions import Dimension, capacities
from assay.recommendations.domain.rightsizing.presets import PRESETS

HOUR = 3600
MOST_OPTIONS = 3
USED_FOR_TIME = (Dimension.CPU, Dimension.GPU)
USED_FOR_ROOM = (Dimension.MEMORY, Dimension.GPU_MEMORY)
IDLE_GPU = 0.01
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class StageUse:
    """Samples of one stage of one run or more: seconds that each stands for, and what was used of each dimension, in its absolute unit.

    use: arrays of one length with seconds; a dimension that was not measured is not there. NaN where a sample lacks it.
    """

    name: str
    seconds: Values
    use: Mapping[Dimension, Values]

    @property
    def hours(self) -> float:
        return float(self.seconds.sum(dtype=np.float64)) / HOUR


class StagePlan(NamedTuple):
    name: str
    hours: float


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What the runs would take and cost on one machine. slowdown: by how much longer than now, 0 for none; costs are of a run in the mean."""

    priced: Priced
    change: Change
    stages: tuple[StagePlan, ...]
    cost: Money
    slowdown: float

    @property
    def hours(self) -> float:
        return sum(one.hours for one in self.stages)


def hours_on(stage: StageUse, machine: MachineType) -> float:
    """GPUs are of the same kind."""
    held = capacities(machine)
    factor = np.ones(len(stage.seconds), np.float64)
    for dimension in USED_FOR_TIME:
        used, capacity = stage.use.get(dimension), held[dimension]
        if used is not None and capacity:
            factor = np.fmax(factor, used / capacity)
    return float((factor * stage.seconds).sum()) / HOUR


def plan_on(stages: Sequence[StageUse], runs: int, priced: Priced, change: Change) -> RunPlan:
    """runs: how many the samples are of."""
    planned = tuple(StagePlan(one.name, hours_on(one, priced.machine) / runs) for one in stages)
    now = sum(one.hours for one in stages) / runs
    hours = sum(one.hours for one in planned)
    return RunPlan(
        priced, change, planned, priced.quote.per_hour.times(Decimal(str(round(hours, 9)))), hours / now - 1 if now else 0.0
    )


def plans(
    stages: Sequence[StageUse],
    runs: int,
    machine: MachineType,
    catalogue: Catalogue,
    *,
    slowdown: float,
    preset: str = "default",
) -> list[RunPlan]:
    """Up to three machines on which a run costs less than now, the cheapest first, and takes at most so much longer.

    slowdown: share of the time now. returns: none where the machine of now has no price, or CPU was not measured in every stage.
    """
    now = catalogue.by_name.get(machine.name)
    if now is None or not stages or any(Dimension.CPU not in one.use for one in stages):
        return []
    paid = plan_on(stages, runs, now, Change()).cost
    terms = Terms(gpus_unused=gpus_unused(stages, machine))
    found = []
    for priced in catalogue.holding(least_room(stages, machine, preset=preset)):
        change = catalogue.change(machine, priced.machine, terms)
        if change.refusal or priced.machine.burstable:
            continue
        plan = plan_on(stages, runs, priced, change)
        if plan.slowdown <= slowdown + ROUNDING and plan.cost.amount < paid.amount:
            found.append(plan)
    found.sort(key=lambda one: (one.cost.amount, one.slowdown, one.change.effort is not Effort.VERY_LOW))
    return found[:MOST_OPTIONS]


def stage_plans(
    stages: Sequence[StageUse],
    runs: int,
    machine: MachineType,
    catalogue: Catalogue,
    *,
    slowdown: float,
    preset: str = "default",
) -> dict[str, RunPlan]:
    """Of each stage for which alone another machine is cheaper, the cheapest: as for a stage that prepares data beside idle GPUs."""
    found = {}
    for stage in stages:
        alone = plans([stage], runs, machine, catalogue, slowdown=slowdown, preset=preset)
        if alone:
            found[stage.name] = alone[0]
    return found


def least_room(stages: Sequence[StageUse], machine: MachineType, *, preset: str) -> dict[Dimension, float]:
    """What does not stretch: memory by its highest use, and what was not measured as it is. Some CPU, and GPUs unless nobody used them."""
    held = capacities(machine)
    unused = gpus_unused(stages, machine)
    least: dict[Dimension, float] = {}
    for dimension in USED_FOR_ROOM:
        peaks = [
            float(np.nanmax(one.use[dimension]))
            for one in stages
            if dimension in one.use and not np.isnan(one.use[dimension]).all()
        ]
        if unused and dimension is Dimension.GPU_MEMORY:
            continue
        measured = len(peaks) == len(stages)
        least[dimension] = max(peaks) / (1 - PRESETS[preset].headroom(dimension)) if measured else held[dimension] or 0.0
    if held[Dimension.GPU] and not unused and any(Dimension.GPU not in one.use for one in stages):
        least[Dimension.GPU] = held[Dimension.GPU] or 0.0
    return least


def gpus_unused(stages: Sequence[StageUse], machine: MachineType) -> bool:
    """Both use and memory of GPUs were measured in every stage and never passed 1 %."""
    held = capacities(machine)
    return machine.gpus is not None and all(
        dimension in one.use
        and not np.isnan(one.use[dimension]).all()
        and np.nanmax(one.use[dimension]) <= IDLE_GPU * (held[dimension] or 0.0)
        for one in stages
        for dimension in (Dimension.GPU, Dimension.GPU_MEMORY)
    )
