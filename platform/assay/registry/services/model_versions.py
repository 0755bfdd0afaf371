"""Registering versions, moving them between stages, describing, tagging and removing them."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from assay.core.clock import now
from assay.core.errors import Invalid
from assay.core.ids import new_id
from assay.registry.domain.errors import ModelNotFound
from assay.registry.domain.names import check_description, check_tags
from assay.registry.domain.prompts import is_prompt
from assay.registry.domain.stages import Stage
from assay.registry.domain.values import Actor, ModelVersionView, VersionDraft
from assay.registry.models import ModelVersion, ModelVersionTag, RegisteredModel
from assay.registry.selectors.model_versions import get_model_version
from assay.registry.services.announcements import announce_version, announce_version_tag
from assay.registry.services.locks import holds_prompt, lock_version
from assay.registry.services.notes import note
from assay.registry.services.sources import find_origin
from assay.tracking.domain.instants import floor_to_millisecond
from assay.tracking.domain.limits import check_key, check_length


def create_model_version(organization_id: UUID, name: str, draft: VersionDraft, *, actor: Actor) -> ModelVersionView:
    """The model's next version: numbers start at 1, and none is given twice, also not after its version was removed.

    raises: ModelNotFound, SourceRefused, LoggedModelNotFound, Invalid.
    """
    check_description(draft.description)
    check_tags(draft.tags)
    check_length(draft.run_reference or "", 256, what="The run id")
    check_length(draft.run_link, 2_000, what="The run link")
    at = floor_to_millisecond(now())
    with transaction.atomic():
        origin = find_origin(organization_id, draft)
        model_id, number = _take_number(organization_id, name)
        version = ModelVersion.objects.create(
            id=new_id(),
            organization_id=organization_id,
            model_id=model_id,
            number=number,
            description=draft.description,
            source=origin.source,
            location=origin.location,
            run_reference=origin.run_reference,
            run_id=origin.run_id,
            run_link=draft.run_link,
            logged_model_id=origin.logged_model_id,
            registered_by=actor.name,
            created_at=at,
            updated_at=at,
        )
        ModelVersionTag.objects.bulk_create(
            ModelVersionTag(organization_id=organization_id, version=version, key=key, value=value)
            for key, value in draft.tags.items()
        )
        RegisteredModel.objects.filter(id=model_id).update(updated_at=at)
        note(organization_id, actor, "model_version.registered", name, version=number)
        made = get_model_version(organization_id, name, number)
        announce_version(organization_id, made, is_prompt=is_prompt(draft.tags))
    return made


def describe_model_version(organization_id: UUID, name: str, number: int, *, description: str) -> ModelVersionView:
    """raises: VersionNotFound, Invalid."""
    check_description(description)
    with transaction.atomic():
        version = lock_version(organization_id, name, number)
        ModelVersion.objects.filter(id=version.id).update(description=description, updated_at=floor_to_millisecond(now()))
    return get_model_version(organization_id, name, number)


def move_to_stage(
    organization_id: UUID, name: str, number: int, *, stage: Stage, actor: Actor, archive_others: bool = False
) -> ModelVersionView:
    """archive_others: versions that are in the stage move to the archive. raises: VersionNotFound, Invalid."""
    if archive_others and not stage.is_active:
        raise Invalid(
            f"Model version transition cannot archive existing model versions because '{stage}' is not an Active stage. "
            "Valid stages are ['Staging', 'Production']",
            field="archive_existing_versions",
        )
    at = floor_to_millisecond(now())
    with transaction.atomic():
        version = lock_version(organization_id, name, number)
        if archive_others:
            others = ModelVersion.objects.filter(model_id=version.model_id, stage=stage).exclude(id=version.id)
            others.update(stage=Stage.ARCHIVED, updated_at=at)
        ModelVersion.objects.filter(id=version.id).update(stage=stage, updated_at=at)
        RegisteredModel.objects.filter(id=version.model_id).update(updated_at=at)
        note(organization_id, actor, "model_version.staged", name, version=number, before=version.stage, after=stage)
    return get_model_version(organization_id, name, number)


def delete_model_version(organization_id: UUID, name: str, number: int, *, actor: Actor) -> None:
    """With its tags and aliases; its run and files stay. raises: VersionNotFound."""
    with transaction.atomic():
        version = lock_version(organization_id, name, number)
        RegisteredModel.objects.filter(id=version.model_id).update(updated_at=floor_to_millisecond(now()))
        note(organization_id, actor, "model_version.deleted", name, version=number)
        version.delete()


def set_version_tag(organization_id: UUID, name: str, number: int, *, key: str, value: str) -> None:
    """raises: VersionNotFound, Invalid."""
    check_tags({key: value})
    with transaction.atomic():
        version = lock_version(organization_id, name, number)
        ModelVersionTag.objects.bulk_create(
            [ModelVersionTag(organization_id=organization_id, version=version, key=key, value=value)],
            update_conflicts=True,
            unique_fields=["version", "key"],
            update_fields=["value"],
        )
        told = {"name": name, "version": str(number), "key": key, "value": value}
        announce_version_tag(organization_id, told, is_prompt=holds_prompt(version.model))


def delete_version_tag(organization_id: UUID, name: str, number: int, *, key: str) -> None:
    """A tag that is not there is not missed. raises: VersionNotFound, Invalid."""
    check_key(key, kind="tag")
    with transaction.atomic():
        version = lock_version(organization_id, name, number)
        ModelVersionTag.objects.filter(version=version, key=key).delete()
        told = {"name": name, "version": str(number), "key": key}
        announce_version_tag(organization_id, told, is_prompt=holds_prompt(version.model))


def _take_number(organization_id: UUID, name: str) -> tuple[UUID, int]:
    """The update locks the model's row to the end of the transaction, so numbers are given one after the other."""
    rows = RegisteredModel.objects.filter(organization_id=organization_id, name=name)
    if not rows.update(last_number=F("last_number") + 1):
        raise ModelNotFound(name)
    model_id, number = rows.values_list("id", "last_number").get()
    return model_id, number
