"""Managed databases that are larger, or smaller, than their work."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from assay.clouds.domain.inventory import Database, Resource, ResourceKind
from assay.clouds.domain.machine_types import MachineType
from assay.clouds.domain.utilization import Metric
from assay.recommendations.domain.checks import Check, Group, Options
from assay.recommendations.domain.facts import Facts
from assay.recommendations.domain.found import Action, Found, Remedy
from assay.recommendations.domain.rightsizing.catalogues import Catalogues
from assay.recommendations.domain.rightsizing.compatibility import Terms
from assay.recommendations.domain.rightsizing.database_classes import most_connections
from assay.recommendations.domain.rightsizing.judgement import SizingOptions, Subject, judge
from assay.recommendations.domain.rightsizing.needs import need_of
from assay.recommendations.domain.rightsizing.presets import PRESETS
from assay.recommendations.domain.rightsizing.remedies import change_database


@dataclass(frozen=True, slots=True)
class DatabaseSizingOptions(SizingOptions):
    """Those of machines."""


class RightsizingDatabases(Check):
    """An available database whose work a cheaper class does with room to spare, or whose class is too small for it.

    Needs and fits are those of machines (docs/algorithms/rightsizing.md), and the connections that RDS allows by memory must suffice as well,
    with the same headroom. Prices are those of its engine, licence and availability zones. Memory is not measured for most, so it stays. Members of
    clusters and replicas are left: replicas follow their primary, which keeps theirs as they are.

    A db.m5.2xlarge (8 vCPUs, 32 GiB) of which 15 % of the CPU are needed and memory is not measured: 1.2 vCPUs, with a fifth to spare 1.5. A
    db.r5.xlarge has 4 and the same memory, at 0.504 instead of 0.712 an hour: 151.84 USD a month less.

    >>> facts = FactSet(types=FactSet().knows_aws().types).with_(
    ...     make_database("db-1", "db.m5.2xlarge"), cpu=make_series(15, 8), connections=make_series(40),
    ...     network_in=make_series(1e6), network_out=make_series(1e6), disk_read=make_series(1e6), disk_write=make_series(1e6),
    ...     disk_read_operations=make_series(100), disk_write_operations=make_series(100),
    ... ).sells({"db.m5.2xlarge": "0.712", "db.r5.xlarge": "0.504"}, platform="postgres", tenancy="single-az")
    >>> [found] = check.find(facts, check.options())
    >>> found.choices[0].target, str(found.saving.expected.amount.quantize(Decimal("0.01")))
    ('db.r5.xlarge', '151.84')
    """

    name: ClassVar[str] = "rightsizing_databases"
    title: ClassVar[str] = "Databases of the wrong size"
    group: ClassVar[Group] = Group.RIGHTSIZING
    kinds: ClassVar[tuple[ResourceKind, ...]] = (ResourceKind.DATABASE,)
    action: ClassVar[Action] = Action.RESIZE
    needs: ClassVar[frozenset[str]] = frozenset({"rds:DescribeDBInstances", "cloudwatch:GetMetricData"})
    options: ClassVar[type[Options]] = DatabaseSizingOptions

    def find(self, facts: Facts, options: DatabaseSizingOptions) -> Iterator[Found]:
        catalogues = Catalogues(facts)
        terms = Terms(other_architecture=options.architecture == "any", managed=True)
        for resource in facts.resources(ResourceKind.DATABASE):
            database = resource.details
            if (
                not isinstance(database, Database)
                or resource.state != "available"
                or database.cluster_id
                or database.replica_of
            ):
                continue
            subject = Subject(
                resource,
                database.instance_class,
                catalogues.of_database(resource.key, database),
                terms,
                _refuse_connections(facts, resource, database, options),
                _remedy(resource),
            )
            if found := judge(facts, subject, options):
                yield found


def _remedy(resource: Resource) -> Callable[[MachineType, MachineType], Remedy]:
    return lambda _now, then: change_database(resource.key, resource.name or resource.key.native_id, then.name)


def _refuse_connections(
    facts: Facts, resource: Resource, database: Database, options: DatabaseSizingOptions
) -> Callable[[MachineType], str]:
    """Connections that nobody measured keep the memory that allows those of now."""
    preset = PRESETS[options.preset]
    series = facts.series(resource, Metric.CONNECTIONS, days=int(max(options.days, options.lookback)))
    asked = (
        need_of(series, percentile=preset.percentile).likely / (1 - preset.cpu_headroom) if series and series.measured else None
    )

    def refuse(then: MachineType) -> str:
        most = most_connections(then, database.engine)
        if asked is None or most is None or most >= asked:
            return ""
        return f"{then.name} allows {most} connections; {asked:.0f} are asked for"

    return refuse
