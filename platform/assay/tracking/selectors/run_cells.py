"""Runs with those of their values that somebody chose: an export of 100,000 runs reads no others."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.domain.values import MetricValue, RunView
from assay.tracking.models import LatestMetric, Run, RunParam, RunTag


@dataclass(frozen=True, slots=True)
class Cells:
    """Keys of what is wanted."""

    metrics: Collection[str] = ()
    params: Collection[str] = ()
    tags: Collection[str] = ()


def get_runs_with(organization_id: UUID, run_ids: Sequence[UUID], cells: Cells) -> dict[UUID, RunView]:
    """The runs of these ids that exist, with these of their metrics, params and tags alone."""
    metrics: dict[UUID, dict[str, MetricValue]] = defaultdict(dict)
    if cells.metrics:
        latest = LatestMetric.objects.filter(organization_id=organization_id, run_id__in=run_ids, key__in=cells.metrics)
        for run_id, key, value, step, at in latest.values_list("run_id", "key", "value", "step", "timestamp_ms"):
            metrics[run_id][key] = MetricValue(key, value, step, at)
    params = _read_texts(RunParam, organization_id, run_ids, cells.params)
    tags = _read_texts(RunTag, organization_id, run_ids, cells.tags)
    rows = Run.objects.filter(organization_id=organization_id, id__in=run_ids).select_related("experiment")
    return {
        row.id: RunView(
            id=row.id,
            name=row.name,
            experiment_id=row.experiment_id,
            experiment_number=row.experiment.number,
            status=RunStatus(row.status),
            started_at=row.started_at,
            ended_at=row.ended_at,
            user_name=row.user_name,
            lifecycle_stage=LifecycleStage(row.lifecycle_stage),
            metrics=metrics.get(row.id, {}),
            params=params.get(row.id, {}),
            tags=tags.get(row.id, {}),
        )
        for row in rows
    }


def _read_texts(
    table: type[RunParam] | type[RunTag], organization_id: UUID, run_ids: Sequence[UUID], keys: Collection[str]
) -> dict[UUID, dict[str, str]]:
    texts: dict[UUID, dict[str, str]] = defaultdict(dict)
    if keys:
        rows = table.objects.filter(organization_id=organization_id, run_id__in=run_ids, key__in=keys)
        for run_id, key, value in rows.values_list("run_id", "key", "value"):
            texts[run_id][key] = value
    return texts
