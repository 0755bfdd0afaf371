"""Reads of model versions."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from assay.registry.domain.errors import AliasNotFound, ModelNotFound, VersionNotFound
from assay.registry.domain.names import LATEST
from assay.registry.domain.prompts import asks_for_prompts, drop_mark
from assay.registry.domain.queries import RegistryQuery, VersionPage
from assay.registry.domain.values import ModelVersionView
from assay.registry.domain.vocabularies import VERSION_ORDER, VERSIONS
from assay.registry.models import ModelVersion, ModelVersionTag, RegisteredModel, RegisteredModelTag
from assay.registry.selectors.ordering import MODEL_NAME, NUMBER, TIMES, build_sort_keys
from assay.registry.selectors.registered_models import IS_PROMPT
from assay.registry.selectors.views import view_versions
from assay.tracking.domain.errors import FilterRefused
from assay.tracking.domain.search.clauses import Comparison, Kind
from assay.tracking.domain.search.parser import parse_search
from assay.tracking.selectors.filters import Attribute, Schema, compile_search
from assay.tracking.selectors.keysets import take_page

SCHEMA = Schema(
    attributes={
        "name": Attribute(F("model__name")),
        "version_number": Attribute(F("number")),
        "run_id": Attribute(F("run_reference")),
        "source_path": Attribute(F("source")),
    },
    rows={Kind.TAG: lambda key: ModelVersionTag.objects.filter(version_id=OuterRef("pk"), key=key)},
)
COLUMNS = {"name": MODEL_NAME, "version_number": NUMBER, **TIMES}
NEWEST_FIRST = ("last_updated_timestamp DESC", "name ASC", "version_number DESC")
HIGHEST_NUMBER = 2**31


def get_model_version(organization_id: UUID, name: str, number: int) -> ModelVersionView:
    """raises: VersionNotFound."""
    rows = _rows(organization_id).filter(model__name=name, number=number) if abs(number) < HIGHEST_NUMBER else ()
    found = view_versions(list(rows))
    if not found:
        raise VersionNotFound(name, number)
    return found[0]


def get_version_by_alias(organization_id: UUID, name: str, alias: str) -> ModelVersionView:
    """alias: `latest` is the highest number. raises: ModelNotFound, AliasNotFound, VersionNotFound for no latest."""
    rows = _rows(organization_id).filter(model__name=name)
    latest = alias.lower() == LATEST
    chosen = rows.order_by("-number")[:1] if latest else rows.filter(aliases__alias=alias)
    found = view_versions(list(chosen))
    if found:
        return found[0]
    if not RegisteredModel.objects.filter(organization_id=organization_id, name=name).exists():
        raise ModelNotFound(name)
    raise VersionNotFound(name, LATEST) if latest else AliasNotFound(name, alias)


def list_model_versions(organization_id: UUID, query: RegistryQuery) -> VersionPage:
    """The last changed first unless another order is asked for. raises: FilterRefused, PageTokenRefused."""
    clauses = parse_search(query.filter, VERSIONS)
    _check_numbers(clauses)
    rows = _rows(organization_id)
    rows = rows if query.team_id is None else rows.filter(model__team_id=query.team_id)
    if not asks_for_prompts(clauses):
        clauses = drop_mark(clauses)
        rows = rows.filter(~Q(Exists(_marks_of_model())), ~Q(Exists(_marks_of_version())))
    keys = build_sort_keys(query.order_by or NEWEST_FIRST, VERSION_ORDER, COLUMNS, ties=["name ASC", "version_number DESC"])
    found, next_page_token = take_page(
        rows.filter(compile_search(clauses, SCHEMA)),
        keys,
        limit=query.limit,
        page_token=query.page_token,
        question=("versions", query.filter, query.order_by),
    )
    return VersionPage(tuple(view_versions(found)), next_page_token)


def list_versions_of_model(organization_id: UUID, model_id: UUID, *, limit: int) -> list[ModelVersionView]:
    """The highest numbers first."""
    return view_versions(list(_rows(organization_id).filter(model_id=model_id).order_by("-number")[:limit]))


def list_versions_of_run(organization_id: UUID, run_id: UUID) -> list[ModelVersionView]:
    """What was registered from a run, by model and number."""
    return view_versions(list(_rows(organization_id).filter(run_id=run_id).order_by("model__name", "number")))


def _rows(organization_id: UUID) -> QuerySet[ModelVersion]:
    return ModelVersion.objects.filter(organization_id=organization_id).select_related("model")


def _marks_of_model() -> QuerySet[RegisteredModelTag]:
    return RegisteredModelTag.objects.filter(model_id=OuterRef("model_id"), **IS_PROMPT)


def _marks_of_version() -> QuerySet[ModelVersionTag]:
    return ModelVersionTag.objects.filter(version_id=OuterRef("pk"), **IS_PROMPT)


def _check_numbers(clauses: Iterable[Comparison]) -> None:
    for clause in clauses:
        value = clause.value
        if isinstance(value, float) and (not value.is_integer() or abs(value) >= HIGHEST_NUMBER):
            raise FilterRefused(f"Invalid value for numeric attribute '{clause.identifier.key}': {value!r}")
