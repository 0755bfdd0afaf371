"""What lists are asked for, and the pages they give."""

from dataclasses import dataclass
from uuid import UUID

from assay.registry.domain.values import ModelVersionView, RegisteredModelView


@dataclass(frozen=True, slots=True)
class RegistryQuery:
    """filter, order_by: the search grammar. page_token: next_page_token of the page before, or empty for the first.

    team_id: whose models alone are asked for. Prompts are left out unless the filter asks for them.
    """

    filter: str = ""
    order_by: tuple[str, ...] = ()
    limit: int = 100
    page_token: str = ""
    team_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ModelPage:
    """next_page_token: None on the last page."""

    models: tuple[RegisteredModelView, ...]
    next_page_token: str | None


@dataclass(frozen=True, slots=True)
class VersionPage:
    versions: tuple[ModelVersionView, ...]
    next_page_token: str | None
