"""A request that names a workspace reaches nothing of another team, whichever id it sends."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

import msgspec

from assay.tracking.api.mlflow.words import find_model_id, find_run_id
from assay.tracking.domain.errors import LoggedModelNotFound, RunNotFound, TraceNotFound
from assay.tracking.selectors.teams import find_model_outside, find_run_outside, find_trace_outside

RUNS = ("run_id", "run_uuid", "run_ids", "source_run_id")
MODELS = ("model_id",)
TRACES = ("trace_id", "trace_ids", "request_ids")
_NAMES = frozenset((*RUNS, *MODELS, *TRACES))


def confine(organization_id: UUID, team_id: UUID, body: msgspec.Struct, path: Mapping[str, str]) -> None:
    """Ids in the path and at any depth of the body; experiments are looked up by team.

    raises: RunNotFound, LoggedModelNotFound, TraceNotFound for what another team has.
    """
    named: dict[str, list[str]] = defaultdict(list)
    for name, text in (*path.items(), *_texts_in(body)):
        named[name].append(text)
    confine_runs(organization_id, team_id, [run_id for text in _texts_of(named, RUNS) if (run_id := find_run_id(text))])
    model_ids = [model_id for text in _texts_of(named, MODELS) if (model_id := find_model_id(text))]
    confine_models(organization_id, team_id, model_ids)
    confine_traces(organization_id, team_id, _texts_of(named, TRACES))


def confine_runs(organization_id: UUID, team_id: UUID | None, run_ids: Sequence[UUID]) -> None:
    """team_id: None for a request that names no workspace. raises: RunNotFound for one that another team has."""
    outside = find_run_outside(organization_id, team_id, run_ids) if team_id is not None and run_ids else None
    if outside is not None:
        raise RunNotFound(outside)


def confine_models(organization_id: UUID, team_id: UUID | None, model_ids: Sequence[UUID]) -> None:
    """As confine_runs, of logged models. raises: LoggedModelNotFound."""
    outside = find_model_outside(organization_id, team_id, model_ids) if team_id is not None and model_ids else None
    if outside is not None:
        raise LoggedModelNotFound(outside)


def confine_traces(organization_id: UUID, team_id: UUID | None, trace_ids: Sequence[str]) -> None:
    """As confine_runs, of traces. raises: TraceNotFound."""
    outside = find_trace_outside(organization_id, team_id, trace_ids) if team_id is not None and trace_ids else None
    if outside is not None:
        raise TraceNotFound(outside)


def _texts_of(named: Mapping[str, list[str]], names: Iterable[str]) -> list[str]:
    """Each once."""
    return list(dict.fromkeys(text for name in names for text in named.get(name, ())))


def _texts_in(value: object) -> Iterator[tuple[str, str]]:
    """Texts by the name of their field, of a body and of the bodies in it."""
    for body in value if isinstance(value, list) else [value]:
        if not isinstance(body, msgspec.Struct):
            continue
        for name in body.__struct_fields__:
            inner = getattr(body, name)
            if name in _NAMES:
                texts = inner if isinstance(inner, list) else [inner]
                yield from ((name, text) for text in texts if isinstance(text, str))
            else:
                yield from _texts_in(inner)
