"""Every address of tracking in the protocol."""

from django.urls import URLPattern, path, re_path

from assay.tracking.api.mlflow import (
    artifacts,
    experiments,
    logged_models,
    logs,
    metrics,
    multipart,
    runs,
    server,
    signed_links,
    spans,
    traces,
    traces_v2,
    transfers,
    workspaces,
)
from assay.tracking.api.mlflow.calls import open_view
from assay.tracking.api.mlflow.errors import not_offered, unknown_endpoint
from assay.tracking.api.mlflow.routes import NEW_ROOTS, ROOTS, files, routes

NOT_OFFERED = (
    "datasets", "scorers", "issues", "label-schemas", "review-queues", "prompt-optimization", "gateway", "jobs", "genai",
    "assessments", "online-scoring-configs", r"traces/[^/]+/assessments", "traces/link-to-run", "traces/link-prompts",
    "traces/metrics", "traces/calculate-filter-correlation", "unified-traces", "get-online-trace-details",
)  # fmt: skip
MODEL = "logged-models/<str:model_id>"
TRACE = "traces/<str:trace_id>"
STORE = "mlflow-artifacts/artifacts"

urlpatterns: list[URLPattern] = [
    *routes("mlflow/experiments/create", POST=experiments.create),
    *routes("mlflow/experiments/get", GET=experiments.get),
    *routes("mlflow/experiments/get-by-name", GET=experiments.get_by_name),
    *routes("mlflow/experiments/search", POST=experiments.search, GET=experiments.search),
    *routes("mlflow/experiments/update", POST=experiments.rename),
    *routes("mlflow/experiments/delete", POST=experiments.delete),
    *routes("mlflow/experiments/restore", POST=experiments.restore),
    *routes("mlflow/experiments/set-experiment-tag", POST=experiments.set_tag),
    *routes("mlflow/experiments/delete-experiment-tag", POST=experiments.delete_tag),
    *routes("mlflow/experiments/search-datasets", POST=experiments.search_datasets),
    *routes("mlflow/runs/create", POST=runs.create),
    *routes("mlflow/runs/get", GET=runs.get),
    *routes("mlflow/runs/update", POST=runs.update),
    *routes("mlflow/runs/delete", POST=runs.delete),
    *routes("mlflow/runs/restore", POST=runs.restore),
    *routes("mlflow/runs/search", POST=runs.search),
    *routes("mlflow/runs/log-metric", POST=logs.log_metric),
    *routes("mlflow/runs/log-parameter", POST=logs.log_param),
    *routes("mlflow/runs/log-batch", POST=logs.log_batch),
    *routes("mlflow/runs/set-tag", POST=logs.set_tag),
    *routes("mlflow/runs/delete-tag", POST=logs.delete_tag),
    *routes("mlflow/runs/log-inputs", POST=logs.log_inputs),
    *routes("mlflow/runs/outputs", POST=logs.log_outputs),
    *routes("mlflow/runs/log-model", POST=logs.log_model),
    *routes("mlflow/metrics/get-history", GET=metrics.get_history),
    *routes("mlflow/metrics/get-history-bulk-interval", GET=metrics.get_sampled),
    *routes("mlflow/metrics/get-history-bulk", GET=metrics.get_bulk),
    *routes("mlflow/artifacts/list", GET=artifacts.list_of_run),
    *routes("mlflow/logged-models", POST=logged_models.create),
    *routes("mlflow/logged-models/search", POST=logged_models.search),
    *routes(f"mlflow/{MODEL}", GET=logged_models.get, PATCH=logged_models.finish, DELETE=logged_models.delete),
    *routes(f"mlflow/{MODEL}/params", POST=logged_models.log_params),
    *routes(f"mlflow/{MODEL}/tags", PATCH=logged_models.set_tags),
    *routes(f"mlflow/{MODEL}/tags/<path:key>", DELETE=logged_models.delete_tag),
    *routes(f"mlflow/{MODEL}/artifacts/directories", GET=artifacts.list_of_model),
    *routes("mlflow/traces", POST=traces_v2.start, GET=traces_v2.search),
    *routes("mlflow/traces", NEW_ROOTS, POST=traces.start),
    *routes("mlflow/traces/search", NEW_ROOTS, POST=traces.search),
    *routes("mlflow/traces/get", NEW_ROOTS, GET=traces.get),
    *routes("mlflow/traces/batchGet", NEW_ROOTS, GET=traces.get_batch),
    *routes("mlflow/traces/batchGetInfos", NEW_ROOTS, POST=traces.get_batch_infos),
    *routes("mlflow/traces/delete-traces", (*ROOTS, *NEW_ROOTS), POST=traces.delete),
    *(re_path(f"^(?:ajax-)?api/[23]\\.0/mlflow/{name}(?:/.*)?$", open_view(not_offered)) for name in NOT_OFFERED),
    *routes(f"mlflow/{TRACE}", PATCH=traces_v2.end),
    *routes(f"mlflow/{TRACE}/info", GET=traces_v2.get_info),
    *routes(f"mlflow/{TRACE}", NEW_ROOTS, GET=traces.get_info),
    *routes(f"mlflow/{TRACE}/tags", (*ROOTS, *NEW_ROOTS), PATCH=traces.set_tag, DELETE=traces.delete_tag),
    *routes("mlflow/workspaces", NEW_ROOTS, GET=workspaces.list_all, POST=workspaces.create),
    *routes("mlflow/workspaces/<str:name>", NEW_ROOTS, GET=workspaces.get, DELETE=workspaces.delete),
    path("v1/traces", open_view(spans.export)),
    *routes(STORE, GET=artifacts.list_store),
    *(
        path(f"{root}/{STORE}/<path:path>", files(GET=transfers.get_file, PUT=transfers.put_file, DELETE=transfers.delete_file))
        for root in ROOTS
    ),
    *(
        path(f"{root}/mlflow-artifacts/mpu/{step}/<path:path>", files(POST=view))
        for root in ROOTS
        for step, view in (("create", multipart.begin), ("complete", multipart.complete), ("abort", multipart.abort))
    ),
    *(path(f"{root}/mlflow-artifacts/presigned/<path:path>", files(GET=signed_links.sign_file)) for root in ROOTS),
    *(path(f"{root}/mlflow/artifacts/presigned-download-url", files(POST=signed_links.sign_download)) for root in ROOTS),
    *(path(f"{root}/mlflow/artifacts/presigned-upload-url", files(POST=signed_links.sign_upload)) for root in ROOTS),
    path(f"{signed_links.SIGNED}/download/<str:token>", files(GET=signed_links.get_signed)),
    path(f"{signed_links.SIGNED}/upload/<str:token>", files(PUT=signed_links.put_signed)),
    path(f"{signed_links.SIGNED}/part/<str:token>", files(PUT=signed_links.put_part)),
    path("ajax-api/2.0/mlflow/upload-artifact", files(POST=transfers.put_file_of_run)),
    path("get-artifact", files(GET=transfers.get_file_of_run)),
    *(path(f"{root}/3.0/mlflow/server-info", open_view(server.server_info)) for root in ("api", "ajax-api")),
    path("version", open_view(server.version)),
    path("health", open_view(server.health)),
    re_path(r"^(?:ajax-)?api/[23]\.0/.*$", open_view(unknown_endpoint)),
]
