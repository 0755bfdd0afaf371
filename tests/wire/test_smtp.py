"""Mail over real SMTP: whole, and at most once, whoever dies meanwhile."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import Settings

from assay.accounts.domain.mail import MessageState
from assay.accounts.models import Organization, SentMessage
from assay.accounts.services import delivery
from assay.accounts.services.mail import send_mail
from assay.core import clock, tenancy
from assay.reports.services.composition import KIND, TEMPLATE, compose_weekly_costs
from tests.factories.organizations import found_organization
from tests.factories.weekly_figures import make_figures
from tests.plugins.mail_server import Inbox, running_mail_server

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("committed")

SEND = """
import sys
from uuid import UUID
import django
django.setup()
from assay.accounts.services import delivery
delivery.send_message(UUID(sys.argv[1]), UUID(sys.argv[2]))
"""


@pytest.fixture
def server(settings: Settings) -> Iterator[tuple[str, Inbox]]:
    with running_mail_server() as (url, inbox):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(url.rpartition(":")[2])
        yield url, inbox


@pytest.fixture
def organization() -> Organization:
    return found_organization()


@pytest.fixture
def message(organization: Organization) -> SentMessage:
    composed = compose_weekly_costs(make_figures())
    with tenancy.scope(organization.id):
        return send_mail(
            organization.id,
            to=["ada@example.com", "ben@example.com"],
            subject=composed.subject,
            template=TEMPLATE,
            context=composed.context,
            kind=KIND,
            images=composed.images,
        )


def state_of(message: SentMessage) -> MessageState:
    with tenancy.scope(message.organization_id):
        return MessageState(SentMessage.objects.get(id=message.id).state)


def start_sender(message: SentMessage, url: str) -> subprocess.Popen[bytes]:
    """Another process that sends the message, as a worker does."""
    environment = os.environ | {
        "EMAIL_URL": url,
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "assay.settings",
    }
    command = [sys.executable, "-c", SEND, str(message.organization_id), str(message.id)]
    return subprocess.Popen(command, env=environment, cwd=ROOT)


def at_once(work: Callable[[], None], *, times: int) -> None:
    """Run the same work in threads that start together."""
    gate = threading.Barrier(times)

    def enter() -> None:
        gate.wait(30)
        try:
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=enter) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_a_report_arrives_with_text_html_and_its_chart(server: tuple[str, Inbox], message: SentMessage) -> None:
    delivery.send_message(message.organization_id, message.id)
    (mail,) = server[1].accepted
    text, html, image = (part for part in mail.walk() if not part.is_multipart())
    assert mail.get_content_type() == "multipart/related"
    assert [part.get_content_type() for part in (text, html, image)] == ["text/plain", "text/html", "image/png"]
    assert "$3,034.20" in text.get_content()
    assert '<img src="cid:daily"' in html.get_content()
    assert (image["Content-ID"], image.get_content_disposition()) == ("<daily>", "inline")
    assert image.get_content().startswith(b"\x89PNG")


def test_headers_say_from_whom_to_whom_and_which_message(server: tuple[str, Inbox], message: SentMessage) -> None:
    delivery.send_message(message.organization_id, message.id)
    (mail,) = server[1].accepted
    assert mail["Subject"].strip() == "Northwind Research: $3,034.20 for 2 – 8 March 2026, +$167.08 (+6 %)"
    assert (mail["To"], mail["Message-ID"]) == ("ada@example.com, ben@example.com", message.message_id)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert server[1].recipients == [["ada@example.com", "ben@example.com"]]
    assert state_of(message) is MessageState.SENT


def test_senders_that_meet_send_it_once(server: tuple[str, Inbox], message: SentMessage) -> None:
    at_once(lambda: delivery.send_message(message.organization_id, message.id), times=4)
    assert len(server[1].accepted) == 1
    assert state_of(message) is MessageState.SENT


def test_a_sender_killed_while_handing_over_is_followed_by_no_other(server: tuple[str, Inbox], message: SentMessage) -> None:
    url, inbox = server
    inbox.hold()
    sender = start_sender(message, url)
    assert inbox.began.wait(60)
    sender.send_signal(signal.SIGKILL)
    sender.wait(10)
    inbox.released.set()
    delivery.send_message(message.organization_id, message.id)
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        delivery.send_waiting_messages()
        delivery.send_message(message.organization_id, message.id)
    assert len(inbox.accepted) == 1
    assert state_of(message) is MessageState.INTERRUPTED


def test_a_mail_whose_hint_was_lost_leaves_later(
    server: tuple[str, Inbox], message: SentMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(delivery, "defer", lambda name, **values: asked.append(values["message_id"]))
    delivery.send_waiting_messages()
    assert str(message.id) in asked
    delivery.send_message(message.organization_id, message.id)
    delivery.send_waiting_messages()
    assert asked.count(str(message.id)) == 1
    assert len(server[1].accepted) == 1
