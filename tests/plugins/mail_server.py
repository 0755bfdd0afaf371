"""A real SMTP server on loopback that keeps what it accepts, and can be slow about it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from assay.core.engines.ports import find_free_port


class Inbox:
    """accepted: what the server has taken. began: set when a client has handed over a whole message.

    While `held`, the answer to that is kept back: the client cannot know whether its message was taken.
    """

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.began = threading.Event()
        self.released = threading.Event()
        self.released.set()

    def hold(self) -> None:
        self.released.clear()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.accepted.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        self.began.set()
        await server.loop.run_in_executor(None, self.released.wait, 60)
        return "250 taken"


@contextmanager
def running_mail_server() -> Iterator[tuple[str, Inbox]]:
    """yields: the EMAIL_URL, and what arrives there."""
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=find_free_port())
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}", inbox
    finally:
        inbox.released.set()
        controller.stop()
