"""Bodies of the webhooks' part of /api/v1."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from ninja import Schema
from pydantic import Field

from assay.registry.domain.webhooks import Answer, DeliveryState, DeliveryView, Event, WebhookChange, WebhookStatus, WebhookView

Events = Annotated[list[Event], Field(min_length=1)]


class WebhookIn(Schema):
    """secret: signs the messages; empty for unsigned ones."""

    name: str
    url: str
    events: Events
    description: str = ""
    secret: str = ""
    status: WebhookStatus = WebhookStatus.ACTIVE

    def to_change(self) -> WebhookChange:
        return WebhookChange(
            name=self.name,
            url=self.url,
            events=tuple(self.events),
            description=self.description,
            secret=self.secret,
            status=self.status,
        )


class WebhookPatch(Schema):
    name: str | None = None
    url: str | None = None
    events: Events | None = None
    description: str | None = None
    secret: str | None = None
    status: WebhookStatus | None = None

    def to_change(self) -> WebhookChange:
        return WebhookChange(
            name=self.name,
            url=self.url,
            events=tuple(self.events) if self.events is not None else None,
            description=self.description,
            secret=self.secret,
            status=self.status,
        )


class WebhookOut(Schema):
    """has_secret: whether messages are signed."""

    id: UUID
    name: str
    url: str
    events: list[Event]
    description: str
    status: WebhookStatus
    has_secret: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, webhook: WebhookView) -> Self:
        return cls(
            id=webhook.id,
            name=webhook.name,
            url=webhook.url,
            events=list(webhook.events),
            description=webhook.description,
            status=webhook.status,
            has_secret=webhook.has_secret,
            created_at=webhook.created_at,
            updated_at=webhook.updated_at,
        )


class WebhookList(Schema):
    items: list[WebhookOut]
    next_cursor: str | None


class DeliveryOut(Schema):
    """not_before: when a waiting one is tried next. response_status: null while nobody answered. error: of the last attempt."""

    id: UUID
    event: Event
    state: DeliveryState
    attempts: int
    created_at: datetime
    not_before: datetime
    finished_at: datetime | None
    response_status: int | None
    error: str

    @classmethod
    def of(cls, delivery: DeliveryView) -> Self:
        return cls(
            id=delivery.id,
            event=delivery.event,
            state=delivery.state,
            attempts=delivery.attempts,
            created_at=delivery.created_at,
            not_before=delivery.not_before,
            finished_at=delivery.finished_at,
            response_status=delivery.response_status,
            error=delivery.error,
        )


class DeliveryList(Schema):
    items: list[DeliveryOut]
    next_cursor: str | None


class TrialIn(Schema):
    """event: by default the first that the webhook listens to."""

    event: Event | None = None


class TrialOut(Schema):
    """status: null when nobody answered. told: what happened, in one sentence."""

    accepted: bool
    status: int | None
    told: str

    @classmethod
    def of(cls, answer: Answer) -> Self:
        return cls(accepted=answer.is_accepted, status=answer.status, told=answer.told)
