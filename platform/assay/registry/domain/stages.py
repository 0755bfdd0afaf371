"""Stages of a model version; exactly these four exist."""

from enum import StrEnum

from assay.core.errors import Invalid


class Stage(StrEnum):
    NONE = "None"
    STAGING = "Staging"
    PRODUCTION = "Production"
    ARCHIVED = "Archived"

    @property
    def is_active(self) -> bool:
        """Only these may push the versions that are there before into the archive."""
        return self in (Stage.STAGING, Stage.PRODUCTION)


_BY_LOWER_NAME = {stage.lower(): stage for stage in Stage}


def read_stage(text: str) -> Stage:
    """In any case of letters. raises: Invalid."""
    stage = _BY_LOWER_NAME.get(text.lower())
    if stage is None:
        raise Invalid(f"Invalid Model Version stage: {text}. Value must be one of {', '.join(Stage)}.", field="stage")
    return stage
