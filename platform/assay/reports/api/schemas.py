"""Bodies of the reports part of /api/v1."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from ninja import Field, Schema

from assay.accounts.domain.mail import MessageState, MessageSummary, MessageView
from assay.costs.domain.basis import Basis
from assay.reports.domain.subscriptions import DayName, DeliveryView, ReportKind, SubscriptionDraft, SubscriptionView
from assay.reports.domain.weeks import SendTime


class SubscriptionIn(Schema):
    """weekday, hour: when the report on the last complete week leaves, in the organization's zone."""

    recipients: list[str]
    weekday: DayName = DayName.MONDAY
    hour: int = Field(8, ge=0, le=23)
    basis: Basis = Basis.EFFECTIVE
    active: bool = True

    def draft(self) -> SubscriptionDraft:
        send_time = SendTime(self.weekday.weekday, self.hour)
        return SubscriptionDraft(tuple(self.recipients), send_time, self.basis, self.active)


class SubscriptionOut(Schema):
    """next_at: when the next report leaves; null while it is not active."""

    id: UUID
    kind: ReportKind
    recipients: list[str]
    weekday: DayName
    hour: int
    basis: Basis
    active: bool
    created_at: datetime
    next_at: datetime | None

    @classmethod
    def of(cls, view: SubscriptionView) -> Self:
        return cls(
            id=view.id,
            kind=view.kind,
            recipients=list(view.recipients),
            weekday=DayName.of(view.send_time.weekday),
            hour=view.send_time.hour,
            basis=view.basis,
            active=view.active,
            created_at=view.created_at,
            next_at=view.next_at,
        )


class SubscriptionList(Schema):
    items: list[SubscriptionOut]
    next_cursor: str | None = None


class SendIn(Schema):
    """day: any day of the week that is reported; without it the last complete week."""

    day: date | None = None


class DeliveryOut(Schema):
    """state: of the mail. message_id: the mail, as in /mail."""

    id: UUID
    subscription_id: UUID
    period_start: datetime
    period_end: datetime
    message_id: UUID
    subject: str
    state: MessageState
    claimed_at: datetime

    @classmethod
    def of(cls, view: DeliveryView) -> Self:
        return cls(
            id=view.id,
            subscription_id=view.subscription_id,
            period_start=view.period.start,
            period_end=view.period.end,
            message_id=view.message_id,
            subject=view.subject,
            state=view.state,
            claimed_at=view.claimed_at,
        )


class DeliveryList(Schema):
    items: list[DeliveryOut]
    next_cursor: str | None = None


class PreviewOut(Schema):
    """html: with the chart inside."""

    subject: str
    text: str
    html: str


class MailOut(Schema):
    id: UUID
    kind: str
    to: list[str]
    subject: str
    state: MessageState
    error: str
    created_at: datetime
    sent_at: datetime | None

    @classmethod
    def of(cls, summary: MessageSummary) -> Self:
        return cls.model_validate(summary, from_attributes=True)


class MailList(Schema):
    items: list[MailOut]
    next_cursor: UUID | None


class MailBody(MailOut):
    """html: with its images inside."""

    message_id: str
    text: str
    html: str

    @classmethod
    def whole(cls, view: MessageView) -> Self:
        summary = MailOut.of(view.summary).model_dump()
        return cls(**summary, message_id=view.message_id, text=view.text, html=view.inline_html)
