"""Bodies of the tuning part of /api/v1."""

from datetime import datetime
from typing import Self
from uuid import UUID

from ninja import Schema

from assay.tuning.domain.states import Direction, SweepState, TrialState
from assay.tuning.domain.views import SweepPage, SweepView, TrialOutput, TrialView


class SweepIn(Schema):
    """spec: text of the sweep's YAML file. workdir: absolute folder, on the workers, where that file lies."""

    spec: str
    workdir: str


class ExperimentRef(Schema):
    """number: the id that MLflow clients use."""

    id: UUID
    number: int
    name: str


class SweepOut(Schema):
    id: UUID
    name: str
    state: SweepState
    metric: str
    direction: Direction
    max_trials: int
    parallelism: int
    seed: int
    experiment: ExperimentRef
    started_by: str
    trials: dict[TrialState, int]
    best_value: float | None
    error: str
    created_at: datetime
    ended_at: datetime | None
    spec: str
    workdir: str

    @classmethod
    def of(cls, view: SweepView) -> Self:
        return cls(
            id=view.id,
            name=view.name,
            state=view.state,
            metric=view.metric,
            direction=view.direction,
            max_trials=view.max_trials,
            parallelism=view.parallelism,
            seed=view.seed,
            experiment=ExperimentRef(id=view.experiment_id, number=view.experiment_number, name=view.experiment_name),
            started_by=view.started_by,
            trials=dict(view.counts),
            best_value=view.best_value,
            error=view.error,
            created_at=view.created_at,
            ended_at=view.ended_at,
            spec=view.spec,
            workdir=view.workdir,
        )


class SweepList(Schema):
    items: list[SweepOut]
    next_cursor: UUID | None

    @classmethod
    def of(cls, page: SweepPage) -> Self:
        return cls(items=[SweepOut.of(view) for view in page.sweeps], next_cursor=page.next_cursor)


class TrialOut(Schema):
    """attempt: how often it was started; more than once when a worker died or shut down. run_id: of the latest attempt."""

    id: UUID
    sweep_id: UUID
    number: int
    params: dict[str, str | int | float | bool]
    state: TrialState
    attempt: int
    run_id: str | None
    value: float | None
    exit_code: int | None
    error: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, view: TrialView) -> Self:
        return cls(
            id=view.id,
            sweep_id=view.sweep_id,
            number=view.number,
            params=dict(view.params),
            state=view.state,
            attempt=view.attempt,
            run_id=view.run_id.hex if view.run_id else None,
            value=view.value,
            exit_code=view.exit_code,
            error=view.error,
            created_at=view.created_at,
            started_at=view.started_at,
            ended_at=view.ended_at,
        )


class TrialList(Schema):
    items: list[TrialOut]
    next_cursor: None = None


class OutputOut(Schema):
    trial_id: UUID
    attempt: int
    stdout: str
    stderr: str

    @classmethod
    def of(cls, output: TrialOutput) -> Self:
        return cls(trial_id=output.trial_id, attempt=output.attempt, stdout=output.stdout, stderr=output.stderr)
