"""Looks at a cloud: what was asked, how each question ended, and what it brought."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from assay.clouds.domain.inventory import Details, ResourceKey


class RefreshSubject(StrEnum):
    INVENTORY = "inventory"
    UTILIZATION = "utilization"


class RefreshState(StrEnum):
    """partial: some questions were not answered; failed: none was, or it did not end."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"

    @property
    def is_open(self) -> bool:
        return self in (RefreshState.QUEUED, RefreshState.RUNNING)


class CallState(StrEnum):
    """denied: the role lacks a permission, or a policy of the organization forbids it."""

    OK = "ok"
    DENIED = "denied"
    FAILED = "failed"


class Trigger(StrEnum):
    BEAT = "beat"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Reported:
    """A resource as its provider tells of it now."""

    key: ResourceKey
    details: Details
    state: str
    name: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    state_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question that was not answered. permission: the IAM action, where one is missing; empty for any other failure."""

    service: str
    operation: str
    message: str
    permission: str = ""

    @property
    def state(self) -> CallState:
        return CallState.DENIED if self.permission else CallState.FAILED


@dataclass(frozen=True, slots=True)
class CallView:
    service: str
    operation: str
    account_id: str
    region: str
    state: CallState
    items: int
    seconds: float
    permission: str
    message: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class RefreshView:
    """calls: how many ended in each state."""

    id: UUID
    connection_id: UUID
    connection_name: str
    subject: RefreshSubject
    state: RefreshState
    trigger: Trigger
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    attempt: int
    message: str
    calls: Mapping[CallState, int]

    @property
    def duration(self) -> timedelta | None:
        return self.ended_at - self.started_at if self.started_at and self.ended_at else None


@dataclass(frozen=True, slots=True)
class Grant:
    """What the last refresh of each connection says about one IAM action. answered: how many calls were. places: (account, region) that
    refused it; a policy of the organization may forbid a region that nobody uses, so that only an action that nowhere works is missing.
    """

    permission: str
    answered: int
    places: tuple[tuple[str, str], ...]

    @property
    def is_missing(self) -> bool:
        return bool(self.places) and not self.answered


@dataclass(frozen=True, slots=True)
class ChangeView:
    """before, after: values by field, of what differs."""

    at: datetime
    before: Mapping[str, object]
    after: Mapping[str, object]
