"""Machines that run and do nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from assay.clouds.domain.inventory import Instance, Manager, Resource, ResourceKind
from assay.clouds.domain.utilization import Metric, Series
from assay.recommendations.domain.checks import Check, Group, Options, option
from assay.recommendations.domain.commands import aws
from assay.recommendations.domain.consoles import console_address
from assay.recommendations.domain.facts import Facts, Wanted
from assay.recommendations.domain.found import Action, Confidence, Effort, Evidence, Found, Remedy, Risk
from assay.recommendations.domain.monthly import saving_of_all

MEGABYTE = 1_000_000
DAY = timedelta(days=1)
LEAST_MEASURED = 0.9
"""Share of the days that must have been measured: a missing point is no point of nothing."""


@dataclass(frozen=True, slots=True)
class IdleInstancesOptions(Options):
    days: int = option(14, unit="days", least=3, most=90, meaning="looked at so many whole days")
    cpu_percent: float = option(5, unit="percent", least=0.1, most=50, meaning="greatest CPU of any five minutes, below")
    network_megabytes: float = option(5, unit="MB a day", least=0, most=10_000, meaning="in and out together, below")


class IdleInstances(Check):
    """A running machine whose *greatest* CPU in any five minutes stays below `cpu_percent` and whose traffic stays below `network_megabytes` a
    day, over `days` days, at least nine tenths of them measured.

    The greatest value and not the mean counts: a nightly job of ten minutes is no idleness. A GPU that was measured must have been idle
    as well. Where CPU or traffic was not measured, nothing is said. Members of groups are left to the group. What a commitment covers is paid on, so
    it is no part of the expected saving.

    >>> quiet = make_instance("i-1", "m5.large")
    >>> facts = FactSet().with_(quiet, cpu=make_series(1.2), network_in=make_series(10.0), network_out=make_series(12.0),
    ...                         bill=make_bill("32.256", days=14))
    >>> [one] = check.find(facts, check.options())
    >>> one.saving.expected
    Money(amount=Decimal('70.080000000000000'), currency='USD')
    """

    name = "idle_instances"
    title = "Machines that run and do nothing"
    group = Group.IDLE
    kinds = (ResourceKind.INSTANCE,)
    action = Action.STOP
    needs = frozenset({"ec2:DescribeInstances", "cloudwatch:GetMetricData"})
    options = IdleInstancesOptions

    def find(self, facts: Facts, options: IdleInstancesOptions) -> Iterator[Found]:
        for resource in facts.resources(ResourceKind.INSTANCE):
            instance = resource.details
            if not isinstance(instance, Instance) or resource.state != "running" or instance.manager is not Manager.NOBODY:
                continue
            found = self._look(facts, resource, instance, options)
            if found is not None:
                yield found

    def _look(self, facts: Facts, resource: Resource, instance: Instance, options: IdleInstancesOptions) -> Found | None:
        cpu = _peak(facts.series(resource, Metric.CPU, days=options.days), options.days)
        if cpu is None or cpu >= options.cpu_percent:
            return None
        traffic = [
            _per_day(facts.series(resource, one, days=options.days), options.days)
            for one in (Metric.NETWORK_IN, Metric.NETWORK_OUT)
        ]
        if any(one is None for one in traffic):
            return None
        megabytes = sum(one or 0.0 for one in traffic) / MEGABYTE
        gpu = facts.series(resource, Metric.GPU, days=options.days)
        gpu_peak = gpu.peak() if gpu is not None else None
        if megabytes >= options.network_megabytes or (gpu_peak is not None and gpu_peak >= options.cpu_percent):
            return None
        return self._describe(facts, resource, instance, (cpu, megabytes, gpu_peak), options)

    def _describe(
        self,
        facts: Facts,
        resource: Resource,
        instance: Instance,
        measured: tuple[float, float, float | None],
        options: IdleInstancesOptions,
    ) -> Found:
        key, (cpu, megabytes, gpu) = resource.key, measured
        wanted = Wanted(
            key.provider, key.region, instance.instance_type, instance.platform, instance.tenancy, instance.lifecycle
        )
        days, below = options.days, f"below {options.cpu_percent:g} %"
        evidence = [
            Evidence("Greatest CPU of five minutes", f"{cpu:.2f} %", below, Metric.CPU.value, days),
            Evidence(
                "Traffic a day", f"{megabytes:.2f} MB", f"below {options.network_megabytes:g} MB", Metric.NETWORK_IN.value, days
            ),
        ]
        if gpu is not None:
            evidence.append(Evidence("Greatest GPU of five minutes", f"{gpu:.2f} %", below, Metric.GPU.value, days))
        return Found(
            resource=key,
            action=self.action,
            reason=f"This {instance.instance_type} never used more than {cpu:.2f} % of its CPU in {days} days.",
            saving=saving_of_all(
                facts.bill(resource, days=days), days=days, currency=facts.currency, quote=facts.quote(wanted)
            ),
            evidence=tuple(evidence),
            confidence=Confidence.HIGH,
            risk=Risk.LOW,
            effort=Effort.LOW,
            remedy=Remedy(
                command=aws(key, "ec2", "stop-instances", "--instance-ids", key.native_id),
                terraform='Set `aws_ec2_instance_state` to "stopped", or remove its `aws_instance`.',
                console=console_address(key),
            ),
        )


def _is_measured(series: Series, days: int) -> bool:
    return series.measured_time >= LEAST_MEASURED * days * DAY


def _peak(series: Series | None, days: int) -> float | None:
    return series.peak() if series is not None and _is_measured(series, days) else None


def _per_day(series: Series | None, days: int) -> float | None:
    """Bytes a day of a series in bytes a second."""
    if series is None or not _is_measured(series, days):
        return None
    mean = series.mean()
    return None if mean is None else mean * DAY.total_seconds()
