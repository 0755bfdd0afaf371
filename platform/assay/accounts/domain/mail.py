"""A mail on its way: states, and what people may see of it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from assay.accounts.domain.roles import Permission


class MessageState(StrEnum):
    """waiting → sending → sent | failed | interrupted. Only a waiting message may be claimed, so none leaves twice."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """Its sender died, or lost the connection, while handing it over: it may or may not have arrived."""


FINANCIAL_KINDS = "report."
"""Kinds of mail that show the bill start so; all others concern people and may hold invitation links."""

MAXIMUM_RECIPIENTS = 50
MAXIMUM_ATTEMPTS = 8
SENDER_LOST_AFTER = timedelta(minutes=10)
LOST_SENDER_NOTE = "The sender stopped while it handed this mail over: it may have arrived, and is not sent again."


def retry_delay(attempts: int) -> timedelta:
    """How long to wait before the next attempt, when the mail server could not be reached: 1, 2, 4 … 60 minutes."""
    return timedelta(minutes=min(2 ** max(attempts - 1, 0), 60))


def embed_images(html: str, images: Mapping[str, bytes]) -> str:
    """The HTML with its `cid:` images inside, as data."""
    for name, content in images.items():
        html = html.replace(f'"cid:{name}"', f'"data:image/png;base64,{base64.b64encode(content).decode()}"')
    return html


def required_permission(kind: str) -> Permission:
    """What one needs to read a mail of this kind."""
    return Permission.COSTS_READ if kind.startswith(FINANCIAL_KINDS) else Permission.MEMBERS_MANAGE


@dataclass(frozen=True, slots=True)
class MessageSummary:
    """A line in the list of sent mail."""

    id: UUID
    kind: str
    to: tuple[str, ...]
    subject: str
    state: MessageState
    error: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageView:
    """One mail, whole.

    html: refers to its images as `cid:<name>`. inline_html: the same with the images inside, to be shown in a sandboxed frame.
    images: name → PNG bytes.
    """

    summary: MessageSummary
    message_id: str
    text: str
    html: str
    inline_html: str
    images: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Newest first. next_cursor: `before` of the following page, None at the end."""

    messages: tuple[MessageSummary, ...]
    next_cursor: UUID | None
