"""Models that training code saves: made pending, filled with files, then ready."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from assay.core.clock import now
from assay.core.errors import Conflict
from assay.core.ids import new_id
from assay.tracking.domain.artifacts import locate_model
from assay.tracking.domain.errors import LoggedModelNotFound, RunNotFound, TagNotFound
from assay.tracking.domain.instants import floor_to_millisecond
from assay.tracking.domain.limits import (
    NAME_LENGTH,
    PARAM_LENGTH,
    TAG_LENGTH,
    check_length,
    check_model_name,
    check_points,
    check_texts,
)
from assay.tracking.domain.names import name_run
from assay.tracking.domain.states import ModelStatus
from assay.tracking.domain.values import LoggedModelView, ModelMetric
from assay.tracking.models import LoggedModel, LoggedModelMetric, LoggedModelParam, LoggedModelTag, Run
from assay.tracking.selectors.logged_models import get_logged_model
from assay.tracking.services.locks import share_experiment


def create_logged_model(
    organization_id: UUID,
    *,
    experiment_id: UUID,
    name: str = "",
    model_type: str = "",
    source_run_id: UUID | None = None,
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> LoggedModelView:
    """A pending model. name: empty for one made from the id. raises: ExperimentNotFound, RunNotFound, NotActive, Invalid."""
    model_id, at = new_id(), floor_to_millisecond(now())
    check_model_name(name or name_run(model_id))
    check_length(model_type, NAME_LENGTH, what="The model type")
    with transaction.atomic():
        _, artifact_location = share_experiment(organization_id, experiment_id)
        if source_run_id is not None and not Run.objects.filter(id=source_run_id).exists():
            raise RunNotFound(source_run_id)
        model = LoggedModel.objects.create(
            id=model_id,
            organization_id=organization_id,
            experiment_id=experiment_id,
            name=name or name_run(model_id),
            model_type=model_type,
            source_run_id=source_run_id,
            artifact_uri=locate_model(artifact_location, model_id),
            created_at=at,
            updated_at=at,
        )
        _add_params(model, params or {})
        _set_tags(model, tags or {})
    return get_logged_model(organization_id, model_id)


def finish_logged_model(organization_id: UUID, model_id: UUID, *, status: ModelStatus) -> LoggedModelView:
    """Its files are complete, or never will be. raises: LoggedModelNotFound."""
    with transaction.atomic():
        model = _lock(organization_id, model_id)
        LoggedModel.objects.filter(id=model.id).update(status=status, updated_at=floor_to_millisecond(now()))
    return get_logged_model(organization_id, model_id)


def delete_logged_model(organization_id: UUID, model_id: UUID) -> None:
    """Softly: it is not shown again. raises: LoggedModelNotFound."""
    with transaction.atomic():
        model = _lock(organization_id, model_id)
        LoggedModel.objects.filter(id=model.id).update(deleted_at=now())


def log_model_params(organization_id: UUID, model_id: UUID, *, params: Mapping[str, str]) -> None:
    """raises: LoggedModelNotFound, Conflict when a param has another value, Invalid."""
    with transaction.atomic():
        _add_params(_lock(organization_id, model_id), params)


def set_model_tags(organization_id: UUID, model_id: UUID, *, tags: Mapping[str, str]) -> LoggedModelView:
    """raises: LoggedModelNotFound, Invalid."""
    with transaction.atomic():
        _set_tags(_lock(organization_id, model_id), tags)
    return get_logged_model(organization_id, model_id)


def delete_model_tag(organization_id: UUID, model_id: UUID, *, key: str) -> None:
    """raises: LoggedModelNotFound, TagNotFound."""
    with transaction.atomic():
        _lock(organization_id, model_id)
        deleted, _ = LoggedModelTag.objects.filter(model_id=model_id, key=key).delete()
        if not deleted:
            raise TagNotFound("logged model", f"m-{model_id.hex}", key=key)


def log_model_metrics(organization_id: UUID, metrics: Sequence[ModelMetric]) -> None:
    """Points about models; the run's own history is written by log_batch. raises: LoggedModelNotFound, Invalid."""
    check_points([metric.point for metric in metrics])
    for metric in metrics:
        check_length(metric.dataset_name, NAME_LENGTH, what="The dataset name")
        check_length(metric.dataset_digest, 36, what="The dataset digest")
    with transaction.atomic():
        wanted = {metric.model_id for metric in metrics}
        found = set(LoggedModel.objects.filter(id__in=wanted, deleted_at=None).values_list("id", flat=True))
        for model_id in sorted(wanted - found):
            raise LoggedModelNotFound(model_id)
        LoggedModelMetric.objects.bulk_create((_row(organization_id, metric) for metric in metrics), ignore_conflicts=True)


def _lock(organization_id: UUID, model_id: UUID) -> LoggedModel:
    rows = LoggedModel.objects.filter(organization_id=organization_id, id=model_id, deleted_at=None)
    model = rows.select_for_update(no_key=True).first()
    if model is None:
        raise LoggedModelNotFound(model_id)
    return model


def _add_params(model: LoggedModel, params: Mapping[str, str]) -> None:
    check_texts(params, kind="model param", limit=PARAM_LENGTH)
    known = dict(LoggedModelParam.objects.filter(model_id=model.id, key__in=list(params)).values_list("key", "value"))
    changed = sorted(key for key, value in known.items() if params[key] != value)
    if changed:
        raise Conflict(f"Params of logged model m-{model.id.hex} are written once: {', '.join(changed)}.", keys=changed)
    LoggedModelParam.objects.bulk_create(
        LoggedModelParam(organization_id=model.organization_id, model_id=model.id, key=key, value=value)
        for key, value in params.items()
        if key not in known
    )


def _set_tags(model: LoggedModel, tags: Mapping[str, str]) -> None:
    check_texts(tags, kind="model tag", limit=TAG_LENGTH)
    LoggedModelTag.objects.bulk_create(
        [
            LoggedModelTag(organization_id=model.organization_id, model_id=model.id, key=key, value=value)
            for key, value in tags.items()
        ],
        update_conflicts=True,
        unique_fields=["model_id", "key"],
        update_fields=["value"],
    )


def _row(organization_id: UUID, metric: ModelMetric) -> LoggedModelMetric:
    return LoggedModelMetric(
        organization_id=organization_id,
        model_id=metric.model_id,
        run_id=metric.run_id,
        key=metric.point.key,
        step=metric.point.step,
        timestamp_ms=metric.point.timestamp_ms,
        value=metric.point.value,
        dataset_name=metric.dataset_name,
        dataset_digest=metric.dataset_digest,
    )
