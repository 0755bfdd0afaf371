"""mpu/*: uploads in parts, each to an address of its own."""

from posixpath import join

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from assay.accounts.domain.roles import Permission
from assay.tracking.api.mlflow.artifact_bodies import BeginUpload, FinishUpload
from assay.tracking.api.mlflow.artifact_bodies import UploadedPart as PartBody
from assay.tracking.api.mlflow.file_calls import admit_to_path
from assay.tracking.api.mlflow.parse import parse_request, require
from assay.tracking.api.mlflow.signed_links import address_of
from assay.tracking.api.mlflow.transfers import answer_nothing
from assay.tracking.domain.artifact_stores import UploadedPart
from assay.tracking.services import artifact_uploads as uploads


def begin(request: HttpRequest, path: str) -> HttpResponseBase:
    principal = admit_to_path(request, Permission.TRACKING_WRITE, path)
    body = parse_request(request, BeginUpload)
    target = _target(path, body)
    parts = require(body.num_parts, "num_parts")
    upload = uploads.begin_upload(principal.organization_id, target, parts=parts)
    credentials = [
        {"url": address_of(request, link), "part_number": number, "headers": {}}
        for number, link in enumerate(upload.parts, start=1)
    ]
    wire = {"upload_id": upload.id, "credentials": credentials}
    return HttpResponse(msgspec.json.encode(wire), content_type="application/json")


def complete(request: HttpRequest, path: str) -> HttpResponseBase:
    principal = admit_to_path(request, Permission.TRACKING_WRITE, path)
    body = parse_request(request, FinishUpload)
    target, upload_id = _target(path, body), require(body.upload_id, "upload_id")
    if not body.parts:
        require(None, "parts")
    parts = [_part_of(part, position) for position, part in enumerate(body.parts)]
    uploads.complete_upload(principal.organization_id, target, upload_id, parts)
    return answer_nothing()


def abort(request: HttpRequest, path: str) -> HttpResponseBase:
    principal = admit_to_path(request, Permission.TRACKING_WRITE, path)
    body = parse_request(request, FinishUpload)
    uploads.abort_upload(principal.organization_id, _target(path, body), require(body.upload_id, "upload_id"))
    return answer_nothing()


def _target(folder: str, body: BeginUpload) -> str:
    """The address names the folder; the body the client's local file, of which the name counts."""
    return join(folder, require(body.path, "path").replace("\\", "/").rsplit("/", 1)[-1])


def _part_of(part: PartBody, position: int) -> UploadedPart:
    number = require(part.part_number, f"parts[{position}].part_number")
    return UploadedPart(number, require(part.etag, f"parts[{position}].etag"))
