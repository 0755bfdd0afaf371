"""Mail that Assay has sent."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from assay.accounts.selectors import mail as mails
from assay.accounts.services.access import principal_of
from assay.reports.api.schemas import MailBody, MailList, MailOut

router = Router(tags=["mail"])


class MailQuery(Schema):
    """cursor: next_cursor of the page before."""

    limit: int = Field(50, ge=1, le=200)
    cursor: UUID | None = None


@router.get("mail", response=MailList)
def list_mail(request: HttpRequest, query: Query[MailQuery]) -> MailList:
    """Newest first: reports for those who may read costs, all other mail for those who manage members."""
    principal = principal_of(request)
    page = mails.list_messages(principal.organization_id, principal=principal, limit=query.limit, before=query.cursor)
    return MailList(items=[MailOut.of(message) for message in page.messages], next_cursor=page.next_cursor)


@router.get("mail/{message_id}", response=MailBody)
def get_mail(request: HttpRequest, message_id: UUID) -> MailBody:
    """One mail, whole."""
    principal = principal_of(request)
    return MailBody.whole(mails.get_message(principal.organization_id, message_id, principal=principal))
