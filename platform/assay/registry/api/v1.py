"""Operations on registered models."""

from typing import Annotated

from ninja import Query, Router

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.registry.api.schemas import ModelDetailOut, ModelList, ModelOut
from assay.registry.domain.queries import RegistryQuery
from assay.registry.selectors.lineages import get_model_with_cost, list_models_with_costs, trace_versions
from assay.registry.selectors.model_versions import list_versions_of_model

router = Router(tags=["models"])

Limit = Annotated[int, Query(ge=1, le=1000)]
MOST_VERSIONS = 200


@router.get("models", response=ModelList)
@require(Permission.TRACKING_READ)
def list_models(request: MemberRequest, filter: str = "", limit: Limit = 100, cursor: str = "") -> ModelList:
    """Registered models by name, each with what it cost so far. filter: MLflow's grammar, e.g. `name ILIKE '%digits%'`."""
    query = RegistryQuery(filter=filter, limit=limit, page_token=cursor)
    found = list_models_with_costs(request.principal.organization_id, query)
    return ModelList(items=[ModelOut.of(model) for model in found.models], next_cursor=found.next_page_token)


@router.get("models/{model}", response=ModelDetailOut)
@require(Permission.TRACKING_READ)
def get_model(request: MemberRequest, model: str) -> ModelDetailOut:
    """One model with its versions, where each comes from, and what that cost. model: name or id."""
    organization_id = request.principal.organization_id
    found = get_model_with_cost(organization_id, model)
    versions = list_versions_of_model(organization_id, found.model.id, limit=MOST_VERSIONS)
    return ModelDetailOut.traced(found, trace_versions(organization_id, versions))
