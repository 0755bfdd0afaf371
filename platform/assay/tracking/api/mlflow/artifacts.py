"""Lists of artifacts. `path` is relative to the run in artifacts/list, and to the listed folder in the store's own list."""

from posixpath import join

from assay.core.errors import Invalid
from assay.tracking.api.mlflow import bodies
from assay.tracking.api.mlflow.calls import Call, Wire, reads
from assay.tracking.api.mlflow.confinement import confine_models, confine_runs
from assay.tracking.api.mlflow.model_bodies import ListModelArtifacts
from assay.tracking.api.mlflow.parse import parse_model_id, parse_run_id, require, run_id_of
from assay.tracking.api.mlflow.serialize import write_file, write_page
from assay.tracking.api.mlflow.words import to_wire_uri
from assay.tracking.domain.artifacts import find_own_path, split_path
from assay.tracking.domain.errors import ArtifactNotFound
from assay.tracking.selectors.artifact_places import check_place
from assay.tracking.selectors.logged_models import get_logged_model
from assay.tracking.selectors.runs import get_run
from assay.tracking.services.artifacts import list_files


@reads(bodies.ListStore)
def list_store(call: Call, body: bodies.ListStore) -> Wire:
    path = body.path or ""
    try:
        check_place(call.organization_id, path, team_id=call.team_id)
    except ArtifactNotFound:
        return {}
    entries = list_files(call.organization_id, path)
    return write_page("files", (write_file(entry.name, entry.size_bytes) for entry in entries), None)


@reads(bodies.ListArtifacts)
def list_of_run(call: Call, body: bodies.ListArtifacts) -> Wire:
    uri = get_run(call.organization_id, run_id_of(body)).artifact_uri
    return {"root_uri": to_wire_uri(uri), **_list_below(call, uri, body.path or "")}


@reads(ListModelArtifacts)
def list_of_model(call: Call, body: ListModelArtifacts, model_id: str) -> Wire:
    uri = get_logged_model(call.organization_id, parse_model_id(model_id)).artifact_uri
    return {"root_uri": to_wire_uri(uri), **_list_below(call, uri, body.artifact_directory_path or "")}


def locate_in_run(call: Call, run_id: str | None, path: str | None) -> str:
    """The store's path of a run's artifact. raises: RunNotFound, Invalid, PathRefused."""
    wanted = parse_run_id(require(run_id, "run_id"))
    confine_runs(call.organization_id, call.team_id, [wanted])
    uri = get_run(call.organization_id, wanted).artifact_uri
    relative = require(path, "path")
    split_path(relative)
    return join(_own_path(uri), relative)


def locate_in_model(call: Call, model_id: str | None, path: str | None) -> str:
    """As locate_in_run. raises: LoggedModelNotFound, Invalid, PathRefused."""
    wanted = parse_model_id(require(model_id, "model_id"))
    confine_models(call.organization_id, call.team_id, [wanted])
    uri = get_logged_model(call.organization_id, wanted).artifact_uri
    relative = require(path, "path")
    split_path(relative)
    return join(_own_path(uri), relative)


def _list_below(call: Call, uri: str, path: str) -> Wire:
    folder = "/".join(split_path(path))
    entries = list_files(call.organization_id, join(_own_path(uri), folder))
    return write_page("files", (write_file(join(folder, entry.name), entry.size_bytes) for entry in entries), None)


def _own_path(uri: str) -> str:
    path = find_own_path(uri)
    if path is None:
        raise Invalid(f"These artifacts lie in {uri}, outside this server: read them there, with your own access to it.")
    return path
