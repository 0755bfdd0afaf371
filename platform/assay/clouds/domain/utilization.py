"""How much of a resource was used: series of equal steps, in which a missing point is missing and never zero."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


class Metric(StrEnum):
    """Units: percent of the machine's own capacity, bytes or operations a second, credits, counts."""

    CPU = "cpu_percent"
    MEMORY = "memory_percent"
    NETWORK_IN = "network_in_bytes_per_second"
    NETWORK_OUT = "network_out_bytes_per_second"
    DISK_READ = "disk_read_bytes_per_second"
    DISK_WRITE = "disk_write_bytes_per_second"
    DISK_READ_OPERATIONS = "disk_read_operations_per_second"
    DISK_WRITE_OPERATIONS = "disk_write_operations_per_second"
    CPU_CREDIT_BALANCE = "cpu_credit_balance"
    CPU_SURPLUS_CREDITS_CHARGED = "cpu_surplus_credits_charged"
    GPU = "gpu_percent"
    GPU_MEMORY = "gpu_memory_percent"
    CONNECTIONS = "connections"


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Steps from start on, one after another. average, maximum: of each step, float32 of one length, NaN where nothing was measured."""

    start: datetime
    step: timedelta
    average: Values
    maximum: Values

    def __post_init__(self) -> None:
        if self.start.tzinfo is None:
            raise ValueError("a series needs an aware start")
        if self.average.shape != self.maximum.shape or self.average.ndim != 1:
            raise ValueError("average and maximum must be of one length")

    def __len__(self) -> int:
        return len(self.average)

    @property
    def end(self) -> datetime:
        return self.start + len(self) * self.step

    @property
    def measured(self) -> int:
        """How many steps have a value."""
        return int(np.count_nonzero(~np.isnan(self.maximum)))

    @property
    def measured_time(self) -> timedelta:
        return self.measured * self.step

    def percentile_of_maxima(self, percent: float) -> float | None:
        """Of the steps that have a value, by linear interpolation; None when none has."""
        known = self.maximum[~np.isnan(self.maximum)]
        return float(np.percentile(known, percent)) if len(known) else None

    def mean(self) -> float | None:
        """Of the averages that were measured; None when there are none."""
        known = self.average[~np.isnan(self.average)]
        return float(known.mean(dtype=np.float64)) if len(known) else None

    def peak(self) -> float | None:
        known = self.maximum[~np.isnan(self.maximum)]
        return float(known.max()) if len(known) else None
