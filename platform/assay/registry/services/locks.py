"""Row locks of the registry. The order everywhere: model before version, and both before a logged model."""

from uuid import UUID

from assay.registry.domain.errors import ModelNotFound, VersionNotFound
from assay.registry.domain.prompts import PROMPT_TAG
from assay.registry.models import ModelVersion, RegisteredModel, RegisteredModelTag


def lock_model(organization_id: UUID, name: str) -> RegisteredModel:
    """raises: ModelNotFound."""
    rows = RegisteredModel.objects.filter(organization_id=organization_id, name=name)
    model = rows.select_for_update(no_key=True).first()
    if model is None:
        raise ModelNotFound(name)
    return model


def lock_version(organization_id: UUID, name: str, number: int) -> ModelVersion:
    """The version, with its model locked. raises: VersionNotFound, also when there is no such model."""
    rows = RegisteredModel.objects.filter(organization_id=organization_id, name=name)
    model = rows.select_for_update(no_key=True).first()
    version = ModelVersion.objects.filter(model=model, number=number).first() if model and abs(number) < 2**31 else None
    if model is None or version is None:
        raise VersionNotFound(name, number)
    version.model = model
    return version


def holds_prompt(model: RegisteredModel) -> bool:
    return RegisteredModelTag.objects.filter(model=model, key=PROMPT_TAG, value__iexact="true").exists()
