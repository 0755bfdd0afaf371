"""Handing stored mail to the mail server: at most once each."""

from email.mime.image import MIMEImage
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from uuid import UUID

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F

from assay.accounts.domain.mail import LOST_SENDER_NOTE, MAXIMUM_ATTEMPTS, SENDER_LOST_AFTER, MessageState, retry_delay
from assay.accounts.models import SentMessage
from assay.core import tenancy
from assay.core.clock import now
from assay.core.deferral import defer

log = structlog.get_logger(__name__)


class MailWithImages(EmailMultiAlternatives):
    """Text and HTML as alternatives, and the images that the HTML shows beside them."""

    mixed_subtype = "related"


def send_message(organization_id: UUID, message_id: UUID) -> None:
    """Send one waiting message; does nothing when another sender has it, or it has left.

    Called outside a scope: the claim must have committed before the mail leaves, so a sender that dies can never be
    followed by a second one.
    """
    with tenancy.scope(organization_id):
        if not _claim(message_id):
            return
        message = SentMessage.objects.prefetch_related("images").get(id=message_id)
    connection, mail = get_connection(), _compose(message)
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        _record(message, **_postponed(message, error))
        return
    state, problem = _hand_over(connection, mail)
    _record(message, state=state, error=problem, sent_at=now() if state is MessageState.SENT else None)


def send_waiting_messages() -> None:
    """Send again what waits because its hint was lost or the server was away; name what its sender left behind."""
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            stale = SentMessage.objects.filter(state=MessageState.SENDING, claimed_at__lt=now() - SENDER_LOST_AFTER)
            stale.update(state=MessageState.INTERRUPTED, error=LOST_SENDER_NOTE)
            waiting = SentMessage.objects.filter(state=MessageState.WAITING, not_before__lte=now())
            for message_id in waiting.order_by("not_before").values_list("id", flat=True)[:500]:
                defer("accounts.send_message", organization_id=str(organization_id), message_id=str(message_id))


def _claim(message_id: UUID) -> bool:
    waiting = SentMessage.objects.filter(id=message_id, state=MessageState.WAITING, not_before__lte=now())
    return waiting.update(state=MessageState.SENDING, claimed_at=now(), attempts=F("attempts") + 1) == 1


def _hand_over(connection: BaseEmailBackend, mail: EmailMultiAlternatives) -> tuple[MessageState, str]:
    """returns: the state after the attempt, and why if it is not sent."""
    try:
        connection.send_messages([mail])
    except (SMTPResponseException, SMTPRecipientsRefused) as error:
        return MessageState.FAILED, f"The mail server refused it: {error}"
    except (OSError, SMTPException) as error:
        return MessageState.INTERRUPTED, f"{LOST_SENDER_NOTE} ({type(error).__name__}: {error})"
    finally:
        connection.close()
    return MessageState.SENT, ""


def _compose(message: SentMessage) -> EmailMultiAlternatives:
    mail = MailWithImages(
        subject=message.subject,
        body=message.text,
        to=message.to,
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(message.html, "text/html")
    for image in message.images.all():
        part = MIMEImage(bytes(image.content), "png")
        part.add_header("Content-ID", f"<{image.name}>")
        part.add_header("Content-Disposition", "inline", filename=f"{image.name}.png")
        mail.attach(part)
    return mail


def _postponed(message: SentMessage, error: Exception) -> dict[str, object]:
    """The server could not be reached, so nothing has left: wait and try again, or give up after many attempts."""
    reason = f"The mail server cannot be reached: {error}"
    if message.attempts >= MAXIMUM_ATTEMPTS:
        return {"state": MessageState.FAILED, "error": reason}
    return {"state": MessageState.WAITING, "error": reason, "not_before": now() + retry_delay(message.attempts)}


def _record(message: SentMessage, **outcome: object) -> None:
    outcome["error"] = str(outcome.get("error", ""))[:500]
    with tenancy.scope(message.organization_id):
        SentMessage.objects.filter(id=message.id, state=MessageState.SENDING).update(**outcome)
    log.info("mail_attempted", message_id=str(message.id), state=str(outcome["state"]), kind=message.kind)
