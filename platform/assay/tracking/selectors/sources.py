"""Reads of the code and surroundings that runs were started with."""

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID

from assay.tracking.domain.content import Source
from assay.tracking.domain.errors import SourceNotFound
from assay.tracking.models import SourceSnapshot

_FIELDS = tuple(field.name for field in fields(Source))


def find_source(organization_id: UUID, run_id: UUID) -> Source | None:
    return sources_of_runs(organization_id, [run_id]).get(run_id)


def get_source(organization_id: UUID, run_id: UUID) -> Source:
    """raises: SourceNotFound."""
    found = find_source(organization_id, run_id)
    if found is None:
        raise SourceNotFound(run_id)
    return found


def sources_of_runs(organization_id: UUID, run_ids: Sequence[UUID]) -> dict[UUID, Source]:
    """For comparing runs. A run of which nothing was recorded has no entry."""
    rows = SourceSnapshot.objects.filter(organization_id=organization_id, run_id__in=run_ids)
    return {row.run_id: Source(**{name: getattr(row, name) for name in _FIELDS}) for row in rows}
