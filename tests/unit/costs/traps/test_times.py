"""Days, hours and months of money: UTC, half-open, complete or not, and as long as they are."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from assay.accounts.models import Organization
from assay.core import tenancy
from assay.core.intervals import Interval
from assay.costs.domain.dimensions import Dimension
from assay.costs.domain.questions import CostQuestion, Granularity, find_open_step, list_steps, previous_interval
from assay.costs.selectors.explorer import answer
from assay.costs.selectors.freshness import find_reach
from assay.portal.domain.exploration import label_step
from assay.portal.domain.ranges import read_range
from assay.reports.domain.weeks import week_of
from tests.factories import focus
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def bill(*spans: tuple[str, str, str], timezone: str = "UTC", period: str = "2026-01") -> Organization:
    """spans: start, end, cost of each charge. period: the billing period, not that of the charges."""
    first = utc(f"{period}-01")
    borders = {
        "BillingPeriodStart": first.isoformat(),
        "BillingPeriodEnd": (first + timedelta(days=32)).replace(day=1).isoformat(),
    }
    charges = [
        focus.make_charge(cost, ChargePeriodStart=utc(start).isoformat(), ChargePeriodEnd=utc(end).isoformat(), **borders)
        for start, end, cost in spans
    ]
    organization = found_organization()
    Organization.objects.filter(id=organization.id).update(timezone=timezone)
    deliver(organization.id, focus.write_csv(charges))
    return organization


def steps(organization: Organization, first: str, end: str, granularity: Granularity) -> dict[str, Decimal]:
    question = CostQuestion(Interval(utc(first), utc(end)), granularity=granularity)
    with tenancy.scope(organization.id):
        found = answer(organization.id, question)
    assert sum(found.step_totals, Decimal(0)) == found.total
    return dict(zip(found.steps, found.step_totals, strict=True))


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_trap_19_days_are_utcs_and_ends_exclusive_wherever_the_organization_is(zone: str) -> None:
    organization = bill(
        ("2026-01-31T23:00", "2026-02-01T00:00", "1"), ("2026-02-01T00:00", "2026-02-01T01:00", "2"), timezone=zone
    )
    assert steps(organization, "2026-01-31", "2026-02-01", Granularity.DAY) == {"2026-01-31": 1}
    assert steps(organization, "2026-01-01", "2026-03-01", Granularity.MONTH) == {"2026-01": 1, "2026-02": 2}
    picked = read_range(key="", first="2026-01-31", last="2026-01-31", at=utc("2026-03-01"))
    assert picked.interval == Interval(utc("2026-01-31"), utc("2026-02-01"))
    assert week_of(date(2026, 1, 31), ZoneInfo(zone)).interval == Interval(utc("2026-01-26"), utc("2026-02-02"))


@pytest.mark.parametrize(("day", "clock"), [("2026-11-01", "1 Nov 01:00"), ("2026-03-08", "8 Mar 03:00")])
def test_trap_20_where_clocks_change_a_day_keeps_its_24_hours_and_none_is_lost_or_doubled(day: str, clock: str) -> None:
    hours = [utc(day) + timedelta(hours=number) for number in range(24)]
    organization = bill(
        *((f"{at:%Y-%m-%dT%H:%M}", f"{at + timedelta(hours=1):%Y-%m-%dT%H:%M}", "1") for at in hours),
        timezone="America/New_York", period=day[:7],
    )  # fmt: skip
    found = steps(organization, day, f"{hours[0] + timedelta(days=1):%Y-%m-%d}", Granularity.HOUR)
    assert list(found.values()) == [1] * 24
    labels = [label_step(step, Granularity.HOUR, ZoneInfo("America/New_York")) for step in found]
    assert len(set(labels)) == 24
    assert any(label.startswith(clock) for label in labels)


def test_trap_21_part_hours_and_whole_days_count_where_they_begin() -> None:
    organization = bill(
        ("2026-01-05T10:42", "2026-01-05T11:00", "0.3"),
        ("2026-01-05T11:00", "2026-01-05T11:17", "0.2"),
        ("2026-01-05T00:00", "2026-01-06T00:00", "24"),
    )
    hours = steps(organization, "2026-01-05", "2026-01-06", Granularity.HOUR)
    assert {step[11:13]: amount for step, amount in hours.items() if amount} == {
        "00": 24, "10": Decimal("0.3"), "11": Decimal("0.2"),
    }  # fmt: skip
    assert steps(organization, "2026-01-05", "2026-01-06", Granularity.DAY) == {"2026-01-05": Decimal("24.5")}


def test_trap_22_what_may_still_grow_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    organization = bill(("2026-01-10T10:00", "2026-01-10T11:00", "1"), ("2026-01-01T00:00", "2026-02-01T00:00", "5"))
    monkeypatch.setattr("assay.costs.selectors.freshness.now", lambda: utc("2026-01-10T15:00"))
    with tenancy.scope(organization.id):
        reach = find_reach(organization.id)
    assert (reach.charged_until, reach.complete_until) == (utc("2026-02-01"), utc("2026-01-08T15:00"))
    days = list_steps(Interval(utc("2026-01-07"), utc("2026-01-12")), Granularity.DAY)
    assert find_open_step(days, Granularity.DAY, reach.complete_until) == days.index("2026-01-08")
    assert find_open_step(days[:1], Granularity.DAY, reach.complete_until) is None


def test_trap_22_the_slowest_source_that_still_delivers_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    organization = bill(("2026-01-10T10:00", "2026-01-10T11:00", "1"))
    late = focus.make_charge("1", ChargePeriodStart="2026-01-04T10:00:00Z", ChargePeriodEnd="2026-01-04T11:00:00Z")
    deliver(organization.id, focus.write_csv([late]), source_name="late")
    monkeypatch.setattr("assay.costs.selectors.freshness.now", lambda: utc("2026-03-01"))
    with tenancy.scope(organization.id):
        assert find_reach(organization.id).complete_until == utc("2026-01-04T11:00")


def test_trap_24_months_are_as_long_as_they_are() -> None:
    organization = bill(("2026-01-15T00:00", "2026-01-15T01:00", "31"), ("2026-02-15T00:00", "2026-02-15T01:00", "28"))
    february = Interval(utc("2026-02-01"), utc("2026-03-01"))
    assert previous_interval(february) == Interval(utc("2026-01-01"), utc("2026-02-01"))
    assert previous_interval(Interval(utc("2024-03-01"), utc("2024-04-01"))).length == timedelta(days=29)
    with tenancy.scope(organization.id):
        found = answer(organization.id, CostQuestion(february, before=previous_interval(february)))
    assert (found.total, found.total_before) == (28, 31)
    ranges = [read_range(key="last-month", first="", last="", at=utc(at)) for at in ("2026-03-10", "2024-03-10")]
    assert [span.days for span in ranges] == [28, 29]


def test_trap_25_a_late_charge_counts_in_its_own_days_and_is_found_by_the_bill_it_came_on() -> None:
    organization = bill(
        ("2026-01-30T00:00", "2026-01-30T01:00", "3"), ("2026-02-02T00:00", "2026-02-02T01:00", "4"), period="2026-02"
    )
    assert steps(organization, "2026-01-01", "2026-03-01", Granularity.MONTH) == {"2026-01": 3, "2026-02": 4}
    with tenancy.scope(organization.id):
        question = CostQuestion(Interval(utc("2026-01-01"), utc("2026-03-01")), group_by=(Dimension.BILLING_PERIOD,))
        assert {row.key: row.amount for row in answer(organization.id, question).rows} == {("2026-02",): 7}


def test_trap_25_weeks_begin_on_monday_and_months_may_cut_them() -> None:
    found = list_steps(Interval(utc("2026-02-01"), utc("2026-03-01")), Granularity.WEEK)
    assert found == ("2026-01-26", "2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23")
