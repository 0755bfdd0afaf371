"""Making, renaming, describing and removing registered models."""

from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction

from assay.core.clock import now
from assay.core.ids import new_id
from assay.registry.domain.errors import NameTaken
from assay.registry.domain.names import check_description, check_name, check_tags
from assay.registry.domain.prompts import name_kind
from assay.registry.domain.values import Actor, RegisteredModelView
from assay.registry.models import ModelVersion, RegisteredModel, RegisteredModelTag
from assay.registry.selectors.registered_models import find_registered_model, get_registered_model
from assay.registry.services.announcements import announce_model, announce_model_tag
from assay.registry.services.locks import holds_prompt, lock_model
from assay.registry.services.notes import note
from assay.tracking.domain.instants import floor_to_millisecond
from assay.tracking.domain.limits import check_key


def create_registered_model(
    organization_id: UUID,
    *,
    name: str,
    actor: Actor,
    description: str = "",
    tags: Mapping[str, str] | None = None,
    team_id: UUID | None = None,
) -> RegisteredModelView:
    """A model without versions. team_id: whose it is; None for everybody's. raises: NameTaken, Invalid."""
    tags = tags or {}
    check_name(name)
    check_description(description)
    check_tags(tags)
    at = floor_to_millisecond(now())
    with transaction.atomic():
        row = RegisteredModel(
            id=new_id(),
            organization_id=organization_id,
            team_id=team_id,
            name=name,
            description=description,
            registered_by=actor.name,
            created_at=at,
            updated_at=at,
        )
        _save(row, wanted=name_kind(tags), insert=True)
        RegisteredModelTag.objects.bulk_create(
            RegisteredModelTag(organization_id=organization_id, model=row, key=key, value=value) for key, value in tags.items()
        )
        note(organization_id, actor, "model.registered", name)
        model = get_registered_model(organization_id, name)
        announce_model(organization_id, model)
    return model


def rename_registered_model(organization_id: UUID, name: str, *, new_name: str, actor: Actor) -> RegisteredModelView:
    """With its versions, aliases and tags. raises: ModelNotFound, NameTaken, Invalid."""
    check_name(new_name, field="new_name")
    with transaction.atomic():
        row = lock_model(organization_id, name)
        at = floor_to_millisecond(now())
        wanted = "Prompt" if holds_prompt(row) else "Registered Model"
        row.name, row.updated_at = new_name, at
        _save(row, wanted=wanted)
        ModelVersion.objects.filter(model=row).update(updated_at=at)
        note(organization_id, actor, "model.renamed", new_name, before=name)
    return get_registered_model(organization_id, new_name)


def describe_registered_model(organization_id: UUID, name: str, *, description: str) -> RegisteredModelView:
    """raises: ModelNotFound, Invalid."""
    check_description(description)
    with transaction.atomic():
        row = lock_model(organization_id, name)
        RegisteredModel.objects.filter(id=row.id).update(description=description, updated_at=floor_to_millisecond(now()))
    return get_registered_model(organization_id, name)


def delete_registered_model(organization_id: UUID, name: str, *, actor: Actor) -> None:
    """With its versions, aliases and tags; runs and files stay. raises: ModelNotFound."""
    with transaction.atomic():
        row = lock_model(organization_id, name)
        note(organization_id, actor, "model.deleted", name, versions=row.last_number)
        row.delete()


def set_model_tag(organization_id: UUID, name: str, *, key: str, value: str) -> None:
    """raises: ModelNotFound, Invalid."""
    check_tags({key: value})
    with transaction.atomic():
        row = lock_model(organization_id, name)
        RegisteredModelTag.objects.bulk_create(
            [RegisteredModelTag(organization_id=organization_id, model=row, key=key, value=value)],
            update_conflicts=True,
            unique_fields=["model", "key"],
            update_fields=["value"],
        )
        if holds_prompt(row):
            announce_model_tag(organization_id, {"name": name, "key": key, "value": value})


def delete_model_tag(organization_id: UUID, name: str, *, key: str) -> None:
    """A tag that is not there is not missed. raises: ModelNotFound, Invalid."""
    check_key(key, kind="tag")
    with transaction.atomic():
        row = lock_model(organization_id, name)
        RegisteredModelTag.objects.filter(model=row, key=key).delete()
        if holds_prompt(row):
            announce_model_tag(organization_id, {"name": name, "key": key})


def _save(row: RegisteredModel, *, wanted: str, insert: bool = False) -> None:
    """raises: NameTaken."""
    try:
        with transaction.atomic():
            row.save(force_insert=insert)
    except IntegrityError as error:
        holder = find_registered_model(row.organization_id, row.name)
        if holder is None:
            raise
        raise NameTaken(row.name, holder=name_kind(holder.tags), wanted=wanted) from error
