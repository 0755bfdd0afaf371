"""How many runs are in which state, and when something happened in an experiment last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max

from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.models import Run


@dataclass(frozen=True, slots=True)
class RunTally:
    """statuses: of active runs. last_at: the newest sign of any run, active or deleted."""

    statuses: Mapping[RunStatus, int]
    deleted: int
    last_at: datetime | None

    @property
    def active(self) -> int:
        return sum(self.statuses.values())


def tally_runs(organization_id: UUID, experiment_id: UUID) -> RunTally:
    rows = (
        Run.objects.filter(organization_id=organization_id, experiment_id=experiment_id)
        .values_list("lifecycle_stage", "status")
        .annotate(runs=Count("id"), last_at=Max("last_heartbeat_at"))
    )
    found = list(rows)
    return RunTally(
        statuses={RunStatus(status): runs for stage, status, runs, _ in found if stage == LifecycleStage.ACTIVE},
        deleted=sum(runs for stage, _, runs, _ in found if stage == LifecycleStage.DELETED),
        last_at=max((last_at for *_, last_at in found), default=None),
    )


@dataclass(frozen=True, slots=True)
class LostRuns:
    experiment_number: int
    experiment_name: str
    runs: int


def count_lost_runs(organization_id: UUID, *, since: datetime) -> list[LostRuns]:
    """Active runs that were lost, by experiment, the most first. since: when they started."""
    lost = Run.objects.filter(organization_id=organization_id, started_at__gte=since, status=RunStatus.LOST)
    rows = (
        lost.filter(lifecycle_stage=LifecycleStage.ACTIVE)
        .values_list("experiment__number", "experiment__name")
        .annotate(runs=Count("id"))
        .order_by("-runs", "experiment__number")
    )
    return [LostRuns(number, name, runs) for number, name, runs in rows]
