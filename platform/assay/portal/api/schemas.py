"""Bodies of experiments and runs in /api/v1."""

import math
from dataclasses import asdict
from datetime import datetime
from typing import Self
from uuid import UUID

from ninja import Schema

from assay.core.money import Money
from assay.costs.domain.run_costs import RunCostState, RunCostView
from assay.portal.selectors.experiments import ExperimentRow
from assay.portal.selectors.run_tables import RunRow
from assay.tracking.domain.curves import Envelope
from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.domain.values import MetricPoint, MetricValue


class MoneyOut(Schema):
    """amount: every digit, as text."""

    amount: str
    currency: str

    @classmethod
    def of(cls, money: Money) -> Self:
        return cls(amount=f"{money.amount:f}", currency=money.currency)


class CostOut(Schema):
    """amount: the figure to show, null when not_in_bill or unpriced. delivery: the newest bill import that actual comes from."""

    state: RunCostState
    amount: MoneyOut | None
    estimate: MoneyOut | None
    actual: MoneyOut | None
    further: list[MoneyOut]
    resource_id: str | None
    share: str | None
    delivery: UUID | None
    note: str

    @classmethod
    def of(cls, cost: RunCostView) -> Self:
        shown = Money(cost.amount, cost.currency) if cost.amount is not None and cost.currency is not None else None
        return cls(
            state=cost.state,
            amount=MoneyOut.of(shown) if shown else None,
            estimate=MoneyOut.of(cost.estimate) if cost.estimate else None,
            actual=MoneyOut.of(cost.actual) if cost.actual else None,
            further=[MoneyOut.of(money) for money in cost.further],
            resource_id=cost.resource_id,
            share=None if cost.share is None else f"{cost.share.normalize():f}",
            delivery=cost.delivery,
            note=cost.note,
        )


class MetricOut(Schema):
    """value: null where it is NaN or infinite; value_text says which."""

    value: float | None
    value_text: str
    step: int
    timestamp_ms: int
    minimum: float | None
    maximum: float | None
    count: int

    @classmethod
    def of(cls, metric: MetricValue) -> Self:
        return cls(
            value=_finite(metric.value),
            value_text=repr(metric.value),
            step=metric.step,
            timestamp_ms=metric.timestamp_ms,
            minimum=_finite(metric.minimum),
            maximum=_finite(metric.maximum),
            count=metric.count,
        )


class RunOut(Schema):
    """experiment_number: the id that MLflow clients use. last_heartbeat_at: when the run was last heard of.

    expects_heartbeat: its client promised to say regularly that it lives.
    """

    id: UUID
    name: str
    experiment_id: UUID
    experiment_number: int
    status: RunStatus
    lifecycle_stage: LifecycleStage
    last_heartbeat_at: datetime | None
    expects_heartbeat: bool
    started_at: datetime
    ended_at: datetime | None
    user_name: str
    artifact_uri: str
    metrics: dict[str, MetricOut]
    params: dict[str, str]
    tags: dict[str, str]
    cost: CostOut

    @classmethod
    def of(cls, row: RunRow) -> Self:
        run = row.run
        return cls(
            id=run.id,
            name=run.name,
            experiment_id=run.experiment_id,
            experiment_number=run.experiment_number,
            status=run.status,
            lifecycle_stage=run.lifecycle_stage,
            last_heartbeat_at=run.last_heartbeat_at,
            expects_heartbeat=run.expects_heartbeat,
            started_at=run.started_at,
            ended_at=run.ended_at,
            user_name=run.user_name,
            artifact_uri=run.artifact_uri,
            metrics={key: MetricOut.of(metric) for key, metric in run.metrics.items()},
            params=dict(run.params),
            tags=dict(run.tags),
            cost=CostOut.of(row.cost),
        )


class RunList(Schema):
    items: list[RunOut]
    next_cursor: str | None


class ExperimentOut(Schema):
    """costs: of its runs, one sum per currency."""

    id: UUID
    number: int
    name: str
    lifecycle_stage: LifecycleStage
    created_at: datetime
    updated_at: datetime
    tags: dict[str, str]
    run_count: int
    running_count: int
    last_started_at: datetime | None
    costs: list[MoneyOut]

    @classmethod
    def of(cls, row: ExperimentRow) -> Self:
        one = row.experiment
        return cls(
            id=one.id,
            number=one.number,
            name=one.name,
            lifecycle_stage=one.lifecycle_stage,
            created_at=one.created_at,
            updated_at=one.updated_at,
            tags=dict(one.tags),
            run_count=row.runs,
            running_count=row.running,
            last_started_at=row.last_started_at,
            costs=[MoneyOut.of(money) for money in row.amounts],
        )


class ExperimentList(Schema):
    items: list[ExperimentOut]
    next_cursor: str | None


class PointOut(Schema):
    """value: null where it is NaN or infinite; value_text says which."""

    step: int
    timestamp_ms: int
    value: float | None
    value_text: str

    @classmethod
    def of(cls, point: MetricPoint) -> Self:
        return cls(step=point.step, timestamp_ms=point.timestamp_ms, value=_finite(point.value), value_text=repr(point.value))


class EnvelopeOut(Schema):
    """Columns of the same length, one entry a stretch; empty for a metric that was never logged. steps: where each begins."""

    steps: list[int]
    timestamps_ms: list[int]
    minima: list[float]
    maxima: list[float]
    means: list[float]
    counts: list[int]

    @classmethod
    def of(cls, envelope: Envelope | None) -> Self:
        columns = asdict(envelope) if envelope else {name: [] for name in cls.model_fields}
        return cls(**columns)


class PointList(Schema):
    items: list[PointOut]
    next_cursor: str | None


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
