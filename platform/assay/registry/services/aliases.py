"""Names that point at one version each."""

from uuid import UUID

from django.db import transaction

from assay.registry.domain.names import check_alias, check_new_alias
from assay.registry.domain.values import Actor
from assay.registry.models import ModelAlias
from assay.registry.services.announcements import announce_alias
from assay.registry.services.locks import holds_prompt, lock_model, lock_version
from assay.registry.services.notes import note


def set_alias(organization_id: UUID, name: str, *, alias: str, number: int, actor: Actor) -> None:
    """Taken from the version that had it. raises: VersionNotFound, Invalid."""
    check_new_alias(alias)
    with transaction.atomic():
        version = lock_version(organization_id, name, number)
        ModelAlias.objects.bulk_create(
            [ModelAlias(organization_id=organization_id, model=version.model, version=version, alias=alias)],
            update_conflicts=True,
            unique_fields=["model", "alias"],
            update_fields=["version"],
        )
        note(organization_id, actor, "model_alias.set", name, alias=alias, version=number)
        told = {"name": name, "alias": alias, "version": str(number)}
        announce_alias(organization_id, told, is_prompt=holds_prompt(version.model))


def delete_alias(organization_id: UUID, name: str, *, alias: str, actor: Actor) -> None:
    """An alias that is not there is not missed. raises: ModelNotFound, Invalid."""
    check_alias(alias)
    with transaction.atomic():
        model = lock_model(organization_id, name)
        deleted, _ = ModelAlias.objects.filter(model=model, alias=alias).delete()
        if deleted:
            note(organization_id, actor, "model_alias.deleted", name, alias=alias)
        announce_alias(organization_id, {"name": name, "alias": alias}, is_prompt=holds_prompt(model))
