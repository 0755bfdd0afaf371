"""Who gets which report, and what has left."""

from datetime import date
from uuid import UUID

from ninja import Router, Status

from assay.accounts.domain.mail import embed_images
from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.accounts.services.mail import render_mail
from assay.reports.api.schemas import (
    DeliveryList,
    DeliveryOut,
    PreviewOut,
    SendIn,
    SubscriptionIn,
    SubscriptionList,
    SubscriptionOut,
)
from assay.reports.selectors import subscriptions as saved
from assay.reports.services import reports, subscriptions
from assay.reports.services.composition import TEMPLATE

router = Router(tags=["reports"])


@router.get("reports/subscriptions", response=SubscriptionList)
@require(Permission.COSTS_READ)
def list_subscriptions(request: MemberRequest) -> SubscriptionList:
    """Oldest first."""
    found = saved.list_subscriptions(request.principal.organization_id)
    return SubscriptionList(items=[SubscriptionOut.of(view) for view in found])


@router.post("reports/subscriptions", response={201: SubscriptionOut})
@require(Permission.COSTS_WRITE)
def create_subscription(request: MemberRequest, payload: SubscriptionIn) -> Status[SubscriptionOut]:
    """Send the weekly cost report to these addresses from the next sending time on."""
    principal = request.principal
    made = subscriptions.create_subscription(principal.organization_id, payload.draft(), actor_id=principal.user_id)
    return Status(201, SubscriptionOut.of(made))


@router.get("reports/subscriptions/{subscription_id}", response=SubscriptionOut)
@require(Permission.COSTS_READ)
def get_subscription(request: MemberRequest, subscription_id: UUID) -> SubscriptionOut:
    return SubscriptionOut.of(saved.get_subscription(request.principal.organization_id, subscription_id))


@router.put("reports/subscriptions/{subscription_id}", response=SubscriptionOut)
@require(Permission.COSTS_WRITE)
def update_subscription(request: MemberRequest, subscription_id: UUID, payload: SubscriptionIn) -> SubscriptionOut:
    """Replace recipients and sending time; what has left stays."""
    principal = request.principal
    changed = subscriptions.update_subscription(
        principal.organization_id, subscription_id, payload.draft(), actor_id=principal.user_id
    )
    return SubscriptionOut.of(changed)


@router.delete("reports/subscriptions/{subscription_id}", response={204: None})
@require(Permission.COSTS_WRITE)
def delete_subscription(request: MemberRequest, subscription_id: UUID) -> Status[None]:
    """No further report leaves; the mails that did stay readable."""
    principal = request.principal
    subscriptions.delete_subscription(principal.organization_id, subscription_id, actor_id=principal.user_id)
    return Status(204, None)


@router.post("reports/subscriptions/{subscription_id}/send", response={202: DeliveryOut})
@require(Permission.COSTS_WRITE)
def send_report(request: MemberRequest, subscription_id: UUID, payload: SendIn | None = None) -> Status[DeliveryOut]:
    """Send a week's report now; a week that was sent before is a conflict."""
    principal, day = request.principal, payload.day if payload else None
    sent = reports.send_now(principal.organization_id, subscription_id, day=day, actor_id=principal.user_id)
    return Status(202, DeliveryOut.of(sent))


@router.get("reports/subscriptions/{subscription_id}/preview", response=PreviewOut)
@require(Permission.COSTS_READ)
def preview_report(request: MemberRequest, subscription_id: UUID, day: date | None = None) -> PreviewOut:
    """A week's report as it would leave; nothing is sent, and the week stays unsent."""
    composed = reports.preview(request.principal.organization_id, subscription_id, day=day)
    text, html = render_mail(TEMPLATE, composed.context)
    return PreviewOut(subject=composed.subject, text=text, html=embed_images(html, composed.images))


@router.get("reports/deliveries", response=DeliveryList)
@require(Permission.COSTS_READ)
def list_deliveries(request: MemberRequest, subscription_id: UUID | None = None) -> DeliveryList:
    """The newest 100 reports that have left."""
    found = saved.list_deliveries(request.principal.organization_id, subscription_id=subscription_id)
    return DeliveryList(items=[DeliveryOut.of(view) for view in found])
