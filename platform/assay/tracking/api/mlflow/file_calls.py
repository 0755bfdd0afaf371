"""Calls about bytes: who asks, and where the bytes are, are found out in one transaction; it is over before they flow."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Permission
from assay.core import tenancy
from assay.tracking.api.mlflow.calls import Call, admit
from assay.tracking.api.mlflow.streams import release_connection
from assay.tracking.api.mlflow.workspace_names import find_named_team
from assay.tracking.selectors.artifact_places import check_place


@contextmanager
def look_up(request: HttpRequest, principal: Principal) -> Iterator[Call]:
    """The call, in the organization's scope and the workspace that it names; afterwards the database is let go.

    raises: NotFound for a workspace that there is not.
    """
    with tenancy.scope(principal.organization_id):
        yield Call(principal, find_named_team(request, principal.organization_id))
    release_connection()


def admit_to_path(request: HttpRequest, permission: Permission, path: str) -> Principal:
    """Who asks, if the path is a place of that organization and workspace. raises: Unauthenticated, Forbidden, NotFound."""
    principal = admit(request, permission)
    with look_up(request, principal) as call:
        check_place(call.organization_id, path, team_id=call.team_id)
    return principal
