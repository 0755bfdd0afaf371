"""model-versions*: what is registered under a name."""

import json
from collections.abc import Mapping

from assay.registry.api.mlflow import bodies
from assay.registry.api.mlflow.parse import actor_of, confine_model, name_of, number_of, query_of
from assay.registry.api.mlflow.serialize import write_version
from assay.registry.domain.sources import check_absolute, read_model_address, scheme_of
from assay.registry.domain.stages import read_stage
from assay.registry.domain.values import ModelVersionView, VersionDraft
from assay.registry.selectors.model_versions import get_model_version, list_model_versions
from assay.registry.services import model_versions
from assay.tracking.api.mlflow.calls import Call, Wire, reads, writes
from assay.tracking.api.mlflow.parse import pairs_of, parse_model_id, require
from assay.tracking.api.mlflow.serialize import write_page
from assay.tracking.api.mlflow.words import MODEL_VERSIONS, from_wire_uri, read_model_versions, to_wire_uri
from assay.tracking.domain.errors import LoggedModelNotFound
from assay.tracking.domain.limits import TAG_LENGTH
from assay.tracking.domain.values import LoggedModelView
from assay.tracking.selectors.logged_models import get_logged_model
from assay.tracking.services.logged_models import set_model_tags


@writes(bodies.CreateVersion)
def create(call: Call, body: bodies.CreateVersion) -> Wire:
    source = from_wire_uri(require(body.source, "source"))
    _confine_source(call, source)
    draft = VersionDraft(
        source=source,
        run_reference=body.run_id or None,
        logged_model_id=parse_model_id(body.model_id) if body.model_id else None,
        run_link=body.run_link or "",
        description=body.description or "",
        tags=pairs_of(body.tags, "tags"),
    )
    version = model_versions.create_model_version(call.organization_id, name_of(call, body), draft, actor=actor_of(call))
    logged_model = _find_logged_model(call, version)
    if logged_model:
        _note_registration(call, logged_model, version)
    return {"model_version": write_version(version, logged_model)}


@reads(bodies.OneVersion)
def get(call: Call, body: bodies.OneVersion) -> Wire:
    version = get_model_version(call.organization_id, name_of(call, body), number_of(body.version))
    return {"model_version": write_version(version, _find_logged_model(call, version))}


@writes(bodies.DescribeVersion)
def update(call: Call, body: bodies.DescribeVersion) -> Wire:
    version = model_versions.describe_model_version(
        call.organization_id, name_of(call, body), number_of(body.version), description=body.description or ""
    )
    return {"model_version": write_version(version)}


@writes(bodies.StageVersion)
def transition_stage(call: Call, body: bodies.StageVersion) -> Wire:
    version = model_versions.move_to_stage(
        call.organization_id,
        name_of(call, body),
        number_of(body.version),
        stage=read_stage(require(body.stage, "stage")),
        actor=actor_of(call),
        archive_others=body.archive_existing_versions,
    )
    return {"model_version": write_version(version)}


@writes(bodies.OneVersion)
def delete(call: Call, body: bodies.OneVersion) -> Wire:
    model_versions.delete_model_version(
        call.organization_id, name_of(call, body), number_of(body.version), actor=actor_of(call)
    )
    return {}


@reads(bodies.Search)
def search(call: Call, body: bodies.Search) -> Wire:
    page = list_model_versions(call.organization_id, query_of(call, body, default=10_000, highest=200_000))
    return write_page("model_versions", map(write_version, page.versions), page.next_page_token)


@reads(bodies.OneVersion)
def get_download_uri(call: Call, body: bodies.OneVersion) -> Wire:
    version = get_model_version(call.organization_id, name_of(call, body), number_of(body.version))
    return {"artifact_uri": to_wire_uri(version.location)}


@writes(bodies.VersionTag)
def set_tag(call: Call, body: bodies.VersionTag) -> Wire:
    name, number = name_of(call, body), number_of(body.version)
    model_versions.set_version_tag(call.organization_id, name, number, key=require(body.key, "key"), value=body.value or "")
    return {}


@writes(bodies.VersionTag)
def delete_tag(call: Call, body: bodies.VersionTag) -> Wire:
    name, number = name_of(call, body), number_of(body.version)
    model_versions.delete_version_tag(call.organization_id, name, number, key=require(body.key, "key"))
    return {}


def _confine_source(call: Call, source: str) -> None:
    """A version may be made from another one, of the own team; runs and logged models are named beside the source.

    raises: ModelNotFound, SourceRefused.
    """
    if scheme_of(source) != "models":
        return
    check_absolute(source)
    address = read_model_address(source)
    if address.name:
        confine_model(call, address.name)


def _find_logged_model(call: Call, version: ModelVersionView) -> LoggedModelView | None:
    """None also when it was deleted since."""
    if version.logged_model_id is None:
        return None
    try:
        return get_logged_model(call.organization_id, version.logged_model_id)
    except LoggedModelNotFound:
        return None


def _note_registration(call: Call, model: LoggedModelView, version: ModelVersionView) -> None:
    """On the logged model, where clients look for it: a JSON list in a tag, the oldest left out when it gets too long."""
    known = read_model_versions(model.tags.get(MODEL_VERSIONS, ""))
    noted: list[Mapping[str, str]] = [*known, {"name": version.model_name, "version": str(version.number)}]
    while len(json.dumps(noted)) > TAG_LENGTH:
        noted.pop(0)
    set_model_tags(call.organization_id, model.id, tags={MODEL_VERSIONS: json.dumps(noted)})
