"""Every address of the registry in the protocol."""

from django.urls import URLPattern, path

from assay.registry.api.mlflow import model_versions, registered_models, version_files, webhooks
from assay.registry.api.mlflow.errors import CODES, SENTENCES
from assay.tracking.api.mlflow.errors import speak
from assay.tracking.api.mlflow.routes import ROOTS, files, routes

speak(codes=CODES, sentences=SENTENCES)

MODELS, VERSIONS, WEBHOOK = "mlflow/registered-models", "mlflow/model-versions", "mlflow/webhooks/<str:webhook_id>"

urlpatterns: list[URLPattern] = [
    *routes(f"{MODELS}/create", POST=registered_models.create),
    *routes(f"{MODELS}/rename", POST=registered_models.rename),
    *routes(f"{MODELS}/update", PATCH=registered_models.update),
    *routes(f"{MODELS}/delete", DELETE=registered_models.delete),
    *routes(f"{MODELS}/get", GET=registered_models.get),
    *routes(f"{MODELS}/search", GET=registered_models.search),
    *routes(
        f"{MODELS}/get-latest-versions",
        POST=registered_models.get_latest_versions,
        GET=registered_models.get_latest_versions,
    ),
    *routes(f"{MODELS}/set-tag", POST=registered_models.set_tag),
    *routes(f"{MODELS}/delete-tag", DELETE=registered_models.delete_tag),
    *routes(
        f"{MODELS}/alias",
        POST=registered_models.set_alias,
        DELETE=registered_models.delete_alias,
        GET=registered_models.get_alias,
    ),
    *routes(f"{VERSIONS}/create", POST=model_versions.create),
    *routes(f"{VERSIONS}/get", GET=model_versions.get),
    *routes(f"{VERSIONS}/update", PATCH=model_versions.update),
    *routes(f"{VERSIONS}/delete", DELETE=model_versions.delete),
    *routes(f"{VERSIONS}/search", GET=model_versions.search),
    *routes(f"{VERSIONS}/get-download-uri", GET=model_versions.get_download_uri),
    *routes(f"{VERSIONS}/transition-stage", POST=model_versions.transition_stage),
    *routes(f"{VERSIONS}/set-tag", POST=model_versions.set_tag),
    *routes(f"{VERSIONS}/delete-tag", DELETE=model_versions.delete_tag),
    path("model-versions/get-artifact", files(GET=version_files.get_file)),
    *routes("mlflow/webhooks", POST=webhooks.create, GET=webhooks.list_all),
    *routes(WEBHOOK, GET=webhooks.get, PATCH=webhooks.update, DELETE=webhooks.delete),
    *(path(f"{root}/{WEBHOOK}/test", files(POST=webhooks.test)) for root in ROOTS),
]
