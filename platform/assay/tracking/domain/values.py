"""What tracking hands out and takes in. Frozen: a newer state is a new value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from assay.tracking.domain.states import LifecycleStage, ModelRole, ModelStatus, RunStatus


class MetricPoint(NamedTuple):
    """value may be NaN or infinite; timestamp_ms: milliseconds since 1970. A tuple, because a thousand are made a request."""

    key: str
    value: float
    step: int
    timestamp_ms: int


class MetricValue(NamedTuple):
    """The latest point of a metric, with the least and greatest number of its history and how many points that has.

    minimum, maximum: None while every value is NaN. A tuple, because a page of runs makes thousands.
    """

    key: str
    value: float
    step: int
    timestamp_ms: int
    minimum: float | None = None
    maximum: float | None = None
    count: int = 1  # type: ignore[assignment]  # a tuple's own count is asked of none of them


@dataclass(frozen=True, slots=True)
class ExperimentView:
    id: UUID
    number: int
    name: str
    artifact_location: str
    lifecycle_stage: LifecycleStage
    created_at: datetime
    updated_at: datetime
    tags: Mapping[str, str] = field(default_factory=dict)
    team_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run without what it logged. ended_at may lie before started_at when the client's clock was set back."""

    id: UUID
    name: str
    experiment_id: UUID
    experiment_number: int
    status: RunStatus
    started_at: datetime
    ended_at: datetime | None
    user_name: str
    lifecycle_stage: LifecycleStage
    artifact_uri: str


@dataclass(frozen=True, slots=True)
class RunView:
    """ended_at may lie before started_at when the client's clock was set back."""

    id: UUID
    name: str
    experiment_id: UUID
    experiment_number: int
    status: RunStatus
    started_at: datetime
    ended_at: datetime | None
    user_name: str
    lifecycle_stage: LifecycleStage
    metrics: Mapping[str, MetricValue]
    params: Mapping[str, str]
    tags: Mapping[str, str]
    artifact_uri: str = ""
    last_heartbeat_at: datetime | None = None
    expects_heartbeat: bool = False


@dataclass(frozen=True, slots=True)
class DatasetView:
    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class DatasetUse:
    """A dataset as a run's input. context: what for, e.g. training; tags: every tag of the use, the context's included."""

    dataset: DatasetView
    context: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ModelUse:
    model_id: UUID
    role: ModelRole
    step: int = 0


@dataclass(frozen=True, slots=True)
class RunLinks:
    """What a run read and made."""

    datasets: tuple[DatasetUse, ...] = ()
    models: tuple[ModelUse, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelMetric:
    """A point that a run logged about a model, on a named dataset or on none (both empty)."""

    model_id: UUID
    run_id: UUID
    point: MetricPoint
    dataset_name: str = ""
    dataset_digest: str = ""


@dataclass(frozen=True, slots=True)
class LoggedModelView:
    id: UUID
    name: str
    experiment_id: UUID
    experiment_number: int
    model_type: str
    status: ModelStatus
    source_run_id: UUID | None
    artifact_uri: str
    created_at: datetime
    updated_at: datetime
    params: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: tuple[ModelMetric, ...]
