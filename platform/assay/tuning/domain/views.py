"""Sweeps and trials as others read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assay.tuning.domain.spaces import Params
from assay.tuning.domain.states import Direction, SweepState, TrialState


@dataclass(frozen=True, slots=True)
class TrialView:
    id: UUID
    sweep_id: UUID
    number: int
    params: Params
    state: TrialState
    attempt: int
    run_id: UUID | None
    value: float | None
    exit_code: int | None
    error: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SweepView:
    """counts: trials per state, every state present. best_value: of the succeeded trials, None before the first.

    experiment_number: the id that MLflow clients use. spec: the file as written.
    """

    id: UUID
    name: str
    state: SweepState
    metric: str
    direction: Direction
    max_trials: int
    parallelism: int
    seed: int
    spec: str
    workdir: str
    experiment_id: UUID
    experiment_number: int
    experiment_name: str
    started_by: str
    counts: Mapping[TrialState, int]
    best_value: float | None
    error: str
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SweepPage:
    """next_cursor: the id to ask below for the next page, None on the last."""

    sweeps: tuple[SweepView, ...]
    next_cursor: UUID | None


@dataclass(frozen=True, slots=True)
class TrialOutput:
    """What the command of one attempt wrote, at most the last 5 MB of each."""

    trial_id: UUID
    attempt: int
    stdout: str
    stderr: str
