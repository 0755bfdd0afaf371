"""Addresses without credentials: given out here for the bucket or for Assay itself, and taken here when they lead to Assay."""

from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from assay.accounts.domain.roles import Permission
from assay.core.errors import Invalid
from assay.tracking.api.mlflow.artifact_bodies import SignDownload, SignUpload
from assay.tracking.api.mlflow.artifacts import locate_in_model, locate_in_run
from assay.tracking.api.mlflow.calls import admit
from assay.tracking.api.mlflow.file_calls import admit_to_path, look_up
from assay.tracking.api.mlflow.parse import parse_request
from assay.tracking.api.mlflow.streams import receive, send
from assay.tracking.api.mlflow.transfers import answer_nothing
from assay.tracking.domain.artifact_links import LinkAction, SignedLink
from assay.tracking.services import artifact_links as links
from assay.tracking.services.artifact_uploads import receive_file, receive_part
from assay.tracking.services.artifacts import open_for_read

SIGNED = "api/2.0/mlflow-artifacts/signed"
DOWNLOAD_SECONDS = 300
UPLOAD_SECONDS = 900


def address_of(request: HttpRequest, link: SignedLink) -> str:
    """As the asker reaches Assay: by its public address if it used that one's host, else by the host that it used."""
    if link.url:
        return link.url
    path = f"/{SIGNED}/{link.action}/{link.token}"
    if urlsplit(settings.PUBLIC_URL).netloc == request.get_host():
        return f"{settings.PUBLIC_URL}{path}"
    return request.build_absolute_uri(f"{request.META.get('SCRIPT_NAME', '')}{path}")


def sign_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """presigned/{path}: the client downloads the file in ranges."""
    principal = admit_to_path(request, Permission.TRACKING_READ, path)
    link, size = links.sign_download(principal.organization_id, path, seconds=DOWNLOAD_SECONDS)
    return _answer(url=address_of(request, link), headers={}, file_size=size)


def sign_download(request: HttpRequest) -> HttpResponseBase:
    """artifacts/presigned-download-url: a file of a run."""
    principal = admit(request, Permission.TRACKING_READ)
    body = parse_request(request, SignDownload)
    with look_up(request, principal) as call:
        path = locate_in_run(call, body.run_id, body.path)
    seconds = DOWNLOAD_SECONDS if body.expiration is None else body.expiration
    link, size = links.sign_download(principal.organization_id, path, seconds=seconds)
    return _answer(presigned_url=address_of(request, link), headers={}, file_size=size)


def sign_upload(request: HttpRequest) -> HttpResponseBase:
    """artifacts/presigned-upload-url: a file of a run or of a logged model."""
    principal = admit(request, Permission.TRACKING_WRITE)
    body = parse_request(request, SignUpload)
    if bool(body.run_id) == bool(body.model_id):
        raise Invalid("Exactly one of run_id and model_id must be provided.")
    with look_up(request, principal) as call:
        path = locate_in_run(call, body.run_id, body.path) if body.run_id else locate_in_model(call, body.model_id, body.path)
    seconds = UPLOAD_SECONDS if body.expiration is None else body.expiration
    link = links.sign_upload(principal.organization_id, path, seconds=seconds)
    return _answer(presigned_url=address_of(request, link), headers={})


def get_signed(request: HttpRequest, token: str) -> HttpResponseBase:
    claim = links.read_token(token, LinkAction.DOWNLOAD)
    return send(request, open_for_read(claim.organization_id, claim.path), claim.path)


def put_signed(request: HttpRequest, token: str) -> HttpResponseBase:
    with receive_file(token) as file:
        receive(request, file)
    return answer_nothing()


def put_part(request: HttpRequest, token: str) -> HttpResponseBase:
    """The ETag of the answer is what the client names when it completes the upload."""
    with receive_part(token) as part:
        receive(request, part)
    response = answer_nothing()
    response["ETag"] = f'"{part.etag}"'
    return response


def _answer(**wire: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(wire), content_type="application/json")
