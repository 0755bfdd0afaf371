"""Samples of a run's machine, as MLflow's system metrics name them, put together as what each of its stages used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from assay.clouds.domain.machine_types import MachineType
from assay.recommendations.domain.rightsizing.dimensions import Dimension, capacities
from assay.recommendations.domain.rightsizing.runs import StageUse

CPU_KEY = "system/cpu_utilization_percentage"
MEMORY_KEY = "system/system_memory_usage_percentage"
LONGEST_GAP = 5
"""Times the usual distance of samples; what is farther apart stands for no more."""
WHOLE = "run"
"""Name of the time in which a run told of no stage."""


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """One metric of a run: milliseconds since 1970, ascending, and values of one length."""

    timestamps_ms: NDArray[np.int64]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """A stage over [started_at, ended_at)."""

    name: str
    started_at: datetime
    ended_at: datetime


def keys_of(machine: MachineType) -> list[str]:
    """What is asked for of a run on it."""
    gpus = range(machine.gpus.count if machine.gpus else 0)
    return [CPU_KEY, MEMORY_KEY, *(key for number in gpus for key in _gpu_keys(number))]


def _gpu_keys(number: int) -> tuple[str, str]:
    return f"system/gpu_{number}_utilization_percentage", f"system/gpu_{number}_memory_usage_percentage"


def stages_of_run(
    samples: Mapping[str, Sampled], machine: MachineType, parts: Sequence[Part], *, seconds: float
) -> list[StageUse]:
    """seconds: that the run took; its samples stand for all of it. returns: none without CPU."""
    cpu = samples.get(CPU_KEY)
    if cpu is None or not len(cpu.values):
        return []
    times = cpu.timestamps_ms
    lasts = _lasting(times, seconds)
    use = _use(samples, machine, times)
    names = np.full(len(times), -1)
    for number, part in enumerate(parts):
        names[(times >= part.started_at.timestamp() * 1000) & (times < part.ended_at.timestamp() * 1000)] = number
    found = []
    for number in sorted(set(names.tolist())):
        chosen = names == number
        name = parts[number].name if number >= 0 else WHOLE
        found.append(StageUse(name, lasts[chosen], {dimension: values[chosen] for dimension, values in use.items()}))
    return found


def _lasting(times: NDArray[np.int64], seconds: float) -> NDArray[np.float32]:
    if len(times) == 1:
        return np.array([seconds], np.float32)
    apart = np.append(np.diff(times), np.median(np.diff(times))).astype(np.float64)
    usual = float(np.median(apart)) or 1.0
    lasts = np.minimum(apart, LONGEST_GAP * usual)
    whole = float(lasts.sum())
    return np.asarray(lasts / whole * seconds if whole else np.full(len(times), seconds / len(times)), np.float32)


def _use(
    samples: Mapping[str, Sampled], machine: MachineType, times: NDArray[np.int64]
) -> dict[Dimension, NDArray[np.float32]]:
    """GPUs only where each of them was measured."""
    held = capacities(machine)
    gpus = machine.gpus.count if machine.gpus else 0
    keys: dict[Dimension, list[str]] = {Dimension.CPU: [CPU_KEY], Dimension.MEMORY: [MEMORY_KEY]}
    if gpus:
        keys[Dimension.GPU] = [_gpu_keys(number)[0] for number in range(gpus)]
        keys[Dimension.GPU_MEMORY] = [_gpu_keys(number)[1] for number in range(gpus)]
    found = {}
    for dimension, names in keys.items():
        if all(name in samples and len(samples[name].values) for name in names):
            percents = [np.interp(times, samples[name].timestamps_ms, samples[name].values) for name in names]
            found[dimension] = np.asarray(np.sum(percents, axis=0) / len(names) / 100 * (held[dimension] or 0.0), np.float32)
    return found


def joined(stages: Sequence[StageUse]) -> list[StageUse]:
    """Those of one name together, of the dimensions that all of them have."""
    by_name: dict[str, list[StageUse]] = {}
    for one in stages:
        by_name.setdefault(one.name, []).append(one)
    return [
        StageUse(
            name,
            np.concatenate([one.seconds for one in parts]),
            {
                dimension: np.concatenate([one.use[dimension] for one in parts])
                for dimension in Dimension
                if all(dimension in one.use for one in parts)
            },
        )
        for name, parts in by_name.items()
    ]
