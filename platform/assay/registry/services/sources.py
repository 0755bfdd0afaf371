"""What a version comes from: its source held against the run or logged model that it names.

A source that names a run or a model must lie inside it; otherwise whoever may read a version could be led to files that they
were never given.
"""

from dataclasses import dataclass
from uuid import UUID

from assay.registry.domain.errors import SourceRefused
from assay.registry.domain.names import SOURCE_LENGTH
from assay.registry.domain.prompts import PROMPT_SOURCES, is_prompt
from assay.registry.domain.sources import (
    ModelAddress,
    check_absolute,
    check_logged_model_id,
    check_url_length,
    is_inside,
    is_own,
    read_model_address,
    read_run_address,
    scheme_of,
)
from assay.registry.domain.stages import read_stage
from assay.registry.domain.values import ModelVersionView, VersionDraft
from assay.registry.selectors.model_versions import get_model_version, get_version_by_alias
from assay.registry.selectors.registered_models import get_registered_model, list_latest_versions
from assay.tracking.domain.errors import LoggedModelNotFound, RunNotFound
from assay.tracking.domain.values import LoggedModelView, RunView
from assay.tracking.selectors.logged_models import get_logged_model
from assay.tracking.selectors.runs import get_run

_OF_RUN = "The run_id request parameter must identify the resource that contains the source."
_OF_MODEL = "The model_id request parameter must identify the resource that contains the source."
_OF_VERSION = "The run_id and model_id request parameters must match the referenced model version."


@dataclass(frozen=True, slots=True)
class Origin:
    """As ModelVersionView has them. run_id: set when run_reference is a run of this organization."""

    source: str
    location: str
    run_reference: str
    run_id: UUID | None
    logged_model_id: UUID | None


def find_origin(organization_id: UUID, draft: VersionDraft) -> Origin:
    """raises: SourceRefused, LoggedModelNotFound, ModelNotFound and VersionNotFound for `models:/…`, Invalid."""
    check_url_length(draft.source, SOURCE_LENGTH)
    if is_prompt(draft.tags):
        return _find_origin_of_prompt(draft)
    scheme = scheme_of(draft.source)
    check_absolute(draft.source)
    address = read_model_address(draft.source) if scheme == "models" else None
    if address and address.name:
        return _copy_origin(organization_id, address, draft)
    if draft.logged_model_id is not None:
        return _find_origin_in_model(organization_id, draft, address)
    if address:
        raise SourceRefused(draft.source, _OF_MODEL)
    return _find_origin_in_run(organization_id, draft)


def _find_origin_of_prompt(draft: VersionDraft) -> Origin:
    if draft.source not in PROMPT_SOURCES:
        raise SourceRefused(draft.source, "A prompt has no files: its source is a placeholder.")
    return Origin(draft.source, draft.source, draft.run_reference or "", None, None)


def _find_origin_in_run(organization_id: UUID, draft: VersionDraft) -> Origin:
    reference = draft.run_reference or ""
    run = _find_run(organization_id, reference)
    if scheme_of(draft.source) == "runs" and read_run_address(draft.source) != reference:
        raise SourceRefused(draft.source, _OF_RUN)
    if is_own(draft.source) and not (run and is_inside(draft.source, run.artifact_uri)):
        raise SourceRefused(draft.source, _OF_RUN)
    return Origin(draft.source, draft.source, reference, run.id if run else None, None)


def _find_origin_in_model(organization_id: UUID, draft: VersionDraft, address: ModelAddress | None) -> Origin:
    model = _get_logged_model(organization_id, draft)
    if address:
        check_logged_model_id(address.logged_model_id, draft.source)
        if address.logged_model_id != f"m-{model.id.hex}":
            raise SourceRefused(draft.source, _OF_MODEL)
    elif scheme_of(draft.source) == "runs" or (is_own(draft.source) and not is_inside(draft.source, model.artifact_uri)):
        raise SourceRefused(draft.source, _OF_MODEL)
    reference = draft.run_reference or (model.source_run_id.hex if model.source_run_id else "")
    run = _find_run(organization_id, reference)
    location = model.artifact_uri if address else draft.source
    return Origin(draft.source, location, reference, run.id if run else None, model.id)


def _copy_origin(organization_id: UUID, address: ModelAddress, draft: VersionDraft) -> Origin:
    """A version made from another one comes from where that one came from."""
    version = _find_referenced(organization_id, address, draft)
    differs = draft.run_reference is not None and draft.run_reference != version.run_reference
    if differs or (draft.logged_model_id is not None and draft.logged_model_id != version.logged_model_id):
        raise SourceRefused(draft.source, _OF_VERSION)
    source = f"models:/{version.model_name}/{version.number}"
    return Origin(source, version.location, version.run_reference, version.run_id, version.logged_model_id)


def _find_referenced(organization_id: UUID, address: ModelAddress, draft: VersionDraft) -> ModelVersionView:
    model = get_registered_model(organization_id, address.name)
    if model.is_prompt:
        raise SourceRefused(draft.source, "Prompt versions cannot be used as model version sources.")
    if address.number is not None:
        return get_model_version(organization_id, model.name, address.number)
    if address.alias or not address.stage:
        return get_version_by_alias(organization_id, model.name, address.alias or "latest")
    found = list_latest_versions(organization_id, model.name, stages=[read_stage(address.stage)])
    if not found:
        raise SourceRefused(draft.source, f"No version of {model.name!r} is in the stage {address.stage}.")
    return found[0]


def _get_logged_model(organization_id: UUID, draft: VersionDraft) -> LoggedModelView:
    if draft.logged_model_id is None:
        raise LoggedModelNotFound(draft.source)
    return get_logged_model(organization_id, draft.logged_model_id)


def _find_run(organization_id: UUID, reference: str) -> RunView | None:
    """A reference may also name a run of another server."""
    try:
        return get_run(organization_id, UUID(reference))
    except (ValueError, RunNotFound):
        return None
