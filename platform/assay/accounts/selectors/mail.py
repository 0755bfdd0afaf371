"""Sent mail, for those who may read it."""

from uuid import UUID

from django.db.models import Q, QuerySet

from assay.accounts.domain.mail import (
    FINANCIAL_KINDS,
    MessagePage,
    MessageState,
    MessageSummary,
    MessageView,
    embed_images,
    required_permission,
)
from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Permission
from assay.accounts.models import SentMessage
from assay.core.errors import NotFound


def list_messages(organization_id: UUID, *, principal: Principal, limit: int = 50, before: UUID | None = None) -> MessagePage:
    """The mail that the principal may read: reports need costs.read, all other mail members.manage.

    before: next_cursor of the page above. Bodies and images are not read.
    """
    rows = _readable(organization_id, principal).defer("text", "html").order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: limit + 1])
    shown = tuple(_summarize(row) for row in found[:limit])
    return MessagePage(messages=shown, next_cursor=shown[-1].id if len(found) > limit else None)


def get_message(organization_id: UUID, message_id: UUID, *, principal: Principal) -> MessageView:
    """raises: NotFound when there is none that the principal may read."""
    row = _readable(organization_id, principal).prefetch_related("images").filter(id=message_id).first()
    if row is None:
        raise NotFound(f"There is no mail {message_id}.", message_id=str(message_id))
    images = {image.name: bytes(image.content) for image in row.images.all()}
    return MessageView(
        summary=_summarize(row),
        message_id=row.message_id,
        text=row.text,
        html=row.html,
        inline_html=embed_images(row.html, images),
        images=images,
    )


def _readable(organization_id: UUID, principal: Principal) -> QuerySet[SentMessage]:
    rows = SentMessage.objects.filter(organization_id=organization_id)
    financial = Q(kind__startswith=FINANCIAL_KINDS)
    if not principal.may(Permission.COSTS_READ):
        rows = rows.exclude(financial)
    if not principal.may(required_permission("")):
        rows = rows.filter(financial)
    return rows


def _summarize(row: SentMessage) -> MessageSummary:
    return MessageSummary(
        id=row.id,
        kind=row.kind,
        to=tuple(row.to),
        subject=row.subject,
        state=MessageState(row.state),
        error=row.error,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )
