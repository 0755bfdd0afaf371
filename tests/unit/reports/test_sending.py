"""Reports on a real bill: figures, claims, previews."""

import html
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from assay.accounts.domain.mail import MessageState
from assay.accounts.models import Organization, SentMessage
from assay.accounts.services.mail import render_mail
from assay.core import clock, tenancy
from assay.core.amounts import format_amount
from assay.core.errors import Conflict, Invalid, NotFound
from assay.core.ids import new_id
from assay.costs.domain.basis import Basis
from assay.costs.domain.dimensions import Dimension
from assay.costs.selectors import explorer
from assay.reports.domain.subscriptions import SubscriptionDraft
from assay.reports.domain.weeks import week_of
from assay.reports.models import ReportDelivery
from assay.reports.selectors.figures import collect_figures
from assay.reports.selectors.subscriptions import get_zone, list_deliveries, list_due
from assay.reports.services import reports
from assay.reports.services.composition import TEMPLATE
from assay.reports.services.subscriptions import create_subscription
from tests.factories.bills import charge, import_bill
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
SUBSCRIBED = MONDAY - timedelta(days=40)
DUE = datetime(2026, 3, 9, 8, tzinfo=UTC)
HOSTILE = '<script>alert("ec2")</script> & Co'


@pytest.fixture
def organization(request: pytest.FixtureRequest) -> Organization:
    """With a bill of four weeks: more on later days, two services, one of which is called as an attack would be."""
    made = found_organization(timezone=getattr(request, "param", "America/New_York"))
    charges = [
        charge(f"i-{service}", MONDAY + timedelta(days=day, hours=hour), f"{day + 30}.000000000000001", ServiceName=service)
        for day in range(-14, 14)
        for hour in (0, 12, 22)
        for service in ("Amazon S3", HOSTILE)
    ]
    import_bill(made.id, charges)
    return made


@pytest.fixture
def subscription_id(organization: Organization, draft: SubscriptionDraft) -> UUID:
    with clock.frozen(SUBSCRIBED), tenancy.scope(organization.id):
        return create_subscription(organization.id, draft, actor_id=None).id


@pytest.mark.parametrize("organization", ["UTC", "Europe/Berlin", "America/New_York"], indirect=True)
def test_the_mails_figures_are_the_explorers(organization: Organization) -> None:
    with tenancy.scope(organization.id):
        week = week_of(date(2026, 3, 4), get_zone(organization.id))
        figures = collect_figures(organization.id, week=week, basis=Basis.EFFECTIVE)
        shown = {
            dimension: explorer.summarize(organization.id, group_by=[dimension], interval=week.interval, basis=Basis.EFFECTIVE)
            for dimension in (Dimension.SERVICE, Dimension.ACCOUNT)
        }
    for dimension, breakdown in ((Dimension.SERVICE, figures.services), (Dimension.ACCOUNT, figures.accounts)):
        assert {line.key: line.amount for line in breakdown.lines} == {row.key[0]: row.amount for row in shown[dimension].rows}
        assert shown[dimension].total == figures.total
    days = [sum(column, Decimal(0)) for column in zip(*figures.daily.series.values(), strict=True)]
    assert len(set(days)) == 7
    assert sum(days, Decimal(0)) == figures.total > figures.before > 0


def test_a_due_report_is_sent_once(organization: Organization, subscription_id: UUID) -> None:
    with clock.frozen(DUE + timedelta(hours=12)):
        with tenancy.scope(organization.id):
            ((_, week),) = list_due(organization.id, at=clock.now())
        for _ in range(3):
            reports.send_due_report(organization.id, subscription_id, week.monday)
        with tenancy.scope(organization.id):
            assert list(list_due(organization.id, at=clock.now())) == []
            (delivery,) = list_deliveries(organization.id)
            (message,) = SentMessage.objects.all()
    assert (delivery.message_id, delivery.state) == (message.id, MessageState.WAITING)
    assert (delivery.period.start, message.to) == (week.interval.start, ["ada@example.com"])


def test_a_report_that_is_not_due_is_left_alone(organization: Organization, subscription_id: UUID) -> None:
    with clock.frozen(DUE - timedelta(days=3)):
        reports.send_due_report(organization.id, subscription_id, date(2026, 3, 2))
    with tenancy.scope(organization.id):
        assert not ReportDelivery.objects.exists()


def test_a_task_is_started_for_every_due_report(
    organization: Organization, subscription_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, str]] = []
    monkeypatch.setattr(reports, "defer", lambda name, **values: asked.append({"task": name, **values}))
    with clock.frozen(DUE + timedelta(hours=12)):
        reports.send_due_reports()
    assert {
        "task": "reports.send_report",
        "organization_id": str(organization.id),
        "subscription_id": str(subscription_id),
        "monday": "2026-03-02",
    } in asked


def test_the_same_period_by_hand_is_a_conflict_that_says_when_it_left(
    organization: Organization, subscription_id: UUID
) -> None:
    with clock.frozen(DUE + timedelta(hours=12)), tenancy.scope(organization.id):
        first = reports.send_now(organization.id, subscription_id, day=date(2026, 3, 4), actor_id=None)
        with pytest.raises(Conflict, match="The report on 2 – 8 March 2026 left on 2026-03-09"):
            reports.send_now(organization.id, subscription_id, day=None, actor_id=None)
        other = reports.send_now(organization.id, subscription_id, day=date(2026, 2, 25), actor_id=None)
        assert {row.message_id for row in ReportDelivery.objects.all()} == {first.message_id, other.message_id}
        assert SentMessage.objects.count() == 2


def test_a_week_that_has_not_ended_cannot_be_sent(organization: Organization, subscription_id: UUID) -> None:
    with clock.frozen(DUE), tenancy.scope(organization.id):
        with pytest.raises(Invalid, match="9 – 15 March 2026 has not ended"):
            reports.send_now(organization.id, subscription_id, day=date(2026, 3, 11), actor_id=None)
        assert not ReportDelivery.objects.exists()


def test_a_preview_claims_nothing(organization: Organization, subscription_id: UUID) -> None:
    with clock.frozen(DUE + timedelta(hours=12)), tenancy.scope(organization.id):
        composed = reports.preview(organization.id, subscription_id, day=None)
        assert not ReportDelivery.objects.exists()
        sent = reports.send_now(organization.id, subscription_id, day=None, actor_id=None)
    assert sent.subject == composed.subject


def test_names_from_the_bill_are_escaped_in_html(organization: Organization, subscription_id: UUID) -> None:
    with clock.frozen(DUE + timedelta(hours=12)), tenancy.scope(organization.id):
        composed = reports.preview(organization.id, subscription_id, day=None)
        week = week_of(date(2026, 3, 4), get_zone(organization.id))
        total = collect_figures(organization.id, week=week, basis=Basis.EFFECTIVE).total
    text, markup = render_mail(TEMPLATE, composed.context)
    assert HOSTILE in text
    assert "<script" not in markup
    assert html.escape(HOSTILE) in markup
    assert format_amount(total, "USD") in markup
    assert composed.images["daily"].startswith(b"\x89PNG")


def test_without_any_bill_the_report_says_so(draft: SubscriptionDraft) -> None:
    organization = found_organization()
    with clock.frozen(DUE), tenancy.scope(organization.id):
        made = create_subscription(organization.id, draft, actor_id=None)
        composed = reports.preview(organization.id, made.id, day=None)
    text, markup = render_mail(TEMPLATE, composed.context)
    assert composed.images == {}
    for part in (text, markup):
        assert "No bill has been imported yet" in part
    assert "cid:" not in markup


def test_the_last_days_of_an_unfinished_bill_are_said_to_be_so(organization: Organization, subscription_id: UUID) -> None:
    with clock.frozen(DUE + timedelta(days=7, hours=12)), tenancy.scope(organization.id):
        composed = reports.preview(organization.id, subscription_id, day=None)
    text, _ = render_mail(TEMPLATE, composed.context)
    assert "The bill is known until" in text


def test_a_stranger_can_neither_send_nor_preview(organization: Organization, subscription_id: UUID) -> None:
    eve = found_organization()
    with clock.frozen(DUE), tenancy.scope(eve.id):
        for unknown in (subscription_id, new_id()):
            with pytest.raises(NotFound):
                reports.send_now(eve.id, unknown, day=None, actor_id=None)
            with pytest.raises(NotFound):
                reports.preview(eve.id, unknown, day=None)
        assert list_deliveries(eve.id) == []
