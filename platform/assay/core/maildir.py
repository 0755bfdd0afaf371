"""The embedded mail transport: a maildir in the data directory."""

import mailbox
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class MaildirBackend(BaseEmailBackend):
    """Delivers by writing each message to `ASSAY_MAILDIR`, as a local mail server would."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django passes transport options that a folder has no use for
        super().__init__(*args, **kwargs)
        self.box = mailbox.Maildir(settings.ASSAY_MAILDIR)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            self.box.add(message.message().as_bytes())
        return len(email_messages)
