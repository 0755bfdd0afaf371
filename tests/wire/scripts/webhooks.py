"""Webhooks as the newest client knows them. WEBHOOK_URL: where a receiver listens."""

import json
import os
import sys

from mlflow.entities.webhook import WebhookAction, WebhookEntity, WebhookEvent, WebhookStatus
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

client = MlflowClient()
facts: dict[str, object] = {}
EVENTS = [
    WebhookEvent(WebhookEntity.REGISTERED_MODEL, WebhookAction.CREATED),
    WebhookEvent(WebhookEntity.MODEL_VERSION, WebhookAction.CREATED),
    WebhookEvent(WebhookEntity.MODEL_VERSION_ALIAS, WebhookAction.CREATED),
    WebhookEvent(WebhookEntity.MODEL_VERSION_TAG, WebhookAction.SET),
]

spare = client.create_webhook("spare", os.environ["WEBHOOK_URL"], EVENTS[:1], status=WebhookStatus.DISABLED)
webhook = client.create_webhook("wire", os.environ["WEBHOOK_URL"], EVENTS, description="tells CI", secret="s3cret")
facts["webhook"] = [webhook.name, str(webhook.status), sorted(map(str, webhook.events)), webhook.secret]
facts["webhook_id"] = webhook.webhook_id
tested = client.test_webhook(webhook.webhook_id)
facts["test"] = [tested.success, tested.response_status]

client.create_registered_model("told")
for _ in range(2):
    version = client.create_model_version("told", "s3://models/x").version
client.set_registered_model_alias("told", "champion", version)
client.set_model_version_tag("told", version, "validated", "yes")
client.delete_registered_model("told")

client.update_webhook(spare.webhook_id, name="renamed", description="still asleep")
facts["spare"] = [[found.name, str(found.status)] for found in client.list_webhooks() if found.webhook_id == spare.webhook_id]
client.delete_webhook(spare.webhook_id)
for name, act in (
    ("absent", lambda: client.get_webhook(spare.webhook_id)),
    ("scheme", lambda: client.create_webhook("inner", "ftp://example.com/", EVENTS)),
):
    try:
        act()
    except MlflowException as error:
        facts[name] = error.error_code
sys.stdout.write(json.dumps(facts))
