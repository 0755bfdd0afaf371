from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from pytest_django import Settings

from assay.accounts.domain.mail import LOST_SENDER_NOTE, MessageState
from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Role
from assay.accounts.models import Organization, SentMessage
from assay.accounts.selectors import mail as mails
from assay.accounts.services import delivery, mail
from assay.core import clock, tenancy
from assay.core.engines.ports import find_free_port
from assay.core.errors import Invalid, NotFound
from assay.core.ids import new_id
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db
PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def organization(settings: Settings) -> Organization:
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.locmem.Loader",
                        {
                            "mail/note.txt": "Hello {{ name }}, see {{ public_url }}/runs",
                            "mail/note.html": '<p>Hello {{ name }}</p><img src="cid:spend">',
                        },
                    )
                ]
            },
        }
    ]
    return found_organization()


def write(organization: Organization, *, kind: str = "report.weekly", **values: Any) -> SentMessage:
    arguments: dict[str, Any] = {
        "to": ["ada@example.com"],
        "subject": "A note",
        "template": "note",
        "context": {"name": "<b>Ada & Co"},
    }
    with tenancy.scope(organization.id):
        return mail.send_mail(organization.id, kind=kind, **(arguments | values))


def reload(organization: Organization, message: SentMessage) -> SentMessage:
    with tenancy.scope(organization.id):
        return SentMessage.objects.get(id=message.id)


def member(organization: Organization, role: Role) -> Principal:
    return Principal(organization_id=organization.id, user_id=new_id(), email="ada@example.com", role=role)


def test_html_is_escaped_and_text_is_not(organization: Organization) -> None:
    message = write(organization)
    assert "Hello &lt;b&gt;Ada &amp; Co" in message.html
    assert "Hello <b>Ada & Co" in message.text


def test_a_mail_is_delivered_once_however_often_it_is_asked_for(organization: Organization) -> None:
    message = write(organization, images={"spend": PIXEL})
    for _ in range(3):
        delivery.send_message(organization.id, message.id)
    (left,) = outbox.outbox
    assert left.to == ["ada@example.com"]
    assert left.extra_headers["Message-ID"] == message.message_id
    assert reload(organization, message).state == MessageState.SENT


def test_a_mail_whose_sender_died_is_shown_as_interrupted_and_never_sent(organization: Organization) -> None:
    with clock.frozen(AT):
        message = write(organization)
        with tenancy.scope(organization.id):
            SentMessage.objects.filter(id=message.id).update(state=MessageState.SENDING, claimed_at=AT)
    with clock.frozen(AT + timedelta(minutes=11)):
        delivery.send_waiting_messages()
        delivery.send_message(organization.id, message.id)
    found = reload(organization, message)
    assert (found.state, found.error) == (MessageState.INTERRUPTED, LOST_SENDER_NOTE)
    assert outbox.outbox == []


def test_an_unreachable_server_is_tried_again_later_and_finally_given_up(
    organization: Organization, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", find_free_port()
    at, states = AT, []
    with clock.frozen(at):
        message = write(organization)
    for _ in range(9):
        with clock.frozen(at):
            delivery.send_message(organization.id, message.id)
            delivery.send_message(organization.id, message.id)
        states.append(reload(organization, message).state)
        at += timedelta(hours=1)
    assert states == ["waiting"] * 7 + ["failed"] * 2
    assert reload(organization, message).attempts == 8


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to": []}, "1 to 50 recipients"),
        ({"to": ["ada"]}, "'ada' is not an e-mail address"),
        ({"to": ["ada@example.com\nBcc: eve@example.com"]}, "is not an e-mail address"),
        ({"images": {"Spend Chart": PIXEL}}, "image name"),
    ],
)
def test_a_mail_that_cannot_be_sent_is_refused_and_not_stored(
    organization: Organization, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        write(organization, **change)
    with tenancy.scope(organization.id):
        assert SentMessage.objects.count() == 0


def test_a_subject_stays_one_line(organization: Organization) -> None:
    assert write(organization, subject="Week 1\r\nBcc: eve@example.com").subject == "Week 1 Bcc: eve@example.com"


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        (Role.OWNER, ["invitation", "report.weekly"]),
        (Role.FINANCE, ["report.weekly"]),
        (Role.ENGINEER, []),
        (Role.VIEWER, []),
    ],
)
def test_mail_is_shown_to_those_who_may_read_what_it_holds(organization: Organization, role: Role, kinds: list[str]) -> None:
    messages = [write(organization, kind=kind) for kind in ("report.weekly", "invitation")]
    principal = member(organization, role)
    with tenancy.scope(organization.id):
        page = mails.list_messages(organization.id, principal=principal)
        assert [message.kind for message in page.messages] == kinds
        for message in messages:
            if message.kind not in kinds:
                with pytest.raises(NotFound):
                    mails.get_message(organization.id, message.id, principal=principal)


def test_a_stranger_finds_no_mail(organization: Organization) -> None:
    message, elsewhere = write(organization), found_organization()
    eve = member(elsewhere, Role.OWNER)
    with tenancy.scope(elsewhere.id):
        assert mails.list_messages(elsewhere.id, principal=eve).messages == ()
        with pytest.raises(NotFound):
            mails.get_message(elsewhere.id, message.id, principal=eve)


def test_pages_of_mail_are_newest_first_and_do_not_overlap(organization: Organization) -> None:
    written = [write(organization).id for _ in range(5)]
    ada, seen, cursor = member(organization, Role.OWNER), [], None
    with tenancy.scope(organization.id):
        while True:
            page = mails.list_messages(organization.id, principal=ada, limit=2, before=cursor)
            seen += [message.id for message in page.messages]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert seen == written[::-1]


def test_a_shown_mail_carries_its_images_inside(organization: Organization) -> None:
    message = write(organization, images={"spend": PIXEL})
    with tenancy.scope(organization.id):
        view = mails.get_message(organization.id, message.id, principal=member(organization, Role.ADMIN))
    assert view.images == {"spend": PIXEL}
    assert '<img src="cid:spend">' in view.html
    assert '<img src="data:image/png;base64,iVBORw0KGgo' in view.inline_html
