"""Reads of registered models."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from assay.registry.domain.errors import ModelNotFound
from assay.registry.domain.prompts import PROMPT_TAG, asks_for_prompts, drop_mark
from assay.registry.domain.queries import ModelPage, RegistryQuery
from assay.registry.domain.stages import Stage
from assay.registry.domain.values import ModelVersionView, RegisteredModelView
from assay.registry.domain.vocabularies import MODEL_ORDER, MODELS
from assay.registry.models import RegisteredModel, RegisteredModelTag
from assay.registry.selectors.ordering import NAME, TIMES, build_sort_keys
from assay.registry.selectors.views import view_models
from assay.tracking.domain.search.clauses import Kind
from assay.tracking.domain.search.parser import parse_search
from assay.tracking.selectors.filters import Attribute, Schema, compile_search
from assay.tracking.selectors.keysets import take_page

IS_PROMPT = {"key": PROMPT_TAG, "value": "true"}
SCHEMA = Schema(
    attributes={"name": Attribute(F("name"))},
    rows={Kind.TAG: lambda key: RegisteredModelTag.objects.filter(model_id=OuterRef("pk"), key=key)},
)


def get_registered_model(organization_id: UUID, name: str) -> RegisteredModelView:
    """raises: ModelNotFound."""
    found = find_registered_model(organization_id, name)
    if found is None:
        raise ModelNotFound(name)
    return found


def find_registered_model(organization_id: UUID, name: str) -> RegisteredModelView | None:
    rows = list(RegisteredModel.objects.filter(organization_id=organization_id, name=name))
    return next(iter(view_models(rows)), None)


def find_registered_model_by_id(organization_id: UUID, model_id: UUID) -> RegisteredModelView | None:
    rows = list(RegisteredModel.objects.filter(organization_id=organization_id, id=model_id))
    return next(iter(view_models(rows)), None)


def is_outside(organization_id: UUID, name: str, team_id: UUID) -> bool:
    """Whether there is a model of this name that is not the team's."""
    return RegisteredModel.objects.filter(organization_id=organization_id, name=name).exclude(team_id=team_id).exists()


def list_registered_models(organization_id: UUID, query: RegistryQuery) -> ModelPage:
    """By name unless another order is asked for. raises: FilterRefused, PageTokenRefused."""
    clauses = parse_search(query.filter, MODELS)
    rows = RegisteredModel.objects.filter(organization_id=organization_id)
    rows = rows if query.team_id is None else rows.filter(team_id=query.team_id)
    if not asks_for_prompts(clauses):
        clauses = drop_mark(clauses)
        rows = rows.filter(~Q(Exists(RegisteredModelTag.objects.filter(model_id=OuterRef("pk"), **IS_PROMPT))))
    keys = build_sort_keys(query.order_by, MODEL_ORDER, {"name": NAME, **TIMES}, ties=["name"])
    found, next_page_token = take_page(
        rows.filter(compile_search(clauses, SCHEMA)),
        keys,
        limit=query.limit,
        page_token=query.page_token,
        question=("models", query.filter, query.order_by),
    )
    return ModelPage(tuple(view_models(found)), next_page_token)


def list_latest_versions(organization_id: UUID, name: str, *, stages: Sequence[Stage] = ()) -> list[ModelVersionView]:
    """The highest number of each stage, or of the stages that are named. raises: ModelNotFound."""
    model = get_registered_model(organization_id, name)
    return [version for version in model.latest_versions if not stages or version.stage in stages]
