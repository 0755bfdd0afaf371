"""runs/log-*, set-tag, delete-tag: what a run says about itself."""

import json
from collections.abc import Iterable
from uuid import UUID

from assay.core.errors import Invalid
from assay.tracking.api.mlflow import bodies
from assay.tracking.api.mlflow.calls import Call, Wire, writes
from assay.tracking.api.mlflow.errors import unfit
from assay.tracking.api.mlflow.parse import pairs_of, params_of, parse_model_id, points_of, require, run_id_of
from assay.tracking.api.mlflow.words import DATASET_CONTEXT, LOGGED_MODELS, RUN_NAME
from assay.tracking.domain.states import ModelRole
from assay.tracking.domain.values import DatasetUse, DatasetView, ModelMetric, ModelUse
from assay.tracking.selectors.runs import get_run
from assay.tracking.services import locks, logged_models, runs
from assay.tracking.services.at_once import log_points_at_once


def _log_metric_at_once(authorization: str, body: bodies.LogMetric) -> Wire | None:
    return _log_metrics_at_once(authorization, body, [_metric_of(body)])


def _log_batch_at_once(authorization: str, body: bodies.LogBatch) -> Wire | None:
    return None if body.params or body.tags else _log_metrics_at_once(authorization, body, body.metrics)


def _log_metrics_at_once(authorization: str, body: bodies.OneRun, metrics: list[bodies.Metric]) -> Wire | None:
    if not metrics or any(metric.model_id for metric in metrics):
        return None
    return {} if log_points_at_once(authorization, run_id_of(body), points_of(metrics)) else None


@writes(bodies.LogMetric, at_once=_log_metric_at_once)
def log_metric(call: Call, body: bodies.LogMetric) -> Wire:
    run_id = run_id_of(body)
    for field in ("key", "value", "timestamp"):
        require(getattr(body, field), field)
    _log(call, run_id, [_metric_of(body)], {}, {})
    return {}


@writes(bodies.RunPair)
def log_param(call: Call, body: bodies.RunPair) -> Wire:
    _log(call, run_id_of(body), [], {require(body.key, "key"): body.value or ""}, {})
    return {}


@writes(bodies.LogBatch, at_once=_log_batch_at_once)
def log_batch(call: Call, body: bodies.LogBatch) -> Wire:
    _log(call, run_id_of(body), body.metrics, params_of(body.params), pairs_of(body.tags, "tags"))
    return {}


@writes(bodies.RunPair)
def set_tag(call: Call, body: bodies.RunPair) -> Wire:
    _log(call, run_id_of(body), [], {}, {require(body.key, "key"): body.value or ""})
    return {}


@writes(bodies.RunPair)
def delete_tag(call: Call, body: bodies.RunPair) -> Wire:
    key = require(body.key, "key")
    if key == RUN_NAME:
        raise Invalid(f"A run always has a name: set the tag {RUN_NAME} to another one instead of deleting it.", field="key")
    runs.delete_tag(call.organization_id, run_id_of(body), key=key)
    return {}


@writes(bodies.LogInputs)
def log_inputs(call: Call, body: bodies.LogInputs) -> Wire:
    datasets = [_dataset_use(use, position) for position, use in enumerate(body.datasets)]
    runs.log_inputs(call.organization_id, run_id_of(body), datasets=datasets, models=_model_uses(body.models, ModelRole.INPUT))
    return {}


@writes(bodies.LogOutputs)
def log_outputs(call: Call, body: bodies.LogOutputs) -> Wire:
    runs.log_inputs(call.organization_id, run_id_of(body), models=_model_uses(body.models, ModelRole.OUTPUT))
    return {}


@writes(bodies.LogModel)
def log_model(call: Call, body: bodies.LogModel) -> Wire:
    """Clients before 3 note saved models in one tag of the run: a JSON list that grows."""
    run_id, model = run_id_of(body), _read_model(require(body.model_json, "model_json"))
    locks.lock_run(call.organization_id, run_id)
    known = get_run(call.organization_id, run_id).tags.get(LOGGED_MODELS, "[]")
    runs.log_batch(call.organization_id, run_id, tags={LOGGED_MODELS: json.dumps([*_read_list(known), model])})
    return {}


def _log(call: Call, run_id: UUID, metrics: list[bodies.Metric], params: dict[str, str], tags: dict[str, str]) -> None:
    """In one transaction: the run's own batch, what of it is about a model, and its name when the tag for it is set."""
    name = tags.pop(RUN_NAME, None)
    if name == "":
        raise Invalid(f"A run needs a name: {RUN_NAME} cannot be empty.", field="tags")
    runs.log_batch(call.organization_id, run_id, metrics=points_of(metrics), params=params, tags=tags)
    about_models = list(_model_metrics(run_id, metrics))
    if about_models:
        logged_models.log_model_metrics(call.organization_id, about_models)
    if name:
        runs.update_run(call.organization_id, run_id, name=name)


def _metric_of(body: bodies.LogMetric) -> bodies.Metric:
    return bodies.Metric(body.key, body.value, body.timestamp, body.step, body.model_id, body.dataset_name, body.dataset_digest)


def _model_metrics(run_id: UUID, metrics: list[bodies.Metric]) -> Iterable[ModelMetric]:
    about = [metric for metric in metrics if metric.model_id]
    for metric, point in zip(about, points_of(about), strict=True):
        model_id = parse_model_id(metric.model_id or "")
        yield ModelMetric(model_id, run_id, point, metric.dataset_name or "", metric.dataset_digest or "")


def _dataset_use(use: bodies.DatasetInput, position: int) -> DatasetUse:
    place = f"datasets[{position}]"
    data = require(use.dataset, f"{place}.dataset")
    view = DatasetView(
        name=require(data.name, f"{place}.dataset.name"),
        digest=require(data.digest, f"{place}.dataset.digest"),
        source_type=require(data.source_type, f"{place}.dataset.source_type"),
        source=require(data.source, f"{place}.dataset.source"),
        schema=data.schema,
        profile=data.profile,
    )
    tags = pairs_of(use.tags, f"{place}.tags")
    return DatasetUse(view, context=tags.get(DATASET_CONTEXT, ""), tags=tags)


def _model_uses(links: list[bodies.ModelLink], role: ModelRole) -> list[ModelUse]:
    ids = [parse_model_id(require(link.model_id, f"models[{position}].model_id")) for position, link in enumerate(links)]
    return [ModelUse(model_id, role, link.step or 0) for model_id, link in zip(ids, links, strict=True)]


def _read_model(text: str) -> dict[str, object]:
    try:
        model = json.loads(text)
    except ValueError as error:
        raise Invalid(f"Malformed model info: {text[:200]!r} is not valid JSON.", field="model_json") from error
    if not isinstance(model, dict):
        raise unfit("model_json", text)
    absent = sorted({"artifact_path", "flavors", "utc_time_created", "run_id"} - set(model))
    if absent:
        raise Invalid(f"Model json is missing mandatory fields: {absent}", field="model_json")
    return model


def _read_list(text: str) -> list[object]:
    """The tag is the client's to write, so it may hold anything."""
    try:
        known = json.loads(text)
    except ValueError:
        return []
    return known if isinstance(known, list) else []
