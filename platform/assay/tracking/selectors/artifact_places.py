"""Whose a path in the store is: everything there belongs to an experiment of the organization, or to one of its runs, models or traces."""

import re
from collections.abc import Sequence
from uuid import UUID

from assay.tracking.domain.artifacts import OWN_STORE, split_path
from assay.tracking.domain.errors import ArtifactNotFound, ExperimentNotFound, LoggedModelNotFound, RunNotFound, TraceNotFound
from assay.tracking.models import Experiment, LoggedModel, Run, Trace

_OWNER = re.compile(r"(m-)?([0-9a-f]{32})")
_HIGHEST_NUMBER = 2**31 - 1


def check_place(organization_id: UUID, path: str) -> None:
    """raises: PathRefused; ExperimentNotFound, RunNotFound, LoggedModelNotFound, TraceNotFound; ArtifactNotFound below no experiment's root."""
    parts = split_path(path)
    if parts and not _is_default(parts) and not _has_experiment(organization_id, parts):
        if parts[0].isascii() and parts[0].isdigit():
            raise ExperimentNotFound(int(parts[0][:20]))
        raise ArtifactNotFound(path)
    for folder, name, below in zip(("", *parts), parts, parts[1:], strict=False):
        if below == "artifacts" and folder == "traces":
            _check_trace(organization_id, name)
            return
        if below == "artifacts" and (found := _OWNER.fullmatch(name)):
            _check_owner(organization_id, is_model=bool(found[1]), owner_id=UUID(found[2]))
            return


def _check_trace(organization_id: UUID, trace_id: str) -> None:
    if not Trace.objects.filter(organization_id=organization_id, trace_id=trace_id).exists():
        raise TraceNotFound(trace_id)


def _is_default(parts: Sequence[str]) -> bool:
    """Experiment 0 is there before anybody has asked for it."""
    return parts[0] == "0"


def _has_experiment(organization_id: UUID, parts: Sequence[str]) -> bool:
    roots = [OWN_STORE + "/".join(parts[:length]) for length in range(len(parts) + 1)]
    spellings = [*roots, *(f"{root}/" for root in roots)]
    rows = Experiment.objects.filter(organization_id=organization_id)
    number = int(parts[0]) if parts[0].isascii() and parts[0].isdigit() and len(parts[0]) <= 10 else -1
    known_number = 0 <= number <= _HIGHEST_NUMBER and rows.filter(number=number).exists()
    return known_number or rows.filter(artifact_location__in=spellings).exists()


def _check_owner(organization_id: UUID, *, is_model: bool, owner_id: UUID) -> None:
    if is_model:
        if not LoggedModel.objects.filter(organization_id=organization_id, id=owner_id).exists():
            raise LoggedModelNotFound(owner_id)
    elif not Run.objects.filter(organization_id=organization_id, id=owner_id).exists():
        raise RunNotFound(owner_id)
