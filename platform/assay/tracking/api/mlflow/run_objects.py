"""Runs as the protocol's objects. Pages hold thousands of their parts, which as structs cost a fifth of what dictionaries do."""

from math import isfinite

from msgspec import Struct

from assay.tracking.api.mlflow.serialize import Json, write_filled, write_float, write_model_id, write_pairs
from assay.tracking.api.mlflow.words import DATASET_CONTEXT, RUN_NAME, to_wire_uri, write_status
from assay.tracking.domain.instants import milliseconds_of
from assay.tracking.domain.states import ModelRole
from assay.tracking.domain.values import DatasetUse, ModelUse, RunInfo, RunLinks, RunView
from assay.tracking.selectors.run_contents import RunContents


class WireMetric(Struct, gc=False):
    key: str
    value: float | str
    timestamp: int
    step: int


class WirePair(Struct, gc=False):
    key: str
    value: str


class WireRunInfo(Struct, gc=False, omit_defaults=True):
    """What is empty is left out; the client knows the defaults."""

    run_id: str
    run_uuid: str
    run_name: str
    experiment_id: str
    status: str
    start_time: int
    lifecycle_stage: str
    end_time: int | None = None
    user_id: str = ""
    artifact_uri: str = ""


class WireRunData(Struct, omit_defaults=True):
    tags: list[WirePair]
    metrics: list[WireMetric] = []
    params: list[WirePair] = []


class WireRun(Struct):
    info: WireRunInfo
    data: WireRunData
    inputs: Json
    outputs: Json


def write_run_info(run: RunInfo | RunView | RunContents) -> WireRunInfo:
    run_id = run.id.hex
    return WireRunInfo(
        run_id=run_id,
        run_uuid=run_id,
        run_name=run.name,
        experiment_id=str(run.experiment_number),
        status=write_status(run.status),
        start_time=milliseconds_of(run.started_at),
        lifecycle_stage=run.lifecycle_stage.value,
        end_time=milliseconds_of(run.ended_at) if run.ended_at else None,
        user_id=run.user_name,
        artifact_uri=to_wire_uri(run.artifact_uri),
    )


def write_new_run(run: RunView) -> WireRun:
    """One that has no more than the tags it was made with."""
    tags = [*map(WirePair, run.tags, run.tags.values()), WirePair(RUN_NAME, run.name)]
    return WireRun(write_run_info(run), WireRunData(tags), {}, {})


def write_run(run: RunContents, links: RunLinks | None) -> WireRun:
    values = run.metric_values or ()
    written = values if all(map(isfinite, values)) else map(write_float, values)
    metrics = map(WireMetric, run.metric_keys or (), written, run.metric_timestamps_ms or (), run.metric_steps or ())
    params = map(WirePair, run.param_keys or (), run.param_values or ())
    tags = [tag for tag in map(WirePair, run.tag_keys or (), run.tag_values or ()) if tag.key != RUN_NAME]
    data = WireRunData([*tags, WirePair(RUN_NAME, run.name)], list(metrics), list(params))
    return WireRun(write_run_info(run), data, *(_write_links(links) if links else ({}, {})))


def _write_links(links: RunLinks) -> tuple[Json, Json]:
    """inputs and outputs."""
    models = [{"model_id": write_model_id(use.model_id)} for use in links.models if use.role is ModelRole.INPUT]
    outputs = [_write_output(use) for use in links.models if use.role is ModelRole.OUTPUT]
    inputs = write_filled(dataset_inputs=[_write_dataset(use) for use in links.datasets], model_inputs=models)
    return inputs, write_filled(model_outputs=outputs)


def _write_output(use: ModelUse) -> Json:
    return {"model_id": write_model_id(use.model_id), "step": use.step}


def _write_dataset(use: DatasetUse) -> Json:
    data = use.dataset
    return write_filled(
        tags=write_pairs({**use.tags, DATASET_CONTEXT: use.context} if use.context else use.tags),
        dataset=write_filled(
            name=data.name,
            digest=data.digest,
            source_type=data.source_type,
            source=data.source,
            schema=data.schema,
            profile=data.profile,
        ),
    )
