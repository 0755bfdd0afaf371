"""model-versions/get-artifact: a file of what a version stands for."""

from posixpath import join

from django.http import HttpRequest, HttpResponseBase

from assay.accounts.domain.roles import Permission
from assay.core.errors import Invalid
from assay.registry.api.mlflow.parse import confine_model, number_of
from assay.registry.domain.names import check_name
from assay.registry.selectors.model_versions import get_model_version
from assay.tracking.api.mlflow.calls import admit
from assay.tracking.api.mlflow.file_calls import look_up
from assay.tracking.api.mlflow.parse import require
from assay.tracking.api.mlflow.streams import send
from assay.tracking.domain.artifacts import find_own_path, split_path
from assay.tracking.services.artifacts import open_for_read


def get_file(request: HttpRequest) -> HttpResponseBase:
    principal = admit(request, Permission.TRACKING_READ)
    name, number = require(request.GET.get("name"), "name"), number_of(request.GET.get("version"))
    check_name(name)
    relative = require(request.GET.get("path"), "path")
    split_path(relative)
    with look_up(request, principal) as call:
        confine_model(call, name)
        location = get_model_version(principal.organization_id, name, number).location
    folder = find_own_path(location)
    if folder is None:
        raise Invalid(
            f"This version's files lie in {location}, outside this server: read them there, with your own access to it."
        )
    path = join(folder, relative)
    return send(request, open_for_read(principal.organization_id, path), path)
