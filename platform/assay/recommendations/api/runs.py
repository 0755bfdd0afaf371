"""Machines for the runs of an experiment."""

from typing import Annotated, Self
from uuid import UUID

from ninja import Query, Router, Schema

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.core.clock import now
from assay.recommendations.api.schemas import MoneyOut
from assay.recommendations.domain.rightsizing.runs import RunPlan
from assay.recommendations.selectors.run_sizing import MachineSizing, size_experiment

router = Router(tags=["findings"])


class StageTimeOut(Schema):
    name: str
    hours: float


class RunPlanOut(Schema):
    """A run in the mean. slowdown: share of the time now by which it takes longer."""

    instance_type: str
    hours: float
    cost: MoneyOut
    slowdown: float
    effort: str
    differences: list[str]
    stages: list[StageTimeOut]

    @classmethod
    def of(cls, plan: RunPlan) -> Self:
        return cls(
            instance_type=plan.priced.machine.name,
            hours=plan.hours,
            cost=MoneyOut.of(plan.cost),
            slowdown=plan.slowdown,
            effort=plan.change.effort,
            differences=list(plan.change.differences),
            stages=[StageTimeOut(name=name, hours=hours) for name, hours in plan.stages],
        )


class RunSizingOut(Schema):
    """runs: how many the figures are of. stages: where one stage alone would be cheaper elsewhere."""

    region: str
    runs: int
    now: RunPlanOut
    options: list[RunPlanOut]
    stages: list[RunPlanOut]

    @classmethod
    def of(cls, sizing: MachineSizing) -> Self:
        return cls(
            region=sizing.region,
            runs=sizing.runs,
            now=RunPlanOut.of(sizing.now),
            options=[RunPlanOut.of(one) for one in sizing.options],
            stages=[RunPlanOut.of(one) for one in sizing.stages.values()],
        )


class RunSizingList(Schema):
    items: list[RunSizingOut]
    next_cursor: None = None


@router.get("experiments/{uuid:experiment_id}/machines", response=RunSizingList)
@require(Permission.COSTS_READ)
def size_runs(
    request: MemberRequest, experiment_id: UUID, slowdown: Annotated[float, Query(ge=0, le=10)] = 0.1
) -> RunSizingList:
    """On which machines its runs would cost less, with predicted time and dollars, from what the last fifty of them used.

    slowdown: share of the time now by which a run may take longer.
    """
    found = size_experiment(request.principal.organization_id, experiment_id, at=now(), slowdown=slowdown)
    return RunSizingList(items=[RunSizingOut.of(one) for one in found])
