"""workspaces*: the protocol's word for teams. A request that names one sees and makes experiments of that team alone."""

from msgspec import Struct

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.teams import list_teams
from assay.accounts.services import teams
from assay.core.errors import Invalid
from assay.tracking.api.mlflow.bodies import Nothing
from assay.tracking.api.mlflow.calls import Call, Endpoint, Wire, reads
from assay.tracking.api.mlflow.parse import require
from assay.tracking.api.mlflow.workspace_names import EVERYTHING, NAME, RESERVED, find_team_id, name_teams


class CreateWorkspace(Struct):
    name: str | None = None
    description: str | None = None
    default_artifact_root: str | None = None


@reads(Nothing)
def list_all(call: Call, body: Nothing) -> Wire:
    names = name_teams(list_teams(call.organization_id))
    return {"workspaces": [_write(EVERYTHING), *map(_write, sorted(names))]}


@reads(Nothing)
def get(call: Call, body: Nothing, name: str) -> Wire:
    if name != EVERYTHING:
        find_team_id(call.organization_id, name)
    return {"workspace": _write(name)}


def _create(call: Call, body: CreateWorkspace) -> Wire:
    name = _check_name(require(body.name, "name"))
    if body.default_artifact_root:
        raise Invalid("Assay keeps the artifacts of all workspaces in one place: leave default_artifact_root out.")
    if name in name_teams(list_teams(call.organization_id)):
        raise Invalid(f"Workspace '{name}' already exists.", field="name")
    teams.create_team(call.organization_id, name=name, parent_id=None, actor_id=call.principal.user_id)
    return {"workspace": _write(name)}


def _delete(call: Call, body: Nothing, name: str) -> Wire:
    if name == EVERYTHING:
        raise Invalid(f"The '{EVERYTHING}' workspace is reserved and cannot be deleted", field="name")
    team_id = find_team_id(call.organization_id, name)
    teams.delete_team(call.organization_id, team_id, actor_id=call.principal.user_id)
    return {}


create = Endpoint(_create, CreateWorkspace, Permission.SETTINGS_MANAGE, status=201)
delete = Endpoint(_delete, Nothing, Permission.SETTINGS_MANAGE, status=204)


def _check_name(name: str) -> str:
    if name == EVERYTHING:
        raise Invalid(f"The '{EVERYTHING}' workspace is reserved and cannot be created", field="name")
    if name in RESERVED:
        raise Invalid(f"Workspace name '{name}' is reserved and cannot be used.", field="name")
    if not NAME.fullmatch(name):
        raise Invalid(
            f"Workspace name '{name[:80]}' must be 2 to 63 lowercase letters, digits and internal hyphens.", field="name"
        )
    return name


def _write(name: str) -> dict[str, object]:
    return {"name": name}
