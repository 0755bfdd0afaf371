"""Who gets the weekly report: made, changed and ended by people."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from assay.accounts.services import audit
from assay.accounts.services.mail import check_recipients
from assay.core.clock import now
from assay.core.errors import Invalid
from assay.reports.domain.subscriptions import SubscriptionDraft, SubscriptionView
from assay.reports.models import ReportSubscription
from assay.reports.selectors.subscriptions import get_zone, subscription_missing, view_subscription


def create_subscription(organization_id: UUID, draft: SubscriptionDraft, *, actor_id: UUID | None) -> SubscriptionView:
    """The first report leaves at the next sending time. raises: Invalid naming the field."""
    with transaction.atomic():
        row = _fill(ReportSubscription(organization_id=organization_id), draft)
        row.save(force_insert=True)
        _note(row, "report.subscribed", actor_id)
    return view_subscription(row, get_zone(organization_id))


def update_subscription(
    organization_id: UUID, subscription_id: UUID, draft: SubscriptionDraft, *, actor_id: UUID | None
) -> SubscriptionView:
    """Counts from now on: a new sending time never calls for a report on a time gone by. raises: NotFound; Invalid."""
    with transaction.atomic():
        row = _fill(lock_subscription(subscription_id), draft)
        row.effective_from = now()
        row.save()
        _note(row, "report.subscription_changed", actor_id)
    return view_subscription(row, get_zone(organization_id))


def delete_subscription(organization_id: UUID, subscription_id: UUID, *, actor_id: UUID | None) -> None:
    """The mails that left stay. raises: NotFound."""
    with transaction.atomic():
        row = lock_subscription(subscription_id)
        _note(row, "report.unsubscribed", actor_id)
        row.delete()


def lock_subscription(subscription_id: UUID) -> ReportSubscription:
    """The row, held until the transaction ends. raises: NotFound."""
    row = ReportSubscription.objects.select_for_update().filter(id=subscription_id).first()
    if row is None:
        raise subscription_missing(subscription_id)
    return row


def _fill(row: ReportSubscription, draft: SubscriptionDraft) -> ReportSubscription:
    if not 0 <= draft.send_time.hour <= 23:
        raise Invalid("The hour must lie between 0 and 23, in the organization's zone.", field="hour")
    row.recipients = check_recipients(draft.recipients)
    row.weekday, row.hour = int(draft.send_time.weekday), draft.send_time.hour
    row.basis, row.active = draft.basis.value, draft.active
    return row


def _note(row: ReportSubscription, action: str, actor_id: UUID | None) -> None:
    details: Mapping[str, object] = {
        "subscription_id": str(row.id),
        "weekday": row.weekday,
        "hour": row.hour,
        "active": row.active,
    }
    audit.record(row.organization_id, actor_id=actor_id, action=action, subject=", ".join(row.recipients), details=details)
