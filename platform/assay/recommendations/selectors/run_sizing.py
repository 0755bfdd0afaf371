"""On which machines the runs of an experiment would cost less, from what the last of them used."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assay.clouds.domain.inventory import Instance, ResourceKey, ResourceKind
from assay.costs.domain.uses import ON_DEMAND, Machine, read_machine
from assay.recommendations.domain.rightsizing.catalogue import Catalogue, Priced
from assay.recommendations.domain.rightsizing.catalogues import Catalogues
from assay.recommendations.domain.rightsizing.compatibility import Change
from assay.recommendations.domain.rightsizing.run_samples import Part, Sampled, joined, keys_of, stages_of_run
from assay.recommendations.domain.rightsizing.runs import RunPlan, StageUse, plan_on, plans, stage_plans
from assay.recommendations.selectors.facts import StoredFacts
from assay.tracking.domain.content import stages_of
from assay.tracking.domain.queries import RunQuery
from assay.tracking.selectors.events import events_of_runs
from assay.tracking.selectors.experiments import get_experiment
from assay.tracking.selectors.metrics import curves
from assay.tracking.selectors.run_contents import RunContents
from assay.tracking.selectors.runs import list_contents

LATEST_RUNS = 50
FINISHED = "attributes.status = 'FINISHED'"


@dataclass(frozen=True, slots=True)
class MachineSizing:
    """Finished runs on one type of machine. now: a run in the mean as it is. options: the cheapest first. stages: those for which alone
    another machine is cheaper."""

    region: str
    runs: int
    now: RunPlan
    options: tuple[RunPlan, ...]
    stages: dict[str, RunPlan]


def size_experiment(organization_id: UUID, experiment_id: UUID, *, at: datetime, slowdown: float) -> list[MachineSizing]:
    """Of the last fifty finished runs, those that had a machine to themselves and measured it.

    slowdown: share of the time now by which a run may take longer. Called inside the scope. raises: NotFound.
    """
    get_experiment(organization_id, experiment_id)
    runs, _ = list_contents(organization_id, RunQuery((experiment_id,), filter=FINISHED, limit=LATEST_RUNS))
    on: dict[tuple[str, str, str], list[RunContents]] = defaultdict(list)
    for run in runs:
        machine = read_machine(dict(zip(run.tag_keys or (), run.tag_values or (), strict=True)))
        if machine and run.ended_at and run.ended_at > run.started_at and _alone(machine):
            on[machine.provider, machine.region, machine.instance_type].append(run)
    catalogues = Catalogues(StoredFacts(organization_id, at=at))
    found = []
    for (provider, region, name), members in sorted(on.items()):
        key = ResourceKey(provider, "", region, ResourceKind.INSTANCE, "")
        catalogue = catalogues.of_instance(key, Instance(name))
        now = catalogue.by_name.get(name)
        sizing = _size(organization_id, members, region, now, catalogue, slowdown) if now else None
        if sizing:
            found.append(sizing)
    return found


def _alone(machine: Machine) -> bool:
    """What is measured is the whole machine's, so it says nothing of a run that had a part of it."""
    return bool(machine.instance_type and machine.region) and machine.share == 1 and machine.lifecycle == ON_DEMAND


def _size(
    organization_id: UUID, runs: Sequence[RunContents], region: str, now: Priced, catalogue: Catalogue, slowdown: float
) -> MachineSizing | None:
    measured = _read_stages(organization_id, runs, now)
    stages = joined([stage for one in measured for stage in one])
    if not stages:
        return None
    count = len(measured)
    return MachineSizing(
        region,
        count,
        plan_on(stages, count, now, Change()),
        tuple(plans(stages, count, now.machine, catalogue, slowdown=slowdown)),
        stage_plans(stages, count, now.machine, catalogue, slowdown=slowdown) if len(stages) > 1 else {},
    )


def _read_stages(organization_id: UUID, runs: Sequence[RunContents], now: Priced) -> list[list[StageUse]]:
    """Of each run that measured its CPU."""
    ids = [run.id for run in runs]
    keys = keys_of(now.machine)
    histories = curves(organization_id, ids, keys)
    events = events_of_runs(organization_id, ids)
    found = []
    for run in runs:
        samples = {}
        for key in keys:
            curve = histories.get((run.id, key))
            if curve is not None:
                order = curve.timestamps_ms.argsort(kind="stable")
                samples[key] = Sampled(curve.timestamps_ms[order], curve.values[order])
        parts = [
            Part(one.name, one.started_at, one.ended_at)
            for one in stages_of(events.get(run.id, ()), run_ended_at=run.ended_at)
            if one.ended_at
        ]
        seconds = (run.ended_at - run.started_at).total_seconds() if run.ended_at else 0.0
        stages = stages_of_run(samples, now.machine, parts, seconds=seconds)
        if stages:
            found.append(stages)
    return found
