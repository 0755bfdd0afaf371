"""Subscriptions and deliveries as they are shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from assay.accounts.domain.mail import MessageState
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.reports.domain.weeks import SendTime, Weekday


class ReportKind(StrEnum):
    WEEKLY_COSTS = "weekly_costs"


class DayName(StrEnum):
    """A weekday as people and programs name it."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def weekday(self) -> Weekday:
        return Weekday[self.name]

    @classmethod
    def of(cls, weekday: Weekday) -> Self:
        return cls[weekday.name]


@dataclass(frozen=True, slots=True)
class SubscriptionDraft:
    """What a person chooses. send_time: in the organization's zone."""

    recipients: tuple[str, ...]
    send_time: SendTime
    basis: Basis = Basis.EFFECTIVE
    active: bool = True


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """next_at: when the next report leaves, None while it is not active."""

    id: UUID
    kind: ReportKind
    recipients: tuple[str, ...]
    send_time: SendTime
    basis: Basis
    active: bool
    created_at: datetime
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A report that has been claimed. state: of its mail."""

    id: UUID
    subscription_id: UUID
    period: Interval
    message_id: UUID
    subject: str
    state: MessageState
    claimed_at: datetime
