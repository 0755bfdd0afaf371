"""Telling webhooks what happened: a row per listener, written with the change itself."""

import itertools
from collections.abc import Mapping
from uuid import UUID

from assay.core.clock import now
from assay.core.deferral import defer
from assay.core.ids import new_id
from assay.registry.domain.prompts import PROMPT_TAG, PROMPT_TEXT_TAG, PROMPT_TYPE_TAG
from assay.registry.domain.values import ModelVersionView, RegisteredModelView
from assay.registry.domain.webhooks import Event, Payload, write_message
from assay.registry.models import WebhookDelivery
from assay.registry.selectors.webhooks import find_listeners

_INTERNAL = {PROMPT_TAG, PROMPT_TYPE_TAG}


def announce(organization_id: UUID, event: Event, *payloads: Payload) -> None:
    """Called inside the transaction of the change; a message for each payload leaves after its commit."""
    at = now()
    for webhook_id, payload in itertools.product(find_listeners(organization_id, event), payloads):
        body = write_message(event, payload, at=at)
        delivery = WebhookDelivery(
            id=new_id(),
            organization_id=organization_id,
            webhook_id=webhook_id,
            event=event,
            body=body,
            created_at=at,
            not_before=at,
        )
        delivery.save(force_insert=True)
        defer("registry.deliver_webhook", organization_id=str(organization_id), delivery_id=str(delivery.id))


def announce_model(organization_id: UUID, model: RegisteredModelView) -> None:
    event = Event.PROMPT_CREATED if model.is_prompt else Event.MODEL_CREATED
    announce(
        organization_id,
        event,
        {"name": model.name, "tags": _shown(model.tags, is_prompt=model.is_prompt), "description": model.description},
    )


def announce_version(organization_id: UUID, version: ModelVersionView, *, is_prompt: bool) -> None:
    tags = _shown(version.tags, is_prompt=is_prompt)
    told: dict[str, object] = {"name": version.model_name, "version": str(version.number)}
    if is_prompt:
        told |= {"template": tags.pop(PROMPT_TEXT_TAG, None)}
    else:
        told |= {"source": version.source, "run_id": version.run_reference or None}
    told |= {"tags": tags, "description": version.description or None}
    announce(organization_id, Event.PROMPT_VERSION_CREATED if is_prompt else Event.VERSION_CREATED, told)


def announce_version_tag(organization_id: UUID, told: Mapping[str, object], *, is_prompt: bool) -> None:
    """told: name, version, key, and the value when it was set."""
    if "value" in told:
        event = Event.PROMPT_VERSION_TAG_SET if is_prompt else Event.VERSION_TAG_SET
    else:
        event = Event.PROMPT_VERSION_TAG_DELETED if is_prompt else Event.VERSION_TAG_DELETED
    announce(organization_id, event, told)


def announce_model_tag(organization_id: UUID, told: Mapping[str, object]) -> None:
    """Of a prompt; tags of models have no event. told: name, key, and the value when it was set."""
    announce(organization_id, Event.PROMPT_TAG_SET if "value" in told else Event.PROMPT_TAG_DELETED, told)


def announce_alias(organization_id: UUID, told: Mapping[str, object], *, is_prompt: bool) -> None:
    """told: name, alias, and the version when it was set."""
    if "version" in told:
        event = Event.PROMPT_ALIAS_CREATED if is_prompt else Event.ALIAS_CREATED
    else:
        event = Event.PROMPT_ALIAS_DELETED if is_prompt else Event.ALIAS_DELETED
    announce(organization_id, event, told)


def _shown(tags: Mapping[str, str], *, is_prompt: bool) -> dict[str, str]:
    return {key: value for key, value in tags.items() if not (is_prompt and key in _INTERNAL)}
