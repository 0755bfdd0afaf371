"""registered-models*: names that versions are kept under, their tags and aliases."""

from assay.registry.api.mlflow import bodies
from assay.registry.api.mlflow.parse import actor_of, name_of, new_name_of, number_of, query_of
from assay.registry.api.mlflow.serialize import write_registered_model, write_version
from assay.registry.domain.names import check_alias
from assay.registry.domain.stages import read_stage
from assay.registry.selectors.model_versions import get_version_by_alias
from assay.registry.selectors.registered_models import get_registered_model, list_latest_versions, list_registered_models
from assay.registry.services import aliases, registered_models
from assay.tracking.api.mlflow.calls import Call, Wire, reads, writes
from assay.tracking.api.mlflow.parse import pairs_of, require
from assay.tracking.api.mlflow.serialize import write_page


@writes(bodies.CreateModel)
def create(call: Call, body: bodies.CreateModel) -> Wire:
    model = registered_models.create_registered_model(
        call.organization_id,
        name=new_name_of(body),
        actor=actor_of(call),
        description=body.description or "",
        tags=pairs_of(body.tags, "tags"),
        team_id=call.team_id,
    )
    return {"registered_model": write_registered_model(model)}


@writes(bodies.RenameModel)
def rename(call: Call, body: bodies.RenameModel) -> Wire:
    name, new_name = name_of(call, body), require(body.new_name, "new_name")
    model = registered_models.rename_registered_model(call.organization_id, name, new_name=new_name, actor=actor_of(call))
    return {"registered_model": write_registered_model(model)}


@writes(bodies.DescribeModel)
def update(call: Call, body: bodies.DescribeModel) -> Wire:
    model = registered_models.describe_registered_model(
        call.organization_id, name_of(call, body), description=body.description or ""
    )
    return {"registered_model": write_registered_model(model)}


@writes(bodies.OneModel)
def delete(call: Call, body: bodies.OneModel) -> Wire:
    registered_models.delete_registered_model(call.organization_id, name_of(call, body), actor=actor_of(call))
    return {}


@reads(bodies.OneModel)
def get(call: Call, body: bodies.OneModel) -> Wire:
    return {"registered_model": write_registered_model(get_registered_model(call.organization_id, name_of(call, body)))}


@reads(bodies.Search)
def search(call: Call, body: bodies.Search) -> Wire:
    page = list_registered_models(call.organization_id, query_of(call, body, default=100, highest=1_000))
    return write_page("registered_models", map(write_registered_model, page.models), page.next_page_token)


@reads(bodies.LatestVersions)
def get_latest_versions(call: Call, body: bodies.LatestVersions) -> Wire:
    stages = [read_stage(stage) for stage in body.stages]
    versions = list_latest_versions(call.organization_id, name_of(call, body), stages=stages)
    return write_page("model_versions", map(write_version, versions), None)


@writes(bodies.ModelTag)
def set_tag(call: Call, body: bodies.ModelTag) -> Wire:
    registered_models.set_model_tag(
        call.organization_id, name_of(call, body), key=require(body.key, "key"), value=body.value or ""
    )
    return {}


@writes(bodies.ModelTag)
def delete_tag(call: Call, body: bodies.ModelTag) -> Wire:
    registered_models.delete_model_tag(call.organization_id, name_of(call, body), key=require(body.key, "key"))
    return {}


@writes(bodies.SetAlias)
def set_alias(call: Call, body: bodies.SetAlias) -> Wire:
    name, alias = name_of(call, body), require(body.alias, "alias")
    aliases.set_alias(call.organization_id, name, alias=alias, number=number_of(body.version), actor=actor_of(call))
    return {}


@writes(bodies.OneAlias)
def delete_alias(call: Call, body: bodies.OneAlias) -> Wire:
    aliases.delete_alias(call.organization_id, name_of(call, body), alias=require(body.alias, "alias"), actor=actor_of(call))
    return {}


@reads(bodies.OneAlias)
def get_alias(call: Call, body: bodies.OneAlias) -> Wire:
    name, alias = name_of(call, body), require(body.alias, "alias")
    check_alias(alias)
    return {"model_version": write_version(get_version_by_alias(call.organization_id, name, alias))}
