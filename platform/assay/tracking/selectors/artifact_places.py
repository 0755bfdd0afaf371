"""Whose a path in the store is: everything there belongs to an experiment of the organization, or to one of its runs, models or traces."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from assay.tracking.domain.artifacts import OWN_STORE, split_path
from assay.tracking.domain.errors import ArtifactNotFound, ExperimentNotFound, LoggedModelNotFound, RunNotFound, TraceNotFound
from assay.tracking.models import Experiment, LoggedModel, Run, Trace
from assay.tracking.selectors.teams import experiments_of_team

_OWNER = re.compile(r"(m-)?([0-9a-f]{32})")
_HIGHEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class _Place:
    """organization_id, team_id: who asks, and for whose; team_id None for all of the organization."""

    organization_id: UUID
    team_id: UUID | None
    path: str
    parts: Sequence[str]


def check_place(organization_id: UUID, path: str, *, team_id: UUID | None = None) -> None:
    """team_id: whose places alone count, beside those of the Default experiment.

    A run, model or trace that the path names decides whose it is; without one, the experiment does: that of the number with which
    the path begins, else the first that was given a root on the path.

    raises: PathRefused; ExperimentNotFound, RunNotFound, LoggedModelNotFound, TraceNotFound; ArtifactNotFound below no experiment's root.
    """
    place = _Place(organization_id, team_id, path, split_path(path))
    if place.parts and not _is_default(place) and _find_experiment(place) is None:
        raise _unknown(place)
    if not _has_owner(place) and team_id is not None:
        _check_experiment(place)


def _has_owner(place: _Place) -> bool:
    """Whether the path names a run, model or trace. raises: NotFound when there is no such one for who asks."""
    for folder, name, below in zip(("", *place.parts), place.parts, place.parts[1:], strict=False):
        if below == "artifacts" and folder == "traces":
            _check_trace(place, name)
            return True
        if below == "artifacts" and (found := _OWNER.fullmatch(name)):
            _check_owner(place, is_model=bool(found[1]), owner_id=UUID(found[2]))
            return True
    return False


def _check_trace(place: _Place, trace_id: str) -> None:
    if not _is_known(Trace.objects.filter(trace_id=trace_id), place):
        raise TraceNotFound(trace_id)


def _check_owner(place: _Place, *, is_model: bool, owner_id: UUID) -> None:
    if is_model:
        if not _is_known(LoggedModel.objects.filter(id=owner_id), place):
            raise LoggedModelNotFound(owner_id)
    elif not _is_known(Run.objects.filter(id=owner_id), place):
        raise RunNotFound(owner_id)


def _check_experiment(place: _Place) -> None:
    if place.team_id is None or (place.parts and _is_default(place)):
        return
    if not place.parts:
        raise ArtifactNotFound(place.path)
    first = _find_experiment(place)
    if first is None or not experiments_of_team(place.organization_id, place.team_id).filter(id=first).exists():
        raise _unknown(place)


def _is_known(rows: QuerySet[Any], place: _Place) -> bool:
    rows = rows.filter(organization_id=place.organization_id)
    if place.team_id is not None:
        rows = rows.filter(experiment__in=experiments_of_team(place.organization_id, place.team_id))
    return rows.exists()


def _is_default(place: _Place) -> bool:
    """Experiment 0 is there before anybody has asked for it."""
    return place.parts[0] == "0"


def _find_experiment(place: _Place) -> UUID | None:
    """That of the path's number; else, of those that have a root on the path, the one that was made first."""
    rows = Experiment.objects.filter(organization_id=place.organization_id)
    number = _read_number(place.parts[0])
    of_number = rows.filter(number=number).values_list("id", flat=True).first() if 0 <= number <= _HIGHEST_NUMBER else None
    if of_number is not None:
        return of_number
    roots = [OWN_STORE + "/".join(place.parts[:length]) for length in range(len(place.parts) + 1)]
    spellings = [*roots, *(f"{root}/" for root in roots)]
    return rows.filter(artifact_location__in=spellings).order_by("number").values_list("id", flat=True).first()


def _read_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else -1


def _unknown(place: _Place) -> ArtifactNotFound | ExperimentNotFound:
    first = place.parts[0]
    return ExperimentNotFound(int(first[:20])) if first.isascii() and first.isdigit() else ArtifactNotFound(place.path)
