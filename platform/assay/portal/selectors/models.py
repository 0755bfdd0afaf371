"""What the pages of registered models show."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from assay.registry.domain.lineages import ModelWithCost, VersionLineage
from assay.registry.domain.values import ModelVersionView
from assay.registry.selectors.lineages import get_model_with_cost, trace_versions
from assay.registry.selectors.model_versions import list_versions_of_model
from assay.tracking.domain.artifacts import find_own_path
from assay.tracking.domain.errors import LoggedModelNotFound
from assay.tracking.domain.values import LoggedModelView
from assay.tracking.selectors.logged_models import get_logged_model

MOST_VERSIONS = 200


@dataclass(frozen=True, slots=True)
class ModelPage:
    """versions: the highest numbers first, at most MOST_VERSIONS."""

    summary: ModelWithCost
    versions: Sequence[VersionLineage]

    @property
    def numbers(self) -> list[int]:
        return [lineage.version.number for lineage in self.versions]

    @property
    def left_out(self) -> int:
        return self.summary.versions - len(self.versions)

    @property
    def address(self) -> str:
        """What code loads: by the first alias, else the latest version."""
        model = self.summary.model
        if model.aliases:
            return f"models:/{model.name}@{next(iter(model.aliases))}"
        return f"models:/{model.name}/{model.latest.number if model.latest else 1}"


def read_model(organization_id: UUID, name: str) -> ModelPage:
    """raises: ModelNotFound."""
    summary = get_model_with_cost(organization_id, name)
    versions = list_versions_of_model(organization_id, summary.model.id, limit=MOST_VERSIONS)
    return ModelPage(summary, trace_versions(organization_id, versions))


def find_logged_model(organization_id: UUID, version: ModelVersionView) -> LoggedModelView | None:
    """None also when it was deleted since."""
    if version.logged_model_id is None:
        return None
    try:
        return get_logged_model(organization_id, version.logged_model_id)
    except LoggedModelNotFound:
        return None


def shown_address(address: str) -> str:
    """As clients know it: our own store is reached through the server."""
    path = find_own_path(address)
    return address if path is None else f"mlflow-artifacts:/{path}"
