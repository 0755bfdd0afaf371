"""Sending weekly reports: each period of a subscription once."""

from datetime import date
from uuid import UUID

import structlog
from django.db import transaction

from assay.accounts.services import audit
from assay.accounts.services.mail import send_mail
from assay.core import tenancy
from assay.core.clock import now
from assay.core.deferral import defer
from assay.core.errors import Conflict, Invalid
from assay.costs.domain.basis import Basis
from assay.reports.domain.subscriptions import DeliveryView
from assay.reports.domain.weeks import Week, last_complete_week, week_of
from assay.reports.models import ReportDelivery, ReportSubscription
from assay.reports.selectors.figures import collect_figures
from assay.reports.selectors.subscriptions import get_subscription, get_zone, list_due, view_delivery
from assay.reports.services.composition import KIND, TEMPLATE, Composition, compose_weekly_costs
from assay.reports.services.subscriptions import lock_subscription

log = structlog.get_logger(__name__)


def send_due_reports() -> None:
    """Start a task for each report that should have left; called outside a scope, every minute."""
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            for subscription_id, week in list_due(organization_id, at=now()):
                defer(
                    "reports.send_report",
                    organization_id=str(organization_id),
                    subscription_id=str(subscription_id),
                    monday=week.monday.isoformat(),
                )


def send_due_report(organization_id: UUID, subscription_id: UUID, monday: date) -> None:
    """Send one report that is due; one that has been claimed meanwhile, or whose subscription ended, is left alone."""
    with tenancy.scope(organization_id):
        week = Week(monday, get_zone(organization_id))
        if (subscription_id, week) not in list_due(organization_id, at=now()):
            return
        try:
            _send(organization_id, subscription_id, week)
        except Conflict:
            log.info("report_already_claimed", subscription_id=str(subscription_id), monday=monday.isoformat())


def send_now(organization_id: UUID, subscription_id: UUID, *, day: date | None, actor_id: UUID | None) -> DeliveryView:
    """Send the report on the week that holds a day, or on the last complete one, to the subscription's recipients.

    raises: NotFound; Invalid when the week has not ended; Conflict when its report has left before.
    """
    week = choose_week(organization_id, day)
    with transaction.atomic():
        delivery = _send(organization_id, subscription_id, week)
        details = {"subscription_id": str(subscription_id), "monday": week.monday.isoformat()}
        audit.record(organization_id, actor_id=actor_id, action="report.sent", subject=week.label, details=details)
    return delivery


def preview(organization_id: UUID, subscription_id: UUID, *, day: date | None) -> Composition:
    """The report as it would be sent; nothing is claimed or sent. raises: NotFound, Invalid."""
    subscription = get_subscription(organization_id, subscription_id)
    figures = collect_figures(organization_id, week=choose_week(organization_id, day), basis=subscription.basis)
    return compose_weekly_costs(figures)


def choose_week(organization_id: UUID, day: date | None) -> Week:
    """The week that holds a day, else the last complete one, in the organization's zone. raises: Invalid before its end."""
    newest = last_complete_week(now(), get_zone(organization_id))
    if day is None:
        return newest
    week = week_of(day, newest.zone)
    if week.monday > newest.monday:
        raise Invalid(f"The week of {week.label} has not ended: the newest report is on {newest.label}.", field="day")
    return week


def _send(organization_id: UUID, subscription_id: UUID, week: Week) -> DeliveryView:
    """Claim the period and store the mail, both or neither: they commit together, before the mail leaves.

    Whoever comes second waits for the row of the first, and then finds the claim. raises: Conflict.
    """
    with transaction.atomic():
        subscription = lock_subscription(subscription_id)
        _check_unclaimed(subscription, week)
        figures = collect_figures(organization_id, week=week, basis=Basis(subscription.basis))
        composed = compose_weekly_costs(figures)
        message = send_mail(
            organization_id,
            to=subscription.recipients,
            subject=composed.subject,
            template=TEMPLATE,
            context=composed.context,
            kind=KIND,
            images=composed.images,
        )
        delivery = ReportDelivery(organization_id=organization_id, subscription=subscription, message=message)
        delivery.period_start, delivery.period_end = week.interval.start, week.interval.end
        delivery.save(force_insert=True)
    return view_delivery(delivery)


def _check_unclaimed(subscription: ReportSubscription, week: Week) -> None:
    earlier = subscription.deliveries.filter(period_start=week.interval.start).first()
    if earlier is None:
        return
    raise Conflict(
        f"The report on {week.label} left on {earlier.claimed_at:%Y-%m-%d %H:%M} UTC; a period is sent once. "
        "Read it under Mail, or preview it.",
        message_id=str(earlier.message_id),
    )
