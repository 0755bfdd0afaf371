"""Utilization: five-minute averages and maxima of a day, by GetMetricData.

What AWS counts and what Assay keeps differ: counts of a period (bytes, operations) become rates a second. A period of such a metric has several
samples, each the count of an equal part of it, so that its maximum is the largest sample over the length of a sample. A metric without a point
has no value: missing is not zero.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.clouds.connectors.aws.sessions import Clients, list_pages, telling_refusals
from assay.clouds.domain.inventory import ResourceKind
from assay.clouds.domain.utilization import Metric, Series, Values

DATA, METRICS = "cloudwatch:GetMetricData", "cloudwatch:ListMetrics"
PERIOD = 300
SLOTS = 86_400 // PERIOD
QUERIES_A_CALL = 500
DAY = timedelta(days=1)
AGENT = "CWAgent"

Raw = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a metric comes from. counts: a count of each sample, to be kept as a rate a second; by_operation: whose samples are
    single operations, so that only its sum says something of a period.
    """

    metric: Metric
    name: str
    counts: bool = False
    by_operation: bool = False

    @property
    def statistics(self) -> tuple[str, ...]:
        if self.by_operation:
            return ("Sum",)
        return ("Sum", "Maximum", "SampleCount") if self.counts else ("Average", "Maximum")


NAMESPACES = {
    ResourceKind.INSTANCE: ("AWS/EC2", "InstanceId"),
    ResourceKind.VOLUME: ("AWS/EBS", "VolumeId"),
    ResourceKind.DATABASE: ("AWS/RDS", "DBInstanceIdentifier"),
}

SOURCES: Mapping[ResourceKind, tuple[Source, ...]] = {
    ResourceKind.INSTANCE: (
        Source(Metric.CPU, "CPUUtilization"),
        Source(Metric.NETWORK_IN, "NetworkIn", counts=True),
        Source(Metric.NETWORK_OUT, "NetworkOut", counts=True),
        Source(Metric.DISK_READ, "EBSReadBytes", counts=True),
        Source(Metric.DISK_WRITE, "EBSWriteBytes", counts=True),
        Source(Metric.DISK_READ_OPERATIONS, "EBSReadOps", counts=True),
        Source(Metric.DISK_WRITE_OPERATIONS, "EBSWriteOps", counts=True),
    ),
    ResourceKind.VOLUME: (
        Source(Metric.DISK_READ_OPERATIONS, "VolumeReadOps", by_operation=True),
        Source(Metric.DISK_WRITE_OPERATIONS, "VolumeWriteOps", by_operation=True),
        Source(Metric.DISK_READ, "VolumeReadBytes", by_operation=True),
        Source(Metric.DISK_WRITE, "VolumeWriteBytes", by_operation=True),
    ),
    ResourceKind.DATABASE: (
        Source(Metric.CPU, "CPUUtilization"),
        Source(Metric.CONNECTIONS, "DatabaseConnections"),
        Source(Metric.NETWORK_IN, "NetworkReceiveThroughput"),
        Source(Metric.NETWORK_OUT, "NetworkTransmitThroughput"),
        Source(Metric.DISK_READ, "ReadThroughput"),
        Source(Metric.DISK_WRITE, "WriteThroughput"),
        Source(Metric.DISK_READ_OPERATIONS, "ReadIOPS"),
        Source(Metric.DISK_WRITE_OPERATIONS, "WriteIOPS"),
    ),
}
"""The first of each kind is measured whenever the resource runs: its row stands for the day's having been asked for."""

OF_BURSTABLES = (
    Source(Metric.CPU_CREDIT_BALANCE, "CPUCreditBalance"),
    Source(Metric.CPU_SURPLUS_CREDITS_CHARGED, "CPUSurplusCreditsCharged"),
)
MEMORY_NAMES = ("mem_used_percent", "Memory % Committed Bytes In Use")
"""As the agent calls it on Linux, and on Windows."""
GPU_NAME, GPU_USED, GPU_TOTAL = "nvidia_smi_utilization_gpu", "nvidia_smi_memory_used", "nvidia_smi_memory_total"
AGENT_NAMES = (*MEMORY_NAMES, GPU_NAME, GPU_USED, GPU_TOTAL)


@dataclass(frozen=True, slots=True)
class Target:
    """A resource to be measured. dimension: the value by which CloudWatch knows it. burstable: has CPU credits."""

    kind: ResourceKind
    dimension: str
    burstable: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric of one target on one day, in SLOTS steps."""

    target: Target
    metric: Metric
    series: Series


Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AgentMetrics:
    """What agents on machines report: instance → metric → the dimensions of each of its series, which are a machine's own choice."""

    by_instance: Mapping[str, Mapping[str, tuple[Dimensions, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Query:
    target: Target
    namespace: str
    name: str
    dimensions: Dimensions
    statistic: str


def list_agent_metrics(clients: Clients, region: str) -> AgentMetrics:
    """What CloudWatch agents sent in the last two weeks. raises: Refused."""
    client = clients.get("cloudwatch", region)
    found: dict[str, dict[str, list[Dimensions]]] = {}
    for name in AGENT_NAMES:
        for one in list_pages(client, "list_metrics", "Metrics", permission=METRICS, Namespace=AGENT, MetricName=name):
            dimensions = tuple((pair["Name"], pair["Value"]) for pair in one["Dimensions"])
            instance_id = dict(dimensions).get("InstanceId")
            if instance_id:
                found.setdefault(instance_id, {}).setdefault(name, []).append(dimensions)
    chosen = {
        instance_id: {name: tuple(sorted(set(each))) for name, each in names.items()} for instance_id, names in found.items()
    }
    return AgentMetrics(chosen)


def measure_day(clients: Clients, region: str, targets: Sequence[Target], day: date, *, agents: AgentMetrics) -> list[Measured]:
    """What there is of every metric on a whole UTC day; of each target's first metric also when there is nothing.

    raises: Refused.
    """
    queries = list(_list_queries(targets, agents))
    answers: dict[_Query, Raw] = {}
    for at in range(0, len(queries), QUERIES_A_CALL):
        answers |= _fetch(clients.get("cloudwatch", region), queries[at : at + QUERIES_A_CALL], day)
    by_target: dict[Target, dict[tuple[str, Dimensions, str], Raw]] = {target: {} for target in targets}
    for query, values in answers.items():
        by_target[query.target][query.name, query.dimensions, query.statistic] = values
    return [measured for target in targets for measured in _combine(target, by_target[target], day)]


def _sources(target: Target) -> tuple[Source, ...]:
    return (*SOURCES[target.kind], *(OF_BURSTABLES if target.burstable else ()))


def _list_queries(targets: Sequence[Target], agents: AgentMetrics) -> Iterator[_Query]:
    """All statistics of a metric beside each other, since AWS charges them as one when they come in one call."""
    for target in targets:
        namespace, dimension = NAMESPACES[target.kind]
        own = ((dimension, target.dimension),)
        for source in _sources(target):
            yield from (_Query(target, namespace, source.name, own, statistic) for statistic in source.statistics)
        if target.kind is ResourceKind.INSTANCE:
            for name, each in agents.by_instance.get(target.dimension, {}).items():
                for dimensions in each:
                    yield from (_Query(target, AGENT, name, dimensions, statistic) for statistic in ("Average", "Maximum"))


def _fetch(client: Any, queries: Sequence[_Query], day: date) -> dict[_Query, Raw]:
    """Query → its values in SLOTS steps, NaN where there was no point; queries without any point are left out."""
    start = datetime.combine(day, time.min, tzinfo=UTC)
    asked = {
        "MetricDataQueries": [_write_query(f"q{number}", query) for number, query in enumerate(queries)],
        "StartTime": start,
        "EndTime": start + DAY,
        "ScanBy": "TimestampAscending",
    }
    found: dict[_Query, Raw] = {}
    more: dict[str, str] = {}
    with telling_refusals(client, DATA):
        while True:
            page = client.get_metric_data(**asked, **more)
            for result in page["MetricDataResults"]:
                if result["Timestamps"]:
                    values = found.setdefault(queries[int(result["Id"][1:])], np.full(SLOTS, np.nan))
                    _place(values, result["Timestamps"], result["Values"], start)
            if not page.get("NextToken"):
                return found
            more = {"NextToken": page["NextToken"]}


def _write_query(query_id: str, query: _Query) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in query.dimensions]
    metric = {"Namespace": query.namespace, "MetricName": query.name, "Dimensions": dimensions}
    return {"Id": query_id, "MetricStat": {"Metric": metric, "Period": PERIOD, "Stat": query.statistic}, "ReturnData": True}


def _place(values: Raw, times: Iterable[datetime], points: Iterable[float], start: datetime) -> None:
    """Each point at the step that its time falls into; what lies outside of the day is left out."""
    for at, point in zip(times, points, strict=True):
        slot = int((at - start).total_seconds() // PERIOD)
        if 0 <= slot < SLOTS:
            values[slot] = point


def _combine(target: Target, found: Mapping[tuple[str, Dimensions, str], Raw], day: date) -> Iterator[Measured]:
    own = ((NAMESPACES[target.kind][1], target.dimension),)
    for number, source in enumerate(_sources(target)):
        got = {statistic: found.get((source.name, own, statistic)) for statistic in source.statistics}
        if any(values is not None for values in got.values()):
            average, maximum = _read_source(source, {name: _or_nothing(values) for name, values in got.items()})
            yield _measured(target, source.metric, day, average, maximum)
        elif number == 0:
            yield _measured(target, source.metric, day, _nothing(), _nothing())
    yield from _combine_agent(target, found, day)


def _read_source(source: Source, got: Mapping[str, Raw]) -> tuple[Raw, Raw]:
    if not source.counts and not source.by_operation:
        return got["Average"], got["Maximum"]
    rate = got["Sum"] / PERIOD
    if source.by_operation:
        return rate, rate
    return rate, np.fmax(rate, got["Maximum"] * got["SampleCount"] / PERIOD)


def _combine_agent(target: Target, found: Mapping[tuple[str, Dimensions, str], Raw], day: date) -> Iterator[Measured]:
    """Of several GPUs: the mean of their averages, and at each step the maximum of the busiest one."""
    series: dict[str, dict[Dimensions, tuple[Raw, Raw]]] = {}
    for name, dimensions, _ in found:
        if name in AGENT_NAMES:
            pair = tuple(_or_nothing(found.get((name, dimensions, statistic))) for statistic in ("Average", "Maximum"))
            series.setdefault(name, {})[dimensions] = (pair[0], pair[1])
    for name in MEMORY_NAMES:
        if name in series:
            yield _measured(target, Metric.MEMORY, day, *_busiest(list(series[name].values())))
            break
    if GPU_NAME in series:
        yield _measured(target, Metric.GPU, day, *_over_devices(list(series[GPU_NAME].values())))
    used, total = series.get(GPU_USED, {}), series.get(GPU_TOTAL, {})
    shares = [_percent(used[one], total[one]) for one in sorted(used) if one in total]
    if shares:
        yield _measured(target, Metric.GPU_MEMORY, day, *_over_devices(shares))


def _percent(used: tuple[Raw, Raw], total: tuple[Raw, Raw]) -> tuple[Raw, Raw]:
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.where(total[1] > 0, total[1], np.nan)
        return 100 * used[0] / whole, 100 * used[1] / whole


def _over_devices(pairs: Sequence[tuple[Raw, Raw]]) -> tuple[Raw, Raw]:
    averages, maxima = np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])
    known = np.count_nonzero(~np.isnan(averages), axis=0)
    mean = np.divide(np.nansum(averages, axis=0), known, out=_nothing(), where=known > 0)
    return mean, np.fmax.reduce(maxima, axis=0)


def _busiest(pairs: Sequence[tuple[Raw, Raw]]) -> tuple[Raw, Raw]:
    """A metric under several sets of dimensions is the same one, told more than once."""
    return np.fmax.reduce([pair[0] for pair in pairs]), np.fmax.reduce([pair[1] for pair in pairs])


def _measured(target: Target, metric: Metric, day: date, average: Raw, maximum: Raw) -> Measured:
    start = datetime.combine(day, time.min, tzinfo=UTC)
    series = Series(start, timedelta(seconds=PERIOD), _single(average), _single(maximum))
    return Measured(target, metric, series)


def _single(values: Raw) -> Values:
    return values.astype(np.float32)


def _or_nothing(values: Raw | None) -> Raw:
    return _nothing() if values is None else values


def _nothing() -> Raw:
    return np.full(SLOTS, np.nan)
