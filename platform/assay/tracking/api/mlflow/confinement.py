"""A request that names a workspace reaches nothing of another team, whichever id it sends."""

from collections.abc import Iterator, Mapping
from uuid import UUID

import msgspec

from assay.tracking.api.mlflow.words import find_model_id, find_run_id
from assay.tracking.domain.errors import LoggedModelNotFound, RunNotFound, TraceNotFound
from assay.tracking.selectors.teams import find_model_outside, find_run_outside, find_trace_outside

RUNS = ("run_id", "run_uuid", "run_ids", "source_run_id")
MODELS = ("model_id",)
TRACES = ("trace_id", "trace_ids", "request_ids")


def confine(organization_id: UUID, team_id: UUID, body: msgspec.Struct, path: Mapping[str, str]) -> None:
    """raises: RunNotFound, LoggedModelNotFound, TraceNotFound for what another team has; experiments are looked up by team."""
    named = {**msgspec.structs.asdict(body), **path}
    run_ids = [run_id for text in _texts(named, RUNS) if (run_id := find_run_id(text))]
    outside = find_run_outside(organization_id, team_id, run_ids) if run_ids else None
    if outside is not None:
        raise RunNotFound(outside)
    model_ids = [model_id for text in _texts(named, MODELS) if (model_id := find_model_id(text))]
    foreign = find_model_outside(organization_id, team_id, model_ids) if model_ids else None
    if foreign is not None:
        raise LoggedModelNotFound(foreign)
    trace_ids = list(_texts(named, TRACES))
    hidden = find_trace_outside(organization_id, team_id, trace_ids) if trace_ids else None
    if hidden is not None:
        raise TraceNotFound(hidden)


def _texts(named: Mapping[str, object], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = named.get(name)
        texts = value if isinstance(value, list) else [value]
        yield from (text for text in texts if isinstance(text, str))
