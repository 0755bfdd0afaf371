"""webhooks*: who is told of changes of the registry."""

from dataclasses import replace
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse

from assay.accounts.domain.roles import Permission
from assay.core.errors import Invalid
from assay.registry.api.mlflow import bodies
from assay.registry.api.mlflow.parse import actor_of
from assay.registry.api.mlflow.serialize import write_test_result, write_webhook
from assay.registry.domain.errors import WebhookNotFound
from assay.registry.domain.webhooks import Event, WebhookChange, WebhookStatus
from assay.registry.selectors.webhooks import get_webhook, list_webhooks
from assay.registry.services import webhooks
from assay.tracking.api.mlflow.bodies import Nothing
from assay.tracking.api.mlflow.calls import Call, Endpoint, Wire, admit
from assay.tracking.api.mlflow.errors import unfit
from assay.tracking.api.mlflow.parse import limit_of, parse_request, require
from assay.tracking.api.mlflow.serialize import write_page

MANAGE = Permission.SETTINGS_MANAGE
"""A webhook sends what happens in the organization to an outer address, so who adds one decides for all."""
MLFLOWS = tuple(event for event in Event if event.is_mlflows)


def _create(call: Call, body: bodies.CreateWebhook) -> Wire:
    for field in ("name", "url", "events"):
        require(getattr(body, field) or None, field)
    made = webhooks.create_webhook(call.organization_id, _change_of(body), actor=actor_of(call))
    return {"webhook": write_webhook(made)}


def _list(call: Call, body: bodies.ListWebhooks) -> Wire:
    limit = limit_of(body.max_results or None, default=100, highest=1_000)
    page = list_webhooks(call.organization_id, limit=limit, page_token=body.page_token or "", events=MLFLOWS)
    return write_page("webhooks", map(write_webhook, page.webhooks), page.next_page_token)


def _get(call: Call, body: Nothing, webhook_id: str) -> Wire:
    return {"webhook": write_webhook(get_webhook(call.organization_id, _id_of(webhook_id)))}


def _update(call: Call, body: bodies.CreateWebhook, webhook_id: str) -> Wire:
    identity, change = _id_of(webhook_id), _change_of(body)
    if change.events is not None:
        ours = tuple(event for event in get_webhook(call.organization_id, identity).events if not event.is_mlflows)
        change = replace(change, events=(*change.events, *ours))
    changed = webhooks.update_webhook(call.organization_id, identity, change, actor=actor_of(call))
    return {"webhook": write_webhook(changed)}


def _delete(call: Call, body: Nothing, webhook_id: str) -> Wire:
    webhooks.delete_webhook(call.organization_id, _id_of(webhook_id), actor=actor_of(call))
    return {}


create = Endpoint(_create, bodies.CreateWebhook, MANAGE)
list_all = Endpoint(_list, bodies.ListWebhooks, MANAGE)
get = Endpoint(_get, Nothing, MANAGE)
update = Endpoint(_update, bodies.CreateWebhook, MANAGE)
delete = Endpoint(_delete, Nothing, MANAGE)


def test(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """Outside a scope, since the receiver may take its time."""
    principal = admit(request, MANAGE)
    body = parse_request(request, bodies.TestWebhook)
    event = _event_of(body.event) if body.event else None
    answer = webhooks.try_webhook(principal.organization_id, _id_of(webhook_id), event=event)
    wire = {"result": write_test_result(answer)}
    return HttpResponse(msgspec.json.encode(wire), content_type="application/json")


def _change_of(body: bodies.CreateWebhook) -> WebhookChange:
    """Names, addresses and events cannot be emptied; descriptions and secrets can."""
    return WebhookChange(
        name=body.name or None,
        url=body.url or None,
        events=tuple(map(_event_of, body.events)) or None,
        description=body.description,
        secret=body.secret,
        status=_status_of(body.status) if body.status else None,
    )


def _event_of(event: bodies.WebhookEvent) -> Event:
    entity, action = require(event.entity, "events.entity").lower(), require(event.action, "events.action").lower()
    found = next((known for known in MLFLOWS if known == f"{entity}.{action}"), None)
    if found is None:
        offered = sorted(known.action for known in MLFLOWS if known.entity == entity)
        raise Invalid(f"Invalid action '{action}' for entity '{entity}'. Valid actions are: {offered}", field="events")
    return found


def _status_of(status: str) -> WebhookStatus:
    try:
        return WebhookStatus(status)
    except ValueError as error:
        raise unfit("status", status) from error


def _id_of(text: str) -> UUID:
    """raises: WebhookNotFound for what cannot be one of ours."""
    try:
        return UUID(text)
    except ValueError as error:
        raise WebhookNotFound(text) from error
