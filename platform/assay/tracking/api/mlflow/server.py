"""What the server says about itself, to anybody."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse

SPOKEN_VERSION = "3.18.0"
"""The release of the protocol that is spoken here; clients switch features by it."""

ABILITIES = {
    "store_type": "SqlStore",
    "workspaces_enabled": True,
    "trace_archival_enabled": False,
    "artifact_serving_enabled": True,
    "presigned_upload_run_id_supported": True,
    "presigned_upload_model_id_supported": True,
}


def server_info(request: HttpRequest) -> HttpResponse:
    """Parts are always taken from clients that insist; what is said here is whether the others should use them."""
    transfers = {
        "multipart_uploads_enabled": settings.ASSAY_ARTIFACTS_MULTIPART_UPLOADS,
        "multipart_downloads_enabled": settings.ASSAY_ARTIFACTS_MULTIPART_DOWNLOADS,
    }
    return HttpResponse(json.dumps(ABILITIES | transfers), content_type="application/json")


def version(request: HttpRequest) -> HttpResponse:
    return HttpResponse(SPOKEN_VERSION, content_type="text/plain")


def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("OK", content_type="text/plain")
