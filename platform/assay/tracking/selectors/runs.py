"""Reads of runs. A list costs one query for the rows and one each for metrics, params and tags; history is never touched."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet

from assay.tracking.domain.errors import RunNotFound
from assay.tracking.domain.queries import RunPage, RunQuery
from assay.tracking.domain.search.clauses import Kind
from assay.tracking.domain.search.parser import parse_order, parse_search
from assay.tracking.domain.search.vocabularies import RUNS
from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.domain.values import MetricValue, RunView
from assay.tracking.models import LatestMetric, Run, RunInput, RunParam, RunTag
from assay.tracking.selectors.filters import Attribute, Schema, compile_search, hex_of
from assay.tracking.selectors.keysets import SortKey, arrange, load_instant, load_uuid, sort_keys, take_page
from assay.tracking.selectors.statements import Statement, state

__all__ = ["RunPage", "RunQuery", "count_runs", "find_latest_metric", "get_run", "get_runs", "list_runs"]

_DATASET_COLUMNS = {"name": "dataset__name", "digest": "dataset__digest", "context": "context"}

SCHEMA = Schema(
    attributes={
        "run_id": Attribute(hex_of("id")),
        "run_name": Attribute(F("name")),
        "status": Attribute(F("status")),
        "artifact_uri": Attribute(F("artifact_uri")),
        "user_id": Attribute(F("user_name")),
        "start_time": Attribute(F("started_at"), is_instant=True),
        "end_time": Attribute(F("ended_at"), is_instant=True, nullable=True),
    },
    rows={
        Kind.METRIC: lambda key: LatestMetric.objects.filter(run_id=OuterRef("pk"), key=key),
        Kind.PARAM: lambda key: RunParam.objects.filter(run_id=OuterRef("pk"), key=key),
        Kind.TAG: lambda key: RunTag.objects.filter(run_id=OuterRef("pk"), key=key),
        Kind.DATASET: lambda key: RunInput.objects.filter(run_id=OuterRef("pk")).annotate(value=F(_DATASET_COLUMNS[key])),
    },
    relations={Kind.METRIC: "latest_metrics", Kind.PARAM: "params", Kind.TAG: "tags"},
)
NEWEST_FIRST = (SortKey(F("started_at"), load_instant, descending=True), SortKey(F("id"), load_uuid))


def get_run(organization_id: UUID, run_id: UUID) -> RunView:
    """Active or deleted. raises: RunNotFound."""
    runs = get_runs(organization_id, [run_id])
    if not runs:
        raise RunNotFound(run_id)
    return runs[run_id]


def get_runs(organization_id: UUID, run_ids: Iterable[UUID]) -> dict[UUID, RunView]:
    """The runs of these ids that exist, active or deleted."""
    rows = Run.objects.filter(organization_id=organization_id, id__in=list(run_ids)).select_related("experiment")
    return {view.id: view for view in _view_runs(list(rows))}


def list_runs(organization_id: UUID, query: RunQuery) -> RunPage:
    """raises: FilterRefused, PageTokenRefused."""
    keys = sort_keys(parse_order(query.order_by, RUNS), SCHEMA, NEWEST_FIRST)
    rows = _matching(organization_id, query).select_related("experiment")
    question = (query.experiment_ids, query.filter, query.order_by, query.view)
    found, next_page_token = take_page(rows, keys, limit=query.limit, page_token=query.page_token, question=question)
    return RunPage(tuple(_view_runs(found)), next_page_token)


def count_runs(organization_id: UUID, query: RunQuery) -> int:
    """How many runs all pages of the query hold."""
    return _matching(organization_id, query).count()


def match_runs(organization_id: UUID, query: RunQuery) -> Statement:
    """A statement that selects `id` and `started_at` of the runs that all pages of the query hold, in no order."""
    return state(_matching(organization_id, query).order_by().values_list("id", "started_at"))


def order_runs(organization_id: UUID, query: RunQuery) -> Statement:
    """A statement that selects the `id` of every run that the pages of the query hold, in their order."""
    keys = sort_keys(parse_order(query.order_by, RUNS), SCHEMA, NEWEST_FIRST)
    return state(arrange(_matching(organization_id, query), keys).values_list("id"))


def find_latest_metric(organization_id: UUID, run_id: UUID, key: str) -> MetricValue | None:
    return _metrics_of([run_id], key=key).get(run_id, {}).get(key)


def _matching(organization_id: UUID, query: RunQuery) -> QuerySet[Run]:
    rows = Run.objects.filter(organization_id=organization_id, lifecycle_stage__in=query.view.stages)
    if query.experiment_ids is not None:
        rows = rows.filter(experiment_id__in=query.experiment_ids)
    return rows.filter(compile_search(parse_search(query.filter, RUNS), SCHEMA))


def _view_runs(rows: Sequence[Run]) -> list[RunView]:
    ids = [row.id for row in rows]
    metrics, params, tags = _metrics_of(ids), _texts_of(RunParam, ids), _texts_of(RunTag, ids)
    return [
        RunView(
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
            artifact_uri=row.artifact_uri,
            last_heartbeat_at=row.last_heartbeat_at,
            expects_heartbeat=row.expects_heartbeat,
        )
        for row in rows
    ]


def _metrics_of(run_ids: Sequence[UUID], **conditions: str) -> dict[UUID, dict[str, MetricValue]]:
    rows = LatestMetric.objects.filter(run_id__in=run_ids, **conditions).order_by("run_id", "key")
    metrics: dict[UUID, dict[str, MetricValue]] = defaultdict(dict)
    columns = rows.values_list("run_id", "key", "value", "step", "timestamp_ms", "minimum", "maximum", "count")
    for run_id, key, value, step, timestamp_ms, minimum, maximum, count in columns:
        metrics[run_id][key] = MetricValue(key, value, step, timestamp_ms, minimum, maximum, count)
    return metrics


def _texts_of(table: type[RunParam] | type[RunTag], run_ids: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    texts: dict[UUID, dict[str, str]] = defaultdict(dict)
    rows = table.objects.filter(run_id__in=run_ids).order_by("run_id", "key").values_list("run_id", "key", "value")
    for run_id, key, value in rows:
        texts[run_id][key] = value
    return texts
