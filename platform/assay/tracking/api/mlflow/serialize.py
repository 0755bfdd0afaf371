"""Values into the protocol's objects. What is unset or empty is left out; the client knows the defaults."""

from collections.abc import Iterable, Mapping
from math import copysign, isfinite, isnan
from sys import float_info
from uuid import UUID

from msgspec import Struct

from assay.tracking.api.mlflow.words import (
    DATASET_CONTEXT,
    MODEL_VERSIONS,
    RUN_NAME,
    read_model_versions,
    to_wire_uri,
    write_status,
)
from assay.tracking.domain.instants import milliseconds_of
from assay.tracking.domain.states import ModelRole
from assay.tracking.domain.values import (
    DatasetUse,
    ExperimentView,
    LoggedModelView,
    MetricPoint,
    ModelMetric,
    ModelUse,
    RunInfo,
    RunLinks,
    RunView,
)
from assay.tracking.selectors.run_contents import RunContents

Json = dict[str, object]


class WireMetric(Struct, gc=False):
    """These two are made by the thousand for a page of runs, at a fifth of a dictionary's cost."""

    key: str
    value: float | str
    timestamp: int
    step: int


class WirePair(Struct, gc=False):
    key: str
    value: str


def write_experiment(experiment: ExperimentView) -> Json:
    return write_filled(
        experiment_id=str(experiment.number),
        name=experiment.name,
        artifact_location=to_wire_uri(experiment.artifact_location),
        lifecycle_stage=str(experiment.lifecycle_stage),
        creation_time=milliseconds_of(experiment.created_at),
        last_update_time=milliseconds_of(experiment.updated_at),
        tags=write_pairs(experiment.tags),
    )


def write_run_info(run: RunInfo | RunView | RunContents) -> Json:
    return write_filled(
        run_id=run.id.hex,
        run_uuid=run.id.hex,
        run_name=run.name,
        experiment_id=str(run.experiment_number),
        user_id=run.user_name,
        status=write_status(run.status),
        start_time=milliseconds_of(run.started_at),
        end_time=milliseconds_of(run.ended_at) if run.ended_at else None,
        artifact_uri=to_wire_uri(run.artifact_uri),
        lifecycle_stage=str(run.lifecycle_stage),
    )


def write_new_run(run: RunView) -> Json:
    """One that has no more than the tags it was made with."""
    tags = write_pairs({**run.tags, RUN_NAME: run.name})
    return {"info": write_run_info(run), "data": {"tags": tags}, "inputs": {}, "outputs": {}}


def write_run(run: RunContents, links: RunLinks | None) -> Json:
    values = run.metric_values or ()
    written = values if all(map(isfinite, values)) else map(write_float, values)
    metrics = map(WireMetric, run.metric_keys or (), written, run.metric_timestamps_ms or (), run.metric_steps or ())
    params = map(WirePair, run.param_keys or (), run.param_values or ())
    tags = [tag for tag in map(WirePair, run.tag_keys or (), run.tag_values or ()) if tag.key != RUN_NAME]
    return {
        "info": write_run_info(run),
        "data": write_filled(metrics=list(metrics), params=list(params), tags=[*tags, WirePair(RUN_NAME, run.name)]),
        **(_write_links(links) if links else {"inputs": {}, "outputs": {}}),
    }


def _write_links(links: RunLinks) -> Json:
    inputs = [{"model_id": write_model_id(use.model_id)} for use in links.models if use.role is ModelRole.INPUT]
    outputs = [_write_output(use) for use in links.models if use.role is ModelRole.OUTPUT]
    return {
        "inputs": write_filled(dataset_inputs=[_write_dataset(use) for use in links.datasets], model_inputs=inputs),
        "outputs": write_filled(model_outputs=outputs),
    }


def write_metric(metric: MetricPoint) -> Json:
    return {"key": metric.key, "value": write_float(metric.value), "timestamp": metric.timestamp_ms, "step": metric.step}


def write_metric_of_run(run_id: UUID, point: MetricPoint) -> Json:
    return {**write_metric(point), "run_id": run_id.hex}


def write_logged_model(model: LoggedModelView) -> Json:
    return {
        "info": write_filled(
            model_id=write_model_id(model.id),
            experiment_id=str(model.experiment_number),
            name=model.name,
            creation_timestamp_ms=milliseconds_of(model.created_at),
            last_updated_timestamp_ms=milliseconds_of(model.updated_at),
            artifact_uri=to_wire_uri(model.artifact_uri),
            status=f"LOGGED_MODEL_{model.status.upper()}",
            model_type=model.model_type,
            source_run_id=model.source_run_id.hex if model.source_run_id else None,
            tags=write_pairs(model.tags),
            registrations=read_model_versions(model.tags.get(MODEL_VERSIONS, "")),
        ),
        "data": write_filled(
            params=write_pairs(model.params), metrics=[write_model_metric(metric) for metric in model.metrics]
        ),
    }


def write_model_id(model_id: UUID) -> str:
    return f"m-{model_id.hex}"


def write_float(value: float) -> float | str:
    """JSON has no words for what is not finite. The protocol has one for NaN, and says infinity by the number next to it."""
    if isfinite(value):
        return value
    return "NaN" if isnan(value) else copysign(float_info.max, value)


def write_file(path: str, size_bytes: int | None) -> Json:
    """size_bytes: None for a folder."""
    return write_filled(path=path, is_dir=size_bytes is None, file_size=size_bytes)


def _write_output(use: ModelUse) -> Json:
    return {"model_id": write_model_id(use.model_id), "step": use.step}


def _write_dataset(use: DatasetUse) -> Json:
    data = use.dataset
    return write_filled(
        tags=write_pairs({**use.tags, DATASET_CONTEXT: use.context} if use.context else use.tags),
        dataset=write_filled(
            name=data.name,
            digest=data.digest,
            source_type=data.source_type,
            source=data.source,
            schema=data.schema,
            profile=data.profile,
        ),
    )


def write_model_metric(metric: ModelMetric) -> Json:
    return {
        **write_metric_of_run(metric.run_id, metric.point),
        **write_filled(
            model_id=write_model_id(metric.model_id),
            dataset_name=metric.dataset_name,
            dataset_digest=metric.dataset_digest,
        ),
    }


def write_pairs(texts: Mapping[str, str]) -> list[Json]:
    return [{"key": key, "value": value} for key, value in texts.items()]


def write_filled(**values: object) -> Json:
    return {name: value for name, value in values.items() if value is not None and value not in ("", [], {})}


def write_page(name: str, items: Iterable[Json], next_page_token: str | None) -> Json:
    return write_filled(**{name: list(items)}, next_page_token=next_page_token)
