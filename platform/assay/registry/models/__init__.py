"""Tables of the registry."""

from assay.registry.models.registered_models import (
    ModelAlias,
    ModelVersion,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelTag,
)
from assay.registry.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "ModelAlias",
    "ModelVersion",
    "ModelVersionTag",
    "RegisteredModel",
    "RegisteredModelTag",
    "Webhook",
    "WebhookDelivery",
]
