"""What the registry hands out and takes in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from assay.registry.domain.prompts import is_prompt
from assay.registry.domain.stages import Stage


@dataclass(frozen=True, slots=True)
class ModelVersionView:
    """source: as it was registered. location: where its files lie. run_reference: the run that made it as the client named it,
    empty for none; run_id is set when that is a run of this organization."""

    id: UUID
    model_id: UUID
    model_name: str
    number: int
    stage: Stage
    description: str
    source: str
    location: str
    run_reference: str
    run_id: UUID | None
    run_link: str
    logged_model_id: UUID | None
    registered_by: str
    created_at: datetime
    updated_at: datetime
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisteredModelView:
    """latest_versions: the highest number of each stage, by number. aliases: alias → version number."""

    id: UUID
    name: str
    description: str
    registered_by: str
    created_at: datetime
    updated_at: datetime
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, int] = field(default_factory=dict)
    latest_versions: tuple[ModelVersionView, ...] = ()

    @property
    def latest(self) -> ModelVersionView | None:
        return max(self.latest_versions, key=lambda version: version.number, default=None)

    @property
    def is_prompt(self) -> bool:
        return is_prompt(self.tags)


@dataclass(frozen=True, slots=True)
class VersionDraft:
    """What is registered. run_reference, logged_model_id: where it comes from; None when the client does not say."""

    source: str
    run_reference: str | None = None
    logged_model_id: UUID | None = None
    run_link: str = ""
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes the registry. user_id: None for the installation's own commands."""

    user_id: UUID | None
    name: str
