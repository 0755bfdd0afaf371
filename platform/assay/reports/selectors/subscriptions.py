"""Subscriptions, what is due, and what has left."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from assay.accounts.domain.mail import MessageState
from assay.accounts.selectors.organizations import get_organization
from assay.core.clock import now
from assay.core.errors import NotFound
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.reports.domain.subscriptions import DeliveryView, ReportKind, SubscriptionView
from assay.reports.domain.weeks import SendTime, Week, Weekday, find_due_week
from assay.reports.models import ReportDelivery, ReportSubscription


def list_subscriptions(organization_id: UUID) -> list[SubscriptionView]:
    """Oldest first."""
    zone = get_zone(organization_id)
    return [view_subscription(row, zone) for row in _of(organization_id).order_by("id")]


def get_subscription(organization_id: UUID, subscription_id: UUID) -> SubscriptionView:
    """raises: NotFound."""
    row = _of(organization_id).filter(id=subscription_id).first()
    if row is None:
        raise subscription_missing(subscription_id)
    return view_subscription(row, get_zone(organization_id))


def subscription_missing(subscription_id: UUID) -> NotFound:
    return NotFound(f"There is no report subscription {subscription_id}.", subscription_id=str(subscription_id))


def list_due(organization_id: UUID, *, at: datetime) -> Iterator[tuple[UUID, Week]]:
    """The active subscriptions whose report should have left and has not been claimed, each with its week."""
    zone = get_zone(organization_id)
    for row in _of(organization_id).filter(active=True).order_by("id"):
        week = find_due_week(at, send_time=_send_time(row), zone=zone, effective_from=row.effective_from)
        if week and not ReportDelivery.objects.filter(subscription=row, period_start=week.interval.start).exists():
            yield row.id, week


def list_deliveries(organization_id: UUID, *, subscription_id: UUID | None = None, limit: int = 100) -> list[DeliveryView]:
    """Newest first."""
    rows = ReportDelivery.objects.filter(organization_id=organization_id).select_related("message")
    if subscription_id is not None:
        rows = rows.filter(subscription_id=subscription_id)
    return [view_delivery(row) for row in rows.defer("message__text", "message__html").order_by("-id")[:limit]]


def get_zone(organization_id: UUID) -> ZoneInfo:
    """The zone in which the organization's reports leave."""
    return ZoneInfo(get_organization(organization_id).timezone)


def view_subscription(row: ReportSubscription, zone: ZoneInfo) -> SubscriptionView:
    send_time = _send_time(row)
    return SubscriptionView(
        id=row.id,
        kind=ReportKind(row.kind),
        recipients=tuple(row.recipients),
        send_time=send_time,
        basis=Basis(row.basis),
        active=row.active,
        created_at=row.created_at,
        next_at=send_time.following(now(), zone) if row.active else None,
    )


def view_delivery(row: ReportDelivery) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        subscription_id=row.subscription_id,
        period=Interval(row.period_start, row.period_end),
        message_id=row.message_id,
        subject=row.message.subject,
        state=MessageState(row.message.state),
        claimed_at=row.claimed_at,
    )


def _of(organization_id: UUID) -> QuerySet[ReportSubscription]:
    return ReportSubscription.objects.filter(organization_id=organization_id)


def _send_time(row: ReportSubscription) -> SendTime:
    return SendTime(Weekday(row.weekday), row.hour)
