"""Rows into values, a fixed number of queries whatever the number of rows."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from assay.registry.domain.stages import Stage
from assay.registry.domain.values import ModelVersionView, RegisteredModelView
from assay.registry.models import ModelAlias, ModelVersion, ModelVersionTag, RegisteredModel, RegisteredModelTag


def view_models(rows: Sequence[RegisteredModel]) -> list[RegisteredModelView]:
    ids = [row.id for row in rows]
    tags = _tags_of_models(ids)
    aliases: dict[UUID, dict[str, int]] = defaultdict(dict)
    found = ModelAlias.objects.filter(model_id__in=ids).order_by("alias")
    for model_id, alias, number in found.values_list("model_id", "alias", "version__number"):
        aliases[model_id][alias] = number
    latest = _latest_versions(ids)
    return [
        RegisteredModelView(
            id=row.id,
            name=row.name,
            description=row.description,
            registered_by=row.registered_by,
            created_at=row.created_at,
            updated_at=row.updated_at,
            tags=tags.get(row.id, {}),
            aliases=aliases.get(row.id, {}),
            latest_versions=tuple(latest.get(row.id, ())),
        )
        for row in rows
    ]


def view_versions(rows: Sequence[ModelVersion]) -> list[ModelVersionView]:
    """rows: with their model."""
    ids = [row.id for row in rows]
    tags: dict[UUID, dict[str, str]] = defaultdict(dict)
    for version_id, key, value in (
        ModelVersionTag.objects.filter(version_id__in=ids).order_by("key").values_list("version_id", "key", "value")
    ):
        tags[version_id][key] = value
    aliases: dict[UUID, list[str]] = defaultdict(list)
    for version_id, alias in ModelAlias.objects.filter(version_id__in=ids).order_by("alias").values_list("version_id", "alias"):
        aliases[version_id].append(alias)
    return [_view_version(row, tags.get(row.id, {}), aliases.get(row.id, [])) for row in rows]


def _view_version(row: ModelVersion, tags: dict[str, str], aliases: Sequence[str]) -> ModelVersionView:
    return ModelVersionView(
        id=row.id,
        model_id=row.model_id,
        model_name=row.model.name,
        number=row.number,
        stage=Stage(row.stage),
        description=row.description,
        source=row.source,
        location=row.location,
        run_reference=row.run_reference,
        run_id=row.run_id,
        run_link=row.run_link,
        logged_model_id=row.logged_model_id,
        registered_by=row.registered_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        tags=tags,
        aliases=tuple(aliases),
    )


def _latest_versions(ids: Sequence[UUID]) -> dict[UUID, list[ModelVersionView]]:
    rows = (
        ModelVersion.objects.filter(model_id__in=ids)
        .select_related("model")
        .order_by("model_id", "stage", "-number")
        .distinct("model_id", "stage")
    )
    latest: dict[UUID, list[ModelVersionView]] = defaultdict(list)
    for view in view_versions(list(rows)):
        latest[view.model_id].append(view)
    return {model_id: sorted(views, key=lambda view: view.number) for model_id, views in latest.items()}


def _tags_of_models(ids: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    tags: dict[UUID, dict[str, str]] = defaultdict(dict)
    for model_id, key, value in (
        RegisteredModelTag.objects.filter(model_id__in=ids).order_by("key").values_list("model_id", "key", "value")
    ):
        tags[model_id][key] = value
    return tags
