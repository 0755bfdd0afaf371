"""Models and versions with their origin and dollars; a fixed number of queries whatever is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from assay.costs.selectors.run_costs import costs_of_runs
from assay.registry.domain.errors import ModelNotFound
from assay.registry.domain.lineages import ModelWithCost, VersionLineage
from assay.registry.domain.queries import RegistryQuery
from assay.registry.domain.values import ModelVersionView, RegisteredModelView
from assay.registry.models import ModelVersion
from assay.registry.selectors.costs import costs_of_models
from assay.registry.selectors.registered_models import (
    find_registered_model,
    find_registered_model_by_id,
    list_registered_models,
)
from assay.tracking.domain.values import RunLinks
from assay.tracking.selectors.inputs import links_of_runs
from assay.tracking.selectors.runs import get_runs


@dataclass(frozen=True, slots=True)
class CostPage:
    models: tuple[ModelWithCost, ...]
    next_page_token: str | None


def list_models_with_costs(organization_id: UUID, query: RegistryQuery) -> CostPage:
    """raises: FilterRefused, PageTokenRefused."""
    page = list_registered_models(organization_id, query)
    return CostPage(tuple(_with_costs(organization_id, page.models)), page.next_page_token)


def get_model_with_cost(organization_id: UUID, model: str) -> ModelWithCost:
    """model: the name, or else the id. raises: ModelNotFound."""
    found = find_registered_model(organization_id, model)
    if found is None:
        try:
            found = find_registered_model_by_id(organization_id, UUID(model))
        except ValueError as error:
            raise ModelNotFound(model) from error
    if found is None:
        raise ModelNotFound(model)
    return _with_costs(organization_id, [found])[0]


def trace_versions(organization_id: UUID, versions: Sequence[ModelVersionView]) -> list[VersionLineage]:
    run_ids = list({version.run_id for version in versions if version.run_id})
    runs = get_runs(organization_id, run_ids)
    costs = costs_of_runs(organization_id, run_ids)
    links = links_of_runs(organization_id, run_ids)
    return [
        VersionLineage(
            version=version,
            run=runs.get(version.run_id) if version.run_id else None,
            cost=costs.get(version.run_id) if version.run_id else None,
            datasets=links.get(version.run_id, RunLinks()).datasets if version.run_id else (),
        )
        for version in versions
    ]


def _with_costs(organization_id: UUID, models: Sequence[RegisteredModelView]) -> list[ModelWithCost]:
    ids = [model.id for model in models]
    costs = costs_of_models(organization_id, ids)
    rows = ModelVersion.objects.filter(organization_id=organization_id, model_id__in=ids).values("model_id")
    counts = dict(rows.annotate(count=Count("id")).values_list("model_id", "count"))
    return [ModelWithCost(model=model, versions=counts.get(model.id, 0), cost=costs[model.id]) for model in models]
