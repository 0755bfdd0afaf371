"""Burstable machines: CPU credits are earned at the baseline and spent by use; one credit is one vCPU at 100 % for one minute."""

from datetime import timedelta
from decimal import Decimal

import numpy as np

from assay.clouds.domain.machine_types import MachineType
from assay.clouds.domain.utilization import Metric, Series, Values

DAY_MINUTES = 24 * 60
ROUNDING = 0.1
"""Credits that sums of single-precision values may be wrong by."""
EXHAUSTED_CREDITS = 1.0
EXHAUSTED_SHARE = 0.005
SURPLUS_PER_VCPU_HOUR = {"windows": Decimal("0.096"), "arm64": Decimal("0.04"), "": Decimal("0.05")}
"""USD that AWS charges for surplus credits (EC2 User Guide, Unlimited mode): by platform or architecture, else the empty name."""


def sustains(machine: MachineType, vcpus_used: Values, step: timedelta, *, headroom: float = 0.0) -> bool:
    """Whether it lives on its own credits through this use, over and over, with no surplus charged.

    vcpus_used: average of each step, NaN while it stood still, when nothing is earned or spent. headroom: share of what it earns that
    stays free. Of a burstable type whose baseline nobody knows it is never said. Earned credits are kept for a day's earnings at most.
    """
    if not machine.burstable:
        return True
    if machine.baseline_percent is None:
        return False
    minutes = step / timedelta(minutes=1)
    earning = machine.vcpus * machine.baseline_percent / 100 * (1 - headroom)
    change = np.where(np.isnan(vcpus_used), 0.0, (earning - vcpus_used.astype(np.float64)) * minutes)
    most = earning * DAY_MINUTES
    if not len(change):
        return True
    end = _balances(change, most, most)[-1]
    again = _balances(change, end, most)
    return bool(again.min() >= -ROUNDING and again[-1] >= end - ROUNDING)


def _balances(
    change: np.ndarray[tuple[int], np.dtype[np.float64]], start: float, most: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Credits after each step, never above most; below zero where they did not suffice."""
    free = start + np.cumsum(change)
    return free - np.maximum(np.maximum.accumulate(free - most), 0)


def exhausted(balance: Series | None, *, unlimited: bool | None) -> bool:
    """Whether it stood without credits for more than half a percent of the time and was slowed down, so that its use says too little.

    unlimited None: not known, which counts as slowed down.
    """
    if balance is None or unlimited or not balance.measured:
        return False
    known = balance.average[~np.isnan(balance.average)]
    return bool(np.mean(known < EXHAUSTED_CREDITS) > EXHAUSTED_SHARE)


def surplus_vcpu_hours(charged: Series | None) -> float:
    """vCPU-hours of surplus credits that were charged in the series of `Metric.CPU_SURPLUS_CREDITS_CHARGED`."""
    if charged is None:
        return 0.0
    return float(np.nansum(charged.average, dtype=np.float64)) / 60


def surplus_price(machine: MachineType, platform: str) -> Decimal:
    """USD per vCPU-hour. platform: of clouds.domain.platforms."""
    return (
        SURPLUS_PER_VCPU_HOUR.get(platform.partition("-")[0])
        or SURPLUS_PER_VCPU_HOUR.get(machine.architecture)
        or SURPLUS_PER_VCPU_HOUR[""]
    )


CREDIT_METRICS = (Metric.CPU_CREDIT_BALANCE, Metric.CPU_SURPLUS_CREDITS_CHARGED)
