"""Reads of logged models; deleted ones are not shown."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, repeat
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from assay.tracking.domain.errors import LoggedModelNotFound
from assay.tracking.domain.queries import DatasetKey, LoggedModelPage, LoggedModelQuery
from assay.tracking.domain.search.clauses import Kind
from assay.tracking.domain.search.parser import parse_order, parse_search
from assay.tracking.domain.search.vocabularies import LOGGED_MODELS
from assay.tracking.domain.states import ModelStatus
from assay.tracking.domain.values import LoggedModelView, MetricPoint, ModelMetric
from assay.tracking.models import LoggedModel, LoggedModelMetric, LoggedModelParam, LoggedModelTag
from assay.tracking.selectors.filters import Attribute, Schema, compile_search, hex_of
from assay.tracking.selectors.keysets import SortKey, load_instant, load_uuid, sort_keys, take_page

SCHEMA = Schema(
    attributes={
        "name": Attribute(F("name")),
        "model_id": Attribute(Concat(Value("m-"), hex_of("id"), output_field=TextField())),
        "model_type": Attribute(F("model_type")),
        "status": Attribute(F("status")),
        "source_run_id": Attribute(hex_of("source_run_id"), nullable=True),
        "artifact_uri": Attribute(F("artifact_uri")),
        "creation_timestamp": Attribute(F("created_at"), is_instant=True),
        "last_updated_timestamp": Attribute(F("updated_at"), is_instant=True),
    },
    rows={
        Kind.METRIC: lambda key: LoggedModelMetric.objects.filter(model_id=OuterRef("pk"), key=key).order_by(
            "-step", "-timestamp_ms", "-value"
        ),
        Kind.PARAM: lambda key: LoggedModelParam.objects.filter(model_id=OuterRef("pk"), key=key),
        Kind.TAG: lambda key: LoggedModelTag.objects.filter(model_id=OuterRef("pk"), key=key),
    },
)
NEWEST_FIRST = (SortKey(F("created_at"), load_instant, descending=True), SortKey(F("id"), load_uuid))


def get_logged_model(organization_id: UUID, model_id: UUID) -> LoggedModelView:
    """raises: LoggedModelNotFound."""
    rows = list(_visible(organization_id).filter(id=model_id))
    if not rows:
        raise LoggedModelNotFound(model_id)
    return _view_models(rows)[0]


def get_logged_model_of_any_stage(organization_id: UUID, model_id: UUID) -> LoggedModelView:
    """Also a deleted one. raises: LoggedModelNotFound."""
    rows = list(_all(organization_id).filter(id=model_id))
    if not rows:
        raise LoggedModelNotFound(model_id)
    return _view_models(rows)[0]


def list_logged_models(organization_id: UUID, query: LoggedModelQuery) -> LoggedModelPage:
    """raises: FilterRefused, PageTokenRefused."""
    keys = _sort_keys(query)
    clauses = parse_search(query.filter, LOGGED_MODELS)
    rows = _visible(organization_id).filter(experiment_id__in=query.experiment_ids)
    rows = rows.filter(compile_search(clauses, _measured_schema(query.datasets)))
    if query.datasets and not any(clause.identifier.kind is Kind.METRIC for clause in clauses):
        metrics = LoggedModelMetric.objects.filter(_on_any(query.datasets), model_id=OuterRef("pk"))
        rows = rows.filter(Exists(metrics))
    question = (query.experiment_ids, query.filter, query.order_by, query.datasets, query.order_datasets)
    found, next_page_token = take_page(rows, keys, limit=query.limit, page_token=query.page_token, question=question)
    return LoggedModelPage(tuple(_view_models(found)), next_page_token)


def _all(organization_id: UUID) -> QuerySet[LoggedModel]:
    return LoggedModel.objects.filter(organization_id=organization_id).select_related("experiment")


def _visible(organization_id: UUID) -> QuerySet[LoggedModel]:
    return _all(organization_id).filter(deleted_at=None)


def _sort_keys(query: LoggedModelQuery) -> tuple[SortKey, ...]:
    order = parse_order(query.order_by, LOGGED_MODELS)
    asked: list[SortKey] = []
    for term, dataset in zip(order, chain(query.order_datasets, repeat(("", ""))), strict=False):
        asked += sort_keys([term], _measured_schema([dataset] if dataset[0] else []), ())
    return (*asked, *NEWEST_FIRST)


def _measured_schema(datasets: Sequence[DatasetKey]) -> Schema:
    """Metrics on these datasets alone; on any when there are none."""
    if not datasets:
        return SCHEMA
    on_datasets, metrics_of = _on_any(datasets), SCHEMA.rows[Kind.METRIC]
    return replace(SCHEMA, rows={**SCHEMA.rows, Kind.METRIC: lambda key: metrics_of(key).filter(on_datasets)})


def _on_any(datasets: Sequence[DatasetKey]) -> Q:
    condition = Q(pk__in=[])
    for name, digest in datasets:
        condition |= Q(dataset_name=name, dataset_digest=digest) if digest else Q(dataset_name=name)
    return condition


def _view_models(rows: Sequence[LoggedModel]) -> list[LoggedModelView]:
    ids = [row.id for row in rows]
    params, tags, metrics = _texts_of(LoggedModelParam, ids), _texts_of(LoggedModelTag, ids), _metrics_of(ids)
    return [
        LoggedModelView(
            id=row.id,
            name=row.name,
            experiment_id=row.experiment_id,
            experiment_number=row.experiment.number,
            model_type=row.model_type,
            status=ModelStatus(row.status),
            source_run_id=row.source_run_id,
            artifact_uri=row.artifact_uri,
            created_at=row.created_at,
            updated_at=row.updated_at,
            params=params.get(row.id, {}),
            tags=tags.get(row.id, {}),
            metrics=tuple(metrics.get(row.id, ())),
        )
        for row in rows
    ]


def _texts_of(table: type[LoggedModelParam] | type[LoggedModelTag], ids: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    texts: dict[UUID, dict[str, str]] = defaultdict(dict)
    for model_id, key, value in table.objects.filter(model_id__in=ids).order_by("key").values_list("model_id", "key", "value"):
        texts[model_id][key] = value
    return texts


def _metrics_of(ids: Sequence[UUID]) -> dict[UUID, list[ModelMetric]]:
    metrics: dict[UUID, list[ModelMetric]] = defaultdict(list)
    for row in LoggedModelMetric.objects.filter(model_id__in=ids).order_by("key", "step", "timestamp_ms", "run_id"):
        point = MetricPoint(row.key, row.value, row.step, row.timestamp_ms)
        metrics[row.model_id].append(ModelMetric(row.model_id, row.run_id, point, row.dataset_name, row.dataset_digest))
    return metrics
