"""What requests about logged models hold."""

from msgspec import Struct, field

from assay.tracking.api.mlflow.bodies import Int64, Pair


class CreateLoggedModel(Struct):
    experiment_id: str | None = None
    name: str | None = None
    model_type: str | None = None
    source_run_id: str | None = None
    params: list[Pair] = field(default_factory=list)
    tags: list[Pair] = field(default_factory=list)


class GetLoggedModel(Struct):
    allow_deleted: bool | None = None


class FinishLoggedModel(Struct):
    status: str | int | None = None


class LoggedModelParams(Struct):
    params: list[Pair] = field(default_factory=list)


class LoggedModelTags(Struct):
    tags: list[Pair] = field(default_factory=list)


class ModelDataset(Struct):
    dataset_name: str | None = None
    dataset_digest: str | None = None


class ModelOrder(Struct):
    field_name: str | None = None
    ascending: bool | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None


class SearchLoggedModels(Struct):
    experiment_ids: list[str] = field(default_factory=list)
    filter: str | None = None
    datasets: list[ModelDataset] = field(default_factory=list)
    max_results: Int64 | None = None
    order_by: list[ModelOrder] = field(default_factory=list)
    page_token: str | None = None


class ListModelArtifacts(Struct):
    artifact_directory_path: str | None = None
    page_token: str | None = None
