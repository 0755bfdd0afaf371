"""What the server says about itself, to anybody."""

import json

from django.http import HttpRequest, HttpResponse

from assay.tracking.api.mlflow.errors import answer

SPOKEN_VERSION = "3.18.0"
"""The release of the protocol that is spoken here; clients switch features by it."""

ABILITIES = {
    "store_type": "SqlStore",
    "workspaces_enabled": False,
    "trace_archival_enabled": False,
    "multipart_uploads_enabled": False,
    "multipart_downloads_enabled": False,
    "artifact_serving_enabled": True,
}


def server_info(request: HttpRequest) -> HttpResponse:
    return HttpResponse(json.dumps(ABILITIES), content_type="application/json")


def version(request: HttpRequest) -> HttpResponse:
    return HttpResponse(SPOKEN_VERSION, content_type="text/plain")


def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("OK", content_type="text/plain")


def no_multipart(request: HttpRequest, path: str) -> HttpResponse:
    """Told so, clients send the file in one request."""
    return answer("NOT_IMPLEMENTED", "Multipart upload is not supported for this artifact store: send the file in one request.")
