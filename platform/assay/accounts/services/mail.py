"""Writing a mail: stored with the change that causes it, sent after that change has committed."""

import re
from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.template import Context
from django.template.engine import Engine

from assay.accounts.domain.mail import MAXIMUM_RECIPIENTS
from assay.accounts.models import MessageImage, SentMessage
from assay.core.deferral import defer
from assay.core.errors import Invalid
from assay.core.ids import new_id

IMAGE_NAME = re.compile(r"[a-z0-9-]{1,64}")


def send_mail(
    organization_id: UUID,
    *,
    to: Sequence[str],
    subject: str,
    template: str,
    context: Mapping[str, object],
    kind: str,
    images: Mapping[str, bytes] | None = None,
) -> SentMessage:
    """Store a mail; a worker hands it to the mail server after the surrounding transaction has committed.

    template: name below `mail/`; `<template>.txt` and `<template>.html` are rendered, the latter escaped.
    context: what the templates show; `public_url` is added. kind: e.g. `invitation`, `report.weekly`.
    images: name → PNG; the HTML shows one with `<img src="cid:<name>">`.
    returns: the stored message, waiting. raises: Invalid naming a bad address or image name.
    """
    images = images or {}
    recipients = check_recipients(to)
    bad = next((name for name in images if not IMAGE_NAME.fullmatch(name)), None)
    if bad is not None:
        raise Invalid(f"The image name {bad!r} must be lower-case letters, digits and hyphens.")
    message = SentMessage(organization_id=organization_id, kind=kind, to=recipients, subject=_one_line(subject))
    message.id = new_id()
    message.message_id = f"<{message.id}@{_mail_domain()}>"
    message.text, message.html = render_mail(template, context)
    with transaction.atomic():
        message.save(force_insert=True)
        MessageImage.objects.bulk_create(
            MessageImage(organization_id=organization_id, message=message, name=name, content=content)
            for name, content in images.items()
        )
        defer("accounts.send_message", organization_id=str(organization_id), message_id=str(message.id))
    return message


def render_mail(template: str, context: Mapping[str, object]) -> tuple[str, str]:
    """returns: text and HTML of a mail; in the HTML every value is escaped."""
    return _render(f"mail/{template}.txt", context, escaped=False), _render(f"mail/{template}.html", context, escaped=True)


def check_recipients(addresses: Sequence[str]) -> list[str]:
    """The addresses, trimmed, each once, in order. raises: Invalid naming the bad one."""
    recipients = list(dict.fromkeys(address.strip() for address in addresses))
    if not recipients or len(recipients) > MAXIMUM_RECIPIENTS:
        raise Invalid(f"A mail needs 1 to {MAXIMUM_RECIPIENTS} recipients, not {len(recipients)}.")
    for address in recipients:
        try:
            validate_email(address)
        except ValidationError as error:
            raise Invalid(f"{address!r} is not an e-mail address.", address=address) from error
    return recipients


def _render(name: str, context: Mapping[str, object], *, escaped: bool) -> str:
    values = Context({**context, "public_url": settings.PUBLIC_URL}, autoescape=escaped)
    return Engine.get_default().get_template(name).render(values).strip() + "\n"


def _one_line(subject: str) -> str:
    return " ".join(subject.split())[:300]


def _mail_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
