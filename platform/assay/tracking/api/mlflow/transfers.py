"""Artifact bytes, up and down, for who has credentials."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Permission
from assay.core.errors import Invalid
from assay.tracking.api.mlflow.artifacts import locate_in_run
from assay.tracking.api.mlflow.calls import admit
from assay.tracking.api.mlflow.file_calls import admit_to_path, look_up
from assay.tracking.api.mlflow.streams import receive, send
from assay.tracking.services.artifacts import delete_files, open_for_read, open_for_write

LARGEST_PASTED_BYTES = 10 * 1024 * 1024


def answer_nothing() -> HttpResponse:
    return HttpResponse(b"{}", content_type="application/json")


def put_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """The file is in its place and on disk before the answer. A body that ends early leaves nothing."""
    principal = admit_to_path(request, Permission.TRACKING_WRITE, path)
    with open_for_write(principal.organization_id, path) as file:
        receive(request, file)
    return answer_nothing()


def get_file(request: HttpRequest, path: str) -> HttpResponseBase:
    principal = admit_to_path(request, Permission.TRACKING_READ, path)
    return send(request, open_for_read(principal.organization_id, path), path)


def delete_file(request: HttpRequest, path: str) -> HttpResponseBase:
    principal = admit_to_path(request, Permission.TRACKING_WRITE, path)
    delete_files(principal.organization_id, path)
    return answer_nothing()


def get_file_of_run(request: HttpRequest) -> HttpResponseBase:
    principal, path = _admit_to_run(request, Permission.TRACKING_READ)
    return send(request, open_for_read(principal.organization_id, path), path)


def put_file_of_run(request: HttpRequest) -> HttpResponseBase:
    """upload-artifact of MLflow's own pages: a small file in the body."""
    principal, path = _admit_to_run(request, Permission.TRACKING_WRITE)
    content = request.body
    if not 0 < len(content) <= LARGEST_PASTED_BYTES:
        raise Invalid(
            f"Request must specify data, of at most {LARGEST_PASTED_BYTES} bytes; larger files go to mlflow-artifacts."
        )
    with open_for_write(principal.organization_id, path) as file:
        file.write(content)
    return HttpResponse(content_type="application/json")


def _admit_to_run(request: HttpRequest, permission: Permission) -> tuple[Principal, str]:
    """Who asks, and the store's path of the file that the query names."""
    principal = admit(request, permission)
    run_id = request.GET.get("run_id") or request.GET.get("run_uuid")
    with look_up(request, principal) as call:
        path = locate_in_run(call, run_id, request.GET.get("path"))
    return principal, path
