from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from assay.accounts.models import AuditEntry
from assay.core import clock, tenancy
from assay.core.errors import Invalid, NotFound
from assay.reports.domain.subscriptions import SubscriptionDraft
from assay.reports.domain.weeks import SendTime, Week, Weekday
from assay.reports.models import ReportSubscription
from assay.reports.selectors.subscriptions import get_subscription, list_due, list_subscriptions
from assay.reports.services.subscriptions import create_subscription, delete_subscription, update_subscription
from tests.factories.organizations import found_organization

TUESDAY = datetime(2026, 3, 3, 10, tzinfo=UTC)
NEXT_MONDAY_AT_8 = datetime(2026, 3, 9, 7, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


def test_a_subscription_says_when_its_next_report_leaves(ada: UUID, draft: SubscriptionDraft) -> None:
    with clock.frozen(TUESDAY):
        made = create_subscription(ada, draft, actor_id=None)
        assert made.next_at == NEXT_MONDAY_AT_8
        assert list_subscriptions(ada) == [made] == [get_subscription(ada, made.id)]
        paused = update_subscription(ada, made.id, replace(draft, active=False), actor_id=None)
    assert paused.next_at is None
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == ["report.subscribed", "report.subscription_changed"]


@pytest.mark.parametrize(
    "change",
    [
        {"recipients": ()},
        {"recipients": ("ada",)},
        {"recipients": tuple(f"ada{number}@example.com" for number in range(51))},
        {"send_time": SendTime(Weekday.MONDAY, 24)},
    ],
)
def test_what_could_never_be_sent_is_refused(ada: UUID, draft: SubscriptionDraft, change: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        create_subscription(ada, replace(draft, **change), actor_id=None)
    assert list_subscriptions(ada) == []


def test_a_report_is_due_at_its_hour_and_not_before(ada: UUID, draft: SubscriptionDraft) -> None:
    with clock.frozen(TUESDAY):
        made = create_subscription(ada, draft, actor_id=None)
    assert list(list_due(ada, at=NEXT_MONDAY_AT_8 - timedelta(seconds=1))) == []
    assert list(list_due(ada, at=NEXT_MONDAY_AT_8)) == [(made.id, Week(date(2026, 3, 2), ZONE))]


def test_a_paused_subscription_is_never_due(ada: UUID, draft: SubscriptionDraft) -> None:
    with clock.frozen(TUESDAY):
        create_subscription(ada, replace(draft, active=False), actor_id=None)
    assert list(list_due(ada, at=NEXT_MONDAY_AT_8)) == []


def test_a_new_sending_time_never_calls_for_a_report_on_a_time_gone_by(ada: UUID, draft: SubscriptionDraft) -> None:
    with clock.frozen(TUESDAY - timedelta(days=30)):
        made = create_subscription(ada, draft, actor_id=None)
    with clock.frozen(TUESDAY):
        update_subscription(ada, made.id, replace(draft, send_time=SendTime(Weekday.TUESDAY, 8)), actor_id=None)
    assert list(list_due(ada, at=TUESDAY)) == []


def test_an_ended_subscription_is_gone(ada: UUID, draft: SubscriptionDraft) -> None:
    made = create_subscription(ada, draft, actor_id=None)
    delete_subscription(ada, made.id, actor_id=None)
    assert list_subscriptions(ada) == []
    with pytest.raises(NotFound):
        delete_subscription(ada, made.id, actor_id=None)


def test_a_stranger_finds_no_subscription(ada: UUID, draft: SubscriptionDraft) -> None:
    made = create_subscription(ada, draft, actor_id=None)
    eve = found_organization().id
    with tenancy.scope(eve):
        assert list_subscriptions(eve) == []
        with pytest.raises(NotFound):
            get_subscription(eve, made.id)
        with pytest.raises(NotFound):
            update_subscription(eve, made.id, draft, actor_id=None)
        with pytest.raises(NotFound):
            delete_subscription(eve, made.id, actor_id=None)
    assert ReportSubscription.objects.count() == 1
