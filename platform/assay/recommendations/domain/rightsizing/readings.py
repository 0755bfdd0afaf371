"""What was measured of one machine, put together: its work, the window, what is paid for it, and what is not known."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from assay.clouds.domain.inventory import Resource
from assay.clouds.domain.machine_types import MachineType
from assay.clouds.domain.utilization import Metric, Series
from assay.recommendations.domain.facts import Facts, Quote
from assay.recommendations.domain.found import HOURS_OF_A_MONTH
from assay.recommendations.domain.rightsizing.burstable import CREDIT_METRICS, exhausted, surplus_price, surplus_vcpu_hours
from assay.recommendations.domain.rightsizing.candidates import Work
from assay.recommendations.domain.rightsizing.confidence import LEAST_MEASURED
from assay.recommendations.domain.rightsizing.dimensions import Dimension
from assay.recommendations.domain.rightsizing.needs import METRICS, WEEK, at_least, measure
from assay.recommendations.domain.rightsizing.presets import Preset
from assay.recommendations.domain.rightsizing.savings import Paid
from assay.recommendations.domain.rightsizing.window import Window, look_at


@dataclass(frozen=True, slots=True)
class Reading:
    """surplus_hours: vCPU-hours of surplus credits charged in the window. throttled: it was slowed down for want of credits."""

    work: Work
    window: Window
    surplus_hours: float
    throttled: bool


def read(
    facts: Facts,
    resource: Resource,
    machine: MachineType,
    *,
    preset: Preset,
    days: int,
    lookback: int,
    unseen_month: float,
    unlimited: bool | None = None,
) -> Reading | None:
    """days: that must have been looked at. lookback: days that count where they were measured; at least days.
    unseen_month: share of each capacity that stays while no turn of a month was seen.

    returns: None where CPU was not measured over so many days since it got its type, or for less than 30 hours in all.
    """
    asked = _days_of_this_type(facts, resource, most=max(days, lookback))
    cpu = facts.series(resource, Metric.CPU, days=asked) if asked >= days else None
    if cpu is None or cpu.measured_time < LEAST_MEASURED:
        return None
    window = look_at(cpu, days=days)
    if window.span <= timedelta(days=days - 1):
        return None
    begun = cpu.end - math.ceil(window.span / WEEK) * WEEK
    series = {name: since(one, begun) for name, one in _series(facts, resource, machine, days=asked).items()}
    series[Metric.CPU] = cpu = since(cpu, begun)
    needs = measure(series, machine, percentile=preset.percentile)
    throttled = machine.burstable and exhausted(series.get(Metric.CPU_CREDIT_BALANCE), unlimited=unlimited)
    if throttled:
        needs[Dimension.CPU] = at_least(needs[Dimension.CPU], machine.vcpus * (1 - preset.cpu_headroom))
    used = np.asarray(cpu.average * (machine.vcpus / 100), np.float32)
    surplus = surplus_vcpu_hours(series.get(Metric.CPU_SURPLUS_CREDITS_CHARGED)) if machine.burstable else 0.0
    keeps = 0.0 if window.turn_of_month else unseen_month
    return Reading(Work(machine, needs, used, cpu.step, keeps), window, surplus, throttled)


def _days_of_this_type(facts: Facts, resource: Resource, *, most: int) -> int:
    """The whole days since it got its type, at most so many: percents of before are those of another machine."""
    resized = facts.resized_at(resource)
    today = facts.at.astimezone(UTC).date()
    return most if resized is None else min(most, (today - resized.astimezone(UTC).date()).days - 1)


def since(series: Series, begun: datetime) -> Series:
    """The part from then on, without a copy: weeks in which nothing ran yet cost no time."""
    first = min(len(series), max(0, math.ceil((begun - series.start) / series.step)))
    return Series(series.start + first * series.step, series.step, series.average[first:], series.maximum[first:])


def _series(facts: Facts, resource: Resource, machine: MachineType, *, days: int) -> dict[Metric, Series]:
    wanted = [one for dimension, metrics in METRICS.items() for one in metrics if machine.gpus or "GPU" not in dimension]
    asked = [one for one in wanted if one is not Metric.CPU] + list(CREDIT_METRICS if machine.burstable else ())
    return {metric: found for metric in asked if (found := facts.series(resource, metric, days=days)) is not None}


def paid_for(facts: Facts, resource: Resource, reading: Reading, quote: Quote, *, platform: str, days: int) -> Paid:
    surplus = Decimal(0)
    if reading.surplus_hours and quote.per_hour.currency == "USD":
        measured_hours = Decimal(str(reading.window.span / timedelta(hours=1)))
        hours = Decimal(str(round(reading.surplus_hours, 6)))
        surplus = hours * surplus_price(reading.work.machine, platform) * HOURS_OF_A_MONTH / measured_hours
    window = reading.window
    return Paid(quote, window.running_share, window.running_days, facts.bill(resource, days=days), surplus)
