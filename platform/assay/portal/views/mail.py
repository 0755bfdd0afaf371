"""Mail that was sent, as its readers got it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from assay.accounts.selectors.mail import get_message, list_messages
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.addresses import read_cursor

FRAME_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@page(None)
def show_mail(request: MemberRequest) -> HttpResponse:
    cursor = read_cursor(request)
    found = list_messages(request.principal.organization_id, principal=request.principal, before=cursor)
    context = {"section": "mail", "messages_sent": found.messages, "next_cursor": found.next_cursor, "cursor": cursor}
    return render(request, "mailbox/list.html", context)


@page(None)
def show_message(request: MemberRequest, message_id: UUID) -> HttpResponse:
    message = get_message(request.principal.organization_id, message_id, principal=request.principal)
    part = "text" if request.GET.get("part") == "text" or not message.html else "html"
    return render(request, "mailbox/show.html", {"section": "mail", "mail": message, "part": part})


@page(None)
def send_body(request: MemberRequest, message_id: UUID) -> HttpResponse:
    """The HTML part, for the sandboxed frame: no scripts, nothing from elsewhere."""
    message = get_message(request.principal.organization_id, message_id, principal=request.principal)
    response = HttpResponse(message.inline_html)
    response["Content-Security-Policy"] = FRAME_POLICY
    return response
