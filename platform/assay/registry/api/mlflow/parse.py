"""Bodies into what the registry's services take."""

from typing import Protocol

from assay.registry.api.mlflow import bodies
from assay.registry.domain.errors import ModelNotFound
from assay.registry.domain.names import check_name, read_number
from assay.registry.domain.queries import RegistryQuery
from assay.registry.domain.values import Actor
from assay.registry.selectors.registered_models import is_outside
from assay.tracking.api.mlflow.calls import Call
from assay.tracking.api.mlflow.parse import limit_of, require


class Named(Protocol):
    name: str | None


def actor_of(call: Call) -> Actor:
    return Actor(user_id=call.principal.user_id, name=call.principal.email)


def new_name_of(body: Named) -> str:
    """raises: Invalid when it is missing or no model could have it."""
    name = require(body.name, "name")
    check_name(name)
    return name


def name_of(call: Call, body: Named) -> str:
    """Of a model that may be there. raises: as new_name_of; ModelNotFound when another team than the workspace's has it."""
    name = new_name_of(body)
    confine_model(call, name)
    return name


def confine_model(call: Call, name: str) -> None:
    """raises: ModelNotFound when the call names a workspace and the model is none of its team's."""
    if call.team_id is not None and is_outside(call.organization_id, name, call.team_id):
        raise ModelNotFound(name)


def number_of(version: str | None) -> int:
    """raises: Invalid."""
    return read_number(require(version, "version"))


def query_of(call: Call, body: bodies.Search, *, default: int, highest: int) -> RegistryQuery:
    return RegistryQuery(
        filter=body.filter or "",
        order_by=tuple(body.order_by),
        limit=limit_of(body.max_results, default=default, highest=highest),
        page_token=body.page_token or "",
        team_id=call.team_id,
    )
