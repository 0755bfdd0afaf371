"""What a finding is judged by, as charts: the series that it names, against what the machine has and what it would have."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from assay.clouds.domain.inventory import Resource
from assay.clouds.domain.machine_types import MachineType
from assay.clouds.domain.utilization import Metric
from assay.clouds.selectors.inventory import find_resource
from assay.clouds.selectors.machine_types import list_machine_types
from assay.clouds.selectors.utilization import read_series
from assay.portal.selectors.utilization_charts import UtilizationChart, draw_series
from assay.recommendations.domain.outcomes import type_of
from assay.recommendations.domain.values import FindingView

USUAL_DAYS = 14


def draw_evidence(organization_id: UUID, finding: FindingView) -> list[UtilizationChart]:
    """A chart for every metric that the finding names as evidence, over the days before it was last seen."""
    named = {Metric(one.metric): one.days or USUAL_DAYS for one in finding.explanation.evidence if one.metric}
    known = find_resource(organization_id, finding.resource)
    if not named or known is None:
        return []
    until, days = finding.last_seen_at.date(), max(named.values())
    found = read_series(organization_id, [known.id], named, until=until, days=days)
    levels = _levels(known.resource, [choice.target for choice in finding.explanation.choices])
    return [
        draw_series(metric, found[known.id, metric], levels=levels.get(metric, {}))
        for metric in named
        if (known.id, metric) in found and found[known.id, metric].measured
    ]


def _levels(resource: Resource, targets: Iterable[str]) -> Mapping[Metric, Mapping[str, float]]:
    """Metric → name → percent of what the machine has now: all of it, and what each target would have."""
    types = {one.name: one for one in list_machine_types(resource.key.provider, resource.key.region)}
    now = types.get(type_of(resource.details))
    chosen = [types[name] for name in targets if name in types]
    if now is None or not chosen:
        return {}
    return {
        Metric.CPU: _shares(now, chosen, {one.name: one.vcpus for one in (now, *chosen)}),
        Metric.MEMORY: _shares(now, chosen, {one.name: one.memory_mib for one in (now, *chosen)}),
    }


def _shares(now: MachineType, chosen: Iterable[MachineType], has: Mapping[str, int]) -> dict[str, float]:
    return {f"{now.name}, now": 100.0} | {one.name: 100 * has[one.name] / has[now.name] for one in chosen}
