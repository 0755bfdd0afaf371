"""What is told to whom: events, the message they are told in, and its signature.

Message and signature are MLflow's, so that receivers written for it understand Assay.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from assay.core.errors import Invalid

NAME_LENGTH = 63
URL_LENGTH = 2_000
SECRET_LENGTH = 1_000
DESCRIPTION_LENGTH = 1_000
_NAME = re.compile(r"(?=.{1,63}$)[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?")

Payload = Mapping[str, object]


class Event(StrEnum):
    """`<entity>.<action>`."""

    MODEL_CREATED = "registered_model.created"
    VERSION_CREATED = "model_version.created"
    VERSION_TAG_SET = "model_version_tag.set"
    VERSION_TAG_DELETED = "model_version_tag.deleted"
    ALIAS_CREATED = "model_version_alias.created"
    ALIAS_DELETED = "model_version_alias.deleted"
    PROMPT_CREATED = "prompt.created"
    PROMPT_VERSION_CREATED = "prompt_version.created"
    PROMPT_TAG_SET = "prompt_tag.set"
    PROMPT_TAG_DELETED = "prompt_tag.deleted"
    PROMPT_VERSION_TAG_SET = "prompt_version_tag.set"
    PROMPT_VERSION_TAG_DELETED = "prompt_version_tag.deleted"
    PROMPT_ALIAS_CREATED = "prompt_alias.created"
    PROMPT_ALIAS_DELETED = "prompt_alias.deleted"
    FINDING_CREATED = "finding.created"

    @property
    def entity(self) -> str:
        return self.value.partition(".")[0]

    @property
    def action(self) -> str:
        return self.value.partition(".")[2]

    @property
    def is_mlflows(self) -> bool:
        """MLflow's clients refuse a whole answer in which they find an event that they do not know."""
        return self is not Event.FINDING_CREATED


class WebhookStatus(StrEnum):
    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"


class DeliveryState(StrEnum):
    """waiting → sending → delivered | failed; back to waiting while attempts are left or when a sender was lost."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WebhookView:
    """The secret is never shown; has_secret says whether messages are signed."""

    id: UUID
    name: str
    url: str
    events: tuple[Event, ...]
    description: str
    status: WebhookStatus
    has_secret: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """None leaves a field as it is; an empty secret removes it."""

    name: str | None = None
    url: str | None = None
    events: tuple[Event, ...] | None = None
    description: str | None = None
    secret: str | None = None
    status: WebhookStatus | None = None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One event on its way to one webhook. not_before: when it is tried next, while it waits. response_status: of the last attempt
    that was answered. error: why the last one was not accepted, in words.
    """

    id: UUID
    event: Event
    state: DeliveryState
    attempts: int
    created_at: datetime
    not_before: datetime
    finished_at: datetime | None
    response_status: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from a receiver. status: None when nothing did, and error says why."""

    status: int | None
    body: str = ""
    error: str = ""

    @property
    def is_accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def told(self) -> str:
        """In one sentence."""
        if self.error:
            return self.error
        words = " ".join(self.body.split())[:300]
        return f"The receiver answered {self.status}: {words}" if words else f"The receiver answered {self.status}."

    @property
    def is_worth_a_retry(self) -> bool:
        return self.status is None or self.status in (408, 425, 429) or self.status >= 500


MAXIMUM_ATTEMPTS = 8
LEASE = timedelta(minutes=2)
KEPT = timedelta(days=30)


def retry_delay(attempts: int) -> timedelta:
    """10, 20, 40 … seconds, at most an hour; attempts: made so far."""
    return timedelta(seconds=min(10 * 2 ** max(attempts - 1, 0), 3_600))


def write_message(event: Event, payload: Payload, *, at: datetime) -> str:
    """The body that is signed and sent, the same at each attempt."""
    return json.dumps({"entity": event.entity, "action": event.action, "timestamp": at.isoformat(), "data": payload})


def sign(secret: str, *, delivery_id: UUID, timestamp: int, body: str) -> str:
    """HMAC-SHA256 over `<delivery id>.<Unix seconds>.<body>`, as `v1,<base64>`."""
    content = f"{delivery_id}.{timestamp}.{body}"
    return "v1," + base64.b64encode(hmac.new(secret.encode(), content.encode(), hashlib.sha256).digest()).decode()


def write_headers(*, secret: str, delivery_id: UUID, timestamp: int, body: str) -> dict[str, str]:
    """secret: empty for unsigned."""
    headers = {
        "Content-Type": "application/json",
        "X-MLflow-Delivery-Id": str(delivery_id),
        "X-MLflow-Timestamp": str(timestamp),
    }
    if secret:
        headers["X-MLflow-Signature"] = sign(secret, delivery_id=delivery_id, timestamp=timestamp, body=body)
    return headers


def check_webhook(change: WebhookChange) -> None:
    """raises: Invalid naming the field. Whether the address may be called is the service's to say."""
    if change.name is not None and not _NAME.fullmatch(change.name):
        raise Invalid(
            f"Webhook name {change.name!r} is invalid. It must start and end with a letter or digit, be less than 63 characters "
            "long, and contain only letters, digits, dots (.), underscores (_), and hyphens (-).",
            field="name",
        )
    if change.events is not None and not change.events:
        raise Invalid("Webhook events must be a non-empty list of WebhookEvent objects: [].", field="events")
    texts = (("url", change.url, URL_LENGTH), ("description", change.description, DESCRIPTION_LENGTH))
    for field, text, limit in (*texts, ("secret", change.secret, SECRET_LENGTH)):
        if text is not None and (len(text) > limit or "\x00" in text):
            raise Invalid(f"The webhook's {field} may have at most {limit} characters and no NUL.", field=field)
