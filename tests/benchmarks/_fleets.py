"""A simulated fleet: machines whose work is known for 28 days, of which a rule sees the first 14 and is judged by the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from assay.clouds.domain.machine_types import MachineType
from assay.clouds.domain.utilization import Metric, Series
from assay.recommendations.domain.rightsizing.dimensions import Dimension, capacities

Values = NDArray[np.float64]
STEP = timedelta(minutes=5)
PER_DAY = 288
DAYS = 28
SEEN = 14 * PER_DAY
STEPS = DAYS * PER_DAY
FIRST_DAYS = (
    datetime(2026, 2, 23, tzinfo=UTC),
    datetime(2026, 3, 2, tzinfo=UTC),
    datetime(2026, 3, 9, tzinfo=UTC),
    datetime(2026, 3, 16, tzinfo=UTC),
)
"""Mondays a week apart, so that a month ends before, in and after what is seen."""

KINDS: Mapping[str, float] = {
    "steady": 0.22,
    "office hours": 0.24,
    "bursts": 0.14,
    "nightly job": 0.12,
    "weekly job": 0.08,
    "growing": 0.08,
    "nights off": 0.05,
    "idle": 0.05,
    "month-end job": 0.02,
}
GENERAL = ("t3", "m5", "m6i", "m7i", "c5", "c6i", "c7i", "r5", "r6i")
GRAPHICS = ("g4dn", "g5", "g6")


@dataclass(frozen=True, slots=True)
class Simulated:
    """demand: what the work asks for in each dimension: highest of each step, in absolute units; NaN while it stands still.

    average: likewise, the mean of each step. unmeasured: what no agent reports.
    """

    number: int
    kind: str
    machine: MachineType
    first_day: datetime
    demand: Mapping[Dimension, Values]
    average: Mapping[Dimension, Values]
    unmeasured: frozenset[Dimension]

    @property
    def at(self) -> datetime:
        return self.first_day + timedelta(days=14, hours=9)

    def seen(self) -> dict[Metric, Series]:
        """What a connector would have read of the first 14 days: no more than the machine could give."""
        held = capacities(self.machine)
        found = {}
        for dimension, metrics in SHOWN.items():
            if dimension in self.unmeasured or dimension not in self.demand:
                continue
            most = held[dimension] or 0.0
            maximum = np.minimum(self.demand[dimension][:SEEN], _burst(dimension) * most)
            average = np.minimum(self.average[dimension][:SEEN], maximum)
            scale = 100 / most if dimension in IN_PERCENT else SCALES[dimension] / len(metrics)
            for metric in metrics:
                found[metric] = Series(
                    self.first_day, STEP, (average * scale).astype(np.float32), (maximum * scale).astype(np.float32)
                )
        return found


SHOWN: Mapping[Dimension, tuple[Metric, ...]] = {
    Dimension.CPU: (Metric.CPU,),
    Dimension.MEMORY: (Metric.MEMORY,),
    Dimension.NETWORK: (Metric.NETWORK_IN, Metric.NETWORK_OUT),
    Dimension.EBS_BANDWIDTH: (Metric.DISK_READ, Metric.DISK_WRITE),
    Dimension.EBS_OPERATIONS: (Metric.DISK_READ_OPERATIONS, Metric.DISK_WRITE_OPERATIONS),
    Dimension.GPU: (Metric.GPU,),
    Dimension.GPU_MEMORY: (Metric.GPU_MEMORY,),
}
IN_PERCENT = {Dimension.CPU, Dimension.MEMORY, Dimension.GPU, Dimension.GPU_MEMORY}
SCALES = {Dimension.NETWORK: 2 * 125_000, Dimension.EBS_BANDWIDTH: 125_000, Dimension.EBS_OPERATIONS: 1}
"""Bytes a second of a megabit; each direction of the network has all of it."""


def _burst(dimension: Dimension) -> float:
    return 1.0 if dimension in IN_PERCENT else 5.0


def simulate(machines: int, types: list[MachineType], *, seed: int) -> list[Simulated]:
    """The same seed makes the same fleet."""
    random = np.random.default_rng(seed)
    general = [one for one in types if one.family in GENERAL]
    graphics = [one for one in types if one.family in GRAPHICS]
    kinds = random.choice(list(KINDS), machines, p=list(KINDS.values()))
    return [
        _simulate_one(number, str(kind), graphics if random.random() < 0.08 else general, random)
        for number, kind in enumerate(kinds)
    ]


def _simulate_one(number: int, kind: str, types: list[MachineType], random: np.random.Generator) -> Simulated:
    machine = types[random.integers(len(types))]
    first_day = FIRST_DAYS[number % len(FIRST_DAYS)]
    held = capacities(machine)
    load = _load(kind, first_day, random)
    height = 0.02 if kind == "idle" else min(0.95, random.lognormal(np.log(0.28), 0.7))
    if machine.burstable:
        height = min(height, 0.6)
    stopped = np.isnan(load)
    demand: dict[Dimension, Values] = {}
    average: dict[Dimension, Values] = {}
    for dimension in Dimension:
        most = held[dimension] or 0.0
        if not most:
            continue
        if dimension in {Dimension.MEMORY, Dimension.GPU_MEMORY}:
            low = random.uniform(0.08, 0.6)
            mean = low + random.uniform(0.0, 0.15) * np.nan_to_num(load) + 0.005 * _noise(random, 0.99)
            if kind == "growing":
                mean *= np.linspace(1, random.uniform(1.0, 1.25), STEPS)
            high = mean * (1 + 0.02 * random.random(STEPS))
        else:
            share = height if dimension is Dimension.CPU else random.uniform(0.02, 0.35) * (0.2 if kind == "idle" else 1)
            if dimension is Dimension.GPU:
                share = random.uniform(0.2, 1.0)
            mean = share * load * (1 + 0.06 * _noise(random, 0.9))
            high = mean * (1 + 0.25 * random.random(STEPS) ** 2)
        demand[dimension] = np.where(stopped, np.nan, np.clip(high, 0, None) * most)
        average[dimension] = np.where(stopped, np.nan, np.clip(mean, 0, None) * most)
    unmeasured = {Dimension.MEMORY} if random.random() < 0.25 else set()
    if machine.gpus and random.random() < 0.3:
        unmeasured |= {Dimension.GPU, Dimension.GPU_MEMORY}
    return Simulated(number, kind, machine, first_day, demand, average, frozenset(unmeasured))


def _load(kind: str, first_day: datetime, random: np.random.Generator) -> Values:
    """Of its height: about 1 at its busiest."""
    time = np.arange(STEPS)
    hour = time % PER_DAY / 12
    day = time // PER_DAY
    weekday = day % 7
    load = np.full(STEPS, random.uniform(0.05, 0.3))
    start, length = random.uniform(0, 20), random.uniform(0.7, 5.0)
    in_job = (hour >= start) & (hour < start + length)
    match kind:
        case "steady":
            load[:] = 1.0
        case "office hours":
            curve = np.exp(-(((hour - random.uniform(11, 15)) / random.uniform(2.5, 4)) ** 2))
            load += (1 - load) * curve * np.where(weekday < 5, 1.0, random.uniform(0.05, 0.5))
        case "bursts":
            for begun in np.flatnonzero(random.random(STEPS) < random.uniform(2, 10) / PER_DAY):
                load[begun : begun + random.integers(2, 13)] = random.uniform(0.6, 1.0)
        case "nightly job":
            load[in_job] = 1.0
        case "weekly job":
            load[in_job & (weekday == random.integers(7))] = 1.0
        case "growing":
            load[:] = np.linspace(1.0, random.uniform(1.1, 1.5), STEPS)
        case "nights off":
            load[:] = np.where((hour < 7) | (hour >= 20), np.nan, 1.0)
        case "month-end job":
            last = np.array([(first_day + timedelta(days=int(one) + 1)).day == 1 for one in range(DAYS)])
            load[in_job & last[day]] = 1.0
    return load


def _noise(random: np.random.Generator, memory: float) -> Values:
    """Of variance 1, each step near the one before."""
    steps = random.standard_normal(STEPS)
    kernel = memory ** np.arange(min(STEPS, int(10 / (1 - memory))))
    noise = np.convolve(steps, kernel)[:STEPS]
    return np.asarray(noise * np.sqrt(1 - memory**2), np.float64)
