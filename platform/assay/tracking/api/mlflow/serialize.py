"""Values into the protocol's objects. What is unset or empty is left out; the client knows the defaults."""

from collections.abc import Iterable, Mapping
from math import copysign, isfinite, isnan
from sys import float_info
from uuid import UUID

from assay.tracking.api.mlflow.words import MODEL_VERSIONS, read_model_versions, to_wire_uri
from assay.tracking.domain.instants import milliseconds_of
from assay.tracking.domain.values import ExperimentView, LoggedModelView, MetricPoint, ModelMetric

Json = dict[str, object]


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


def write_page(name: str, items: Iterable[object], next_page_token: str | None) -> Json:
    return write_filled(**{name: list(items)}, next_page_token=next_page_token)
