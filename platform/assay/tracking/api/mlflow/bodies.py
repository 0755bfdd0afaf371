"""What requests hold. Unknown fields are ignored; what must be there is asked for by `require`."""

from typing import Annotated

from msgspec import Meta, Struct, field

Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]


class Pair(Struct):
    key: str | None = None
    value: str | None = None


class Metric(Struct):
    key: str | None = None
    value: float | None = None
    timestamp: int | None = None
    step: int | None = None
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None


class Nothing(Struct):
    pass


class CreateExperiment(Struct):
    name: str | None = None
    artifact_location: str | None = None
    tags: list[Pair] = field(default_factory=list)


class OneExperiment(Struct):
    experiment_id: str | None = None


class NamedExperiment(Struct):
    experiment_name: str | None = None


class RenameExperiment(OneExperiment):
    new_name: str | None = None


class ExperimentTag(OneExperiment):
    key: str | None = None
    value: str | None = None


class SearchExperiments(Struct):
    max_results: Int64 | None = None
    filter: str | None = None
    order_by: list[str] = field(default_factory=list)
    view_type: str | int | None = None
    page_token: str | None = None


class SearchDatasets(Struct):
    experiment_ids: list[str] = field(default_factory=list)


class CreateRun(Struct):
    experiment_id: str | None = None
    user_id: str | None = None
    run_name: str | None = None
    start_time: Int64 | None = None
    tags: list[Pair] = field(default_factory=list)


class OneRun(Struct):
    """Older clients say run_uuid; many send both."""

    run_id: str | None = None
    run_uuid: str | None = None


class UpdateRun(OneRun):
    status: str | int | None = None
    end_time: Int64 | None = None
    run_name: str | None = None


class LogMetric(OneRun):
    key: str | None = None
    value: float | None = None
    timestamp: int | None = None
    step: int | None = None
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None


class RunPair(OneRun):
    key: str | None = None
    value: str | None = None


class LogBatch(OneRun):
    metrics: list[Metric] = field(default_factory=list)
    params: list[Pair] = field(default_factory=list)
    tags: list[Pair] = field(default_factory=list)


class SearchRuns(Struct):
    experiment_ids: list[str] = field(default_factory=list)
    filter: str | None = None
    run_view_type: str | int | None = None
    max_results: Int64 | None = None
    order_by: list[str] = field(default_factory=list)
    page_token: str | None = None


class Dataset(Struct):
    name: str | None = None
    digest: str | None = None
    source_type: str | None = None
    source: str | None = None
    schema: str | None = None
    profile: str | None = None


class DatasetInput(Struct):
    tags: list[Pair] = field(default_factory=list)
    dataset: Dataset | None = None


class ModelLink(Struct):
    model_id: str | None = None
    step: Int64 | None = None


class LogInputs(OneRun):
    datasets: list[DatasetInput] = field(default_factory=list)
    models: list[ModelLink] = field(default_factory=list)


class LogOutputs(OneRun):
    models: list[ModelLink] = field(default_factory=list)


class LogModel(OneRun):
    model_json: str | None = None


class MetricHistory(OneRun):
    metric_key: str | None = None
    max_results: Int64 | None = None
    page_token: str | None = None


class BulkInterval(Struct):
    run_ids: list[str] = field(default_factory=list)
    metric_key: str | None = None
    start_step: Int64 | None = None
    end_step: Int64 | None = None
    max_results: Int64 | None = None


class BulkHistory(Struct):
    run_id: list[str] = field(default_factory=list)
    metric_key: str | None = None
    max_results: Int64 | None = None


class ListArtifacts(OneRun):
    path: str | None = None
    page_token: str | None = None


class ListStore(Struct):
    path: str | None = None
