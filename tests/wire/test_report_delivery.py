"""A period is mailed once, whoever sends it, meets another sender, or dies in between."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections
from pytest_django import Settings

from assay.accounts.models import Organization, SentMessage
from assay.accounts.services import delivery
from assay.core import clock, tenancy
from assay.reports.domain.subscriptions import SubscriptionDraft
from assay.reports.domain.weeks import SendTime, Weekday
from assay.reports.models import ReportDelivery
from assay.reports.selectors.subscriptions import list_due
from assay.reports.services import reports
from assay.reports.services.subscriptions import create_subscription
from tests.factories.organizations import found_organization
from tests.plugins.mail_server import Inbox, running_mail_server

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("committed")

CLAIM = """
import sys, time
from uuid import UUID
import django
django.setup()
from assay.core import tenancy
from assay.reports.services import reports

organization_id, subscription_id, moment = UUID(sys.argv[1]), UUID(sys.argv[2]), sys.argv[3]


def stop_here():
    print("now", flush=True)
    time.sleep(120)


with tenancy.scope(organization_id):
    reports.send_now(organization_id, subscription_id, day=None, actor_id=None)
    if moment == "before the commit":
        stop_here()
stop_here()
"""


@pytest.fixture
def inbox(settings: Settings) -> Iterator[Inbox]:
    with running_mail_server() as (url, inbox):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(url.rpartition(":")[2])
        yield inbox


@pytest.fixture
def organization() -> Organization:
    return found_organization()


@pytest.fixture
def subscription_id(organization: Organization) -> UUID:
    """Due for the last complete week."""
    draft = SubscriptionDraft(("ada@example.com",), SendTime(Weekday.MONDAY, 0))
    with clock.frozen(datetime.now(UTC) - timedelta(days=8)), tenancy.scope(organization.id):
        return create_subscription(organization.id, draft, actor_id=None).id


def send_what_is_due(organization: Organization) -> None:
    with tenancy.scope(organization.id):
        due = list(list_due(organization.id, at=clock.now()))
    for subscription_id, week in due:
        reports.send_due_report(organization.id, subscription_id, week.monday)


def deliver_all(organization: Organization) -> None:
    with tenancy.scope(organization.id):
        messages = list(SentMessage.objects.values_list("id", flat=True))
    for message_id in messages:
        delivery.send_message(organization.id, message_id)


def count_claims(organization: Organization) -> int:
    with tenancy.scope(organization.id):
        return ReportDelivery.objects.count()


def test_senders_of_a_period_that_meet_send_one_mail(organization: Organization, subscription_id: UUID, inbox: Inbox) -> None:
    with tenancy.scope(organization.id):
        ((_, week),) = list_due(organization.id, at=clock.now())
    gate = threading.Barrier(4)

    def send() -> None:
        gate.wait(30)
        try:
            reports.send_due_report(organization.id, subscription_id, week.monday)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    deliver_all(organization)
    assert (count_claims(organization), len(inbox.accepted)) == (1, 1)


@pytest.mark.parametrize(("moment", "claims_left"), [("before the commit", 0), ("after the commit", 1)])
def test_a_sender_killed_around_its_claim_leaves_one_mail_in_the_end(
    organization: Organization, subscription_id: UUID, inbox: Inbox, moment: str, claims_left: int
) -> None:
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "assay.settings",
    }
    command = [sys.executable, "-c", CLAIM, str(organization.id), str(subscription_id), moment]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as sender:
        assert sender.stdout is not None
        assert "now\n" in iter(sender.stdout.readline, "")
        sender.send_signal(signal.SIGKILL)
    assert count_claims(organization) == claims_left
    for _ in range(2):
        send_what_is_due(organization)
        deliver_all(organization)
    assert (count_claims(organization), len(inbox.accepted)) == (1, 1)
