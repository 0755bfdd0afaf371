"""What a check finds becomes a finding, and what becomes of that."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from pytest_django import Settings

from assay.accounts.models import Membership, Organization
from assay.clouds.domain.inventory import Instance, ResourceKind, Volume
from assay.clouds.models import CloudResource, UtilizationDay
from assay.core import tenancy
from assay.core.clock import frozen, now
from assay.core.errors import Conflict, Invalid, NotFound
from assay.core.ids import new_id
from assay.recommendations.checks.unattached_volumes import UnattachedVolumes
from assay.recommendations.domain.exclusions import Exclusion
from assay.recommendations.domain.states import CheckResultState, FindingState
from assay.recommendations.domain.values import FindingQuery, FindingView
from assay.recommendations.models import CheckResult, CheckRun, Finding
from assay.recommendations.selectors.findings import get_finding, list_events, list_findings, savings_over_time, sum_savings
from assay.recommendations.services import running
from assay.recommendations.services.exclusions import add_exclusion, remove_exclusion
from assay.recommendations.services.lifecycle import Move, move_finding
from assay.recommendations.services.settings import change_settings
from assay.recommendations.services.verification import verify_savings
from assay.registry.models import Webhook, WebhookDelivery
from tests.factories import clouds
from tests.factories.bills import charge, import_bill
from tests.factories.organizations import found_organization
from tests.unit.recommendations.conftest import RunChecks

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=60)
CHECK = UnattachedVolumes.name
LOOSE = {"state": "available"}


def keep_volume(organization: Organization, native_id: str = "vol-1", **known: object) -> CloudResource:
    at = now()
    seen = {"first_seen_at": at - LONG_AGO, "last_seen_at": at, "state_since": at - LONG_AGO}
    with tenancy.scope(organization.id):
        return clouds.keep(organization.id, ResourceKind.VOLUME, native_id, Volume("gp3", 100), **{**LOOSE, **seen, **known})


def only(organization: Organization, check: str = "") -> FindingView:
    with tenancy.scope(organization.id):
        [finding] = list_findings(organization.id, FindingQuery(states=(), check=check))
    return finding


def move(organization: Organization, finding: FindingView, to: Move) -> FindingView:
    with tenancy.scope(organization.id):
        return move_finding(organization.id, finding.id, to, actor_id=Membership.objects.get().user_id)


def bill_days(organization: Organization, costs: dict[date, str], *, resource_id: str = "vol-1") -> None:
    """A daily charge each, and one of another resource today, so that the bill reaches to the last whole day."""
    rows = []
    for day, cost in costs.items():
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        rows.append(charge(resource_id, start, cost, ChargePeriodEnd=(start + timedelta(days=1)).isoformat()))
    today = now().replace(minute=0, second=0, microsecond=0)
    rows.append(charge("i-other", today, "0"))
    import_bill(organization.id, rows)


def test_what_is_found_again_is_the_same_finding(ada: Organization, run_checks: RunChecks) -> None:
    keep_volume(ada)
    first = run_checks(ada.id)[CHECK]
    assert (first.state, first.found, first.new) == (CheckResultState.FOUND, 1, 1)
    before = only(ada)
    again = run_checks(ada.id)[CHECK]
    after = only(ada)
    assert (again.found, again.new, after.id, after.first_seen_at) == (1, 0, before.id, before.first_seen_at)
    assert after.last_seen_at > before.last_seen_at
    with tenancy.scope(ada.id):
        assert [event.state for event in list_events(ada.id, after.id)] == ["open"]


def test_a_resource_that_was_deleted_makes_it_applied(ada: Organization, run_checks: RunChecks) -> None:
    row = keep_volume(ada)
    run_checks(ada.id)
    deleted_at = now() - timedelta(hours=5)
    with tenancy.scope(ada.id):
        clouds.change(row, at=deleted_at, gone_at=deleted_at)
    run_checks(ada.id)
    finding = only(ada)
    assert (finding.state, finding.applied_at, finding.promised) == (FindingState.APPLIED, deleted_at, finding.expected)
    assert "deleted" in finding.reason


def test_a_resource_in_use_again_makes_it_gone_with_the_reason(ada: Organization, run_checks: RunChecks) -> None:
    row = keep_volume(ada)
    run_checks(ada.id)
    with tenancy.scope(ada.id):
        clouds.change(row, at=now(), state="in-use", details=Volume("gp3", 100, attached_to=("i-1",)))
    run_checks(ada.id)
    finding = only(ada)
    assert (finding.state, finding.applied_at) == (FindingState.GONE, None)
    assert finding.reason == "The rule holds no longer: the resource or its use changed."


def test_options_that_were_changed_are_named_as_the_reason(ada: Organization, run_checks: RunChecks) -> None:
    keep_volume(ada)
    run_checks(ada.id)
    with tenancy.scope(ada.id):
        change_settings(ada.id, CHECK, options={"days": 90}, actor_id=None)
    run_checks(ada.id)
    assert only(ada).reason == "The options of the check were changed."


def test_a_check_that_fails_says_so_and_leaves_its_findings_as_stale(
    ada: Organization, run_checks: RunChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_volume(ada)
    run_checks(ada.id)

    def break_down(*_: object) -> Iterator[object]:
        raise ArithmeticError("a rule divides by nothing")
        yield

    monkeypatch.setattr(UnattachedVolumes, "find", break_down)
    results = run_checks(ada.id)
    assert results[CHECK].state is CheckResultState.FAILED
    assert "a rule divides by nothing" in results[CHECK].message
    assert {result.state for name, result in results.items() if name != CHECK} == {CheckResultState.FOUND}
    finding = only(ada)
    assert finding.state is FindingState.OPEN
    assert finding.stale_since is not None, "what was said before is never passed off as new"
    monkeypatch.undo()
    run_checks(ada.id)
    assert only(ada).stale_since is None


def test_a_check_waits_for_the_permission_that_every_place_refuses(ada: Organization, run_checks: RunChecks) -> None:
    keep_volume(ada)
    run_checks(ada.id)
    with tenancy.scope(ada.id):
        clouds.refuse(ada.id, "ec2:DescribeVolumes")
    result = run_checks(ada.id)[CHECK]
    assert result.state is CheckResultState.WAITING
    assert "ec2:DescribeVolumes" in result.message
    assert only(ada).stale_since is not None


def test_where_one_account_refuses_its_findings_are_stale_and_the_others_are_looked_at(
    ada: Organization, run_checks: RunChecks
) -> None:
    row = keep_volume(ada)
    keep_volume(ada, "vol-2", account_id="999900001111")
    run_checks(ada.id)
    with tenancy.scope(ada.id):
        clouds.refuse(ada.id, "ec2:DescribeVolumes", answered=True)
        clouds.change(row, at=now(), state="in-use")
    result = run_checks(ada.id)[CHECK]
    assert (result.state, result.found) == (CheckResultState.FOUND, 1)
    assert "111122223333" in result.message
    with tenancy.scope(ada.id):
        stale = {one.resource.native_id: one.stale_since is not None for one in list_findings(ada.id, FindingQuery())}
    assert stale == {"vol-1": True, "vol-2": False}


def test_a_finding_about_use_is_stale_and_not_gone_where_use_is_told_no_more(ada: Organization, run_checks: RunChecks) -> None:
    at = now()
    with tenancy.scope(ada.id):
        seen = {"first_seen_at": at - LONG_AGO, "last_seen_at": at}
        machine = clouds.keep(ada.id, ResourceKind.INSTANCE, "i-1", Instance("m5.large"), **seen)
        clouds.use(machine, at, cpu_percent=1, network_in_bytes_per_second=1, network_out_bytes_per_second=1)
    run_checks(ada.id)
    assert only(ada, "idle_instances").state is FindingState.OPEN
    with tenancy.scope(ada.id):
        UtilizationDay.objects.filter(day__gte=at.date() - timedelta(days=3)).delete()
    run_checks(ada.id)
    stale = only(ada, "idle_instances")
    assert (stale.state, stale.stale_since is not None) == (FindingState.OPEN, True)
    with tenancy.scope(ada.id):
        clouds.use(machine, at, cpu_percent=60, network_in_bytes_per_second=1, network_out_bytes_per_second=1)
    run_checks(ada.id)
    assert only(ada, "idle_instances").state is FindingState.GONE


def test_a_paused_check_does_not_look(ada: Organization, run_checks: RunChecks) -> None:
    keep_volume(ada)
    with tenancy.scope(ada.id):
        change_settings(ada.id, CHECK, paused=True, actor_id=None)
    assert run_checks(ada.id)[CHECK].state is CheckResultState.PAUSED
    with tenancy.scope(ada.id):
        assert list_findings(ada.id, FindingQuery(states=())) == []


def test_without_an_account_every_check_waits(ada: Organization, run_checks: RunChecks) -> None:
    results = run_checks(ada.id)
    assert {result.state for result in results.values()} == {CheckResultState.WAITING}
    assert "connect" in results[CHECK].message


def test_what_a_dead_worker_began_another_does(ada: Organization) -> None:
    keep_volume(ada)
    with tenancy.scope(ada.id):
        run = running.start_run(ada.id, trigger=running.SCHEDULE)
        assert running.start_run(ada.id, trigger=running.PERSON).id == run.id, "one at a time"
        result = CheckResult.objects.get(run_id=run.id, check_name=CHECK)
        CheckResult.objects.filter(id=result.id).update(state=CheckResultState.RUNNING, attempts=1)
    running.run_check(ada.id, result.id)
    running.run_check(ada.id, result.id)
    with tenancy.scope(ada.id):
        result.refresh_from_db()
        assert (result.state, result.attempts, result.found) == (CheckResultState.FOUND, 2, 1)


def test_a_check_that_kills_its_workers_is_given_up_and_the_run_ends(ada: Organization) -> None:
    keep_volume(ada)
    with tenancy.scope(ada.id):
        run = running.start_run(ada.id, trigger=running.SCHEDULE)
        CheckResult.objects.filter(run_id=run.id).update(attempts=running.MOST_ATTEMPTS)
        ids = list(CheckResult.objects.filter(run_id=run.id).values_list("id", flat=True))
    for result_id in ids:
        running.run_check(ada.id, result_id)
    with tenancy.scope(ada.id):
        assert CheckRun.objects.get(id=run.id).finished_at is not None
        assert set(CheckResult.objects.values_list("state", flat=True)) == {CheckResultState.FAILED}


def test_beat_starts_what_is_due_and_nothing_twice(ada: Organization) -> None:
    for _ in range(3):
        running.resume_checks()
    with tenancy.scope(ada.id):
        assert CheckRun.objects.count() == 1


def test_a_dismissed_finding_comes_back_on_its_day(ada: Organization, run_checks: RunChecks) -> None:
    keep_volume(ada)
    run_checks(ada.id)
    dismissed = move(ada, only(ada), Move(FindingState.DISMISSED, reason="kept for the audit", until=now() + timedelta(days=3)))
    assert (dismissed.state, dismissed.counted.amount) == (FindingState.DISMISSED, 0)
    run_checks(ada.id)
    assert only(ada).state is FindingState.DISMISSED
    with tenancy.scope(ada.id):
        Finding.objects.update(dismissed_until=now() - timedelta(seconds=1))
    run_checks(ada.id)
    back = only(ada)
    assert (back.state, back.reason) == (FindingState.OPEN, "")


def test_each_step_of_a_life_is_kept_with_who_did_it(ada: Organization, run_checks: RunChecks) -> None:
    keep_volume(ada)
    run_checks(ada.id)
    finding = only(ada)
    move(ada, finding, Move(FindingState.ACCEPTED, due_on=date(2026, 12, 31)))
    done = move(ada, finding, Move(FindingState.APPLIED))
    assert (done.state, done.promised) == (FindingState.APPLIED, finding.expected)
    with tenancy.scope(ada.id):
        events = list_events(ada.id, finding.id)
    assert [event.state for event in events] == ["applied", "accepted", "open"]
    assert [event.actor_name for event in events] == ["ada@example.com", "ada@example.com", ""]


@pytest.mark.parametrize(
    ("to", "error"),
    [
        (Move(FindingState.DISMISSED), Invalid),
        (Move(FindingState.DISMISSED, reason="x", until=datetime(2020, 1, 1, tzinfo=UTC)), Invalid),
        (Move(FindingState.ACCEPTED, owner_id=new_id()), Invalid),
        (Move(FindingState.APPLIED, applied_at=datetime(2200, 1, 1, tzinfo=UTC)), Invalid),
        (Move(FindingState.VERIFIED), Conflict),
        (Move(FindingState.GONE), Conflict),
    ],
)
def test_a_step_that_cannot_be_is_refused(ada: Organization, run_checks: RunChecks, to: Move, error: type[Exception]) -> None:
    keep_volume(ada)
    run_checks(ada.id)
    with pytest.raises(error):
        move(ada, only(ada), to)
    assert only(ada).state is FindingState.OPEN


def test_a_strangers_finding_is_not_there(ada: Organization, run_checks: RunChecks) -> None:
    keep_volume(ada)
    run_checks(ada.id)
    finding, eve = only(ada), found_organization(owner_email="eve@example.com")
    with pytest.raises(NotFound):
        move(eve, finding, Move(FindingState.ACCEPTED))
    with tenancy.scope(eve.id), pytest.raises(NotFound):
        get_finding(eve.id, finding.id)


def test_what_a_rule_leaves_out_is_in_no_total_until_the_rule_is_removed(ada: Organization, run_checks: RunChecks) -> None:
    keep_volume(ada, tags={"env": "sandbox"})
    keep_volume(ada, "vol-2", tags={"env": "prod"})
    run_checks(ada.id)
    with tenancy.scope(ada.id):
        rule = add_exclusion(ada.id, Exclusion(tag="env=sandbox"), reason="it is swept on Fridays", actor_id=None)
        assert [one.resource.native_id for one in list_findings(ada.id, FindingQuery())] == ["vol-2"]
        assert sum_savings(ada.id).findings == 1
    run_checks(ada.id)
    with tenancy.scope(ada.id):
        assert [one.resource.native_id for one in list_findings(ada.id, FindingQuery(excluded=True))] == ["vol-1"]
        remove_exclusion(ada.id, rule, actor_id=None)
        assert sum_savings(ada.id).findings == 2
        with pytest.raises(Invalid, match="nothing would be left"):
            add_exclusion(ada.id, Exclusion(), reason="everything", actor_id=None)


def test_the_team_of_a_resource_owns_its_finding(ada: Organization, run_checks: RunChecks) -> None:
    from assay.accounts.models import Team

    with tenancy.scope(ada.id):
        Team.objects.create(id=new_id(), organization=ada, name="Vision")
    keep_volume(ada, tags={"team": "vision"})
    run_checks(ada.id)
    assert only(ada).team_name == "Vision"


def test_the_bill_tells_what_was_saved_and_a_restated_bill_restates_it(ada: Organization, run_checks: RunChecks) -> None:
    row = keep_volume(ada)
    applied_on = now().date() - timedelta(days=20)
    before = {applied_on - timedelta(days=i): "2.40" for i in range(1, 15)}
    bill_days(ada, {**before, applied_on: "1.00"})
    run_checks(ada.id)
    assert only(ada).price_source == "the bill"
    applied_at = datetime(applied_on.year, applied_on.month, applied_on.day, 11, tzinfo=UTC)
    with tenancy.scope(ada.id):
        clouds.change(row, at=applied_at, gone_at=applied_at)
    run_checks(ada.id)
    with tenancy.scope(ada.id):
        assert verify_savings(ada.id) == 1
        assert verify_savings(ada.id) == 0
    finding = only(ada)
    assert finding.state is FindingState.VERIFIED
    assert finding.verified_saving is not None
    assert str(finding.verified_saving.amount) == "73.000000000000000"
    bill_days(ada, dict.fromkeys(before, "1.20") | {applied_on: "1.00"})
    with tenancy.scope(ada.id):
        assert verify_savings(ada.id) == 0
        assert (
            str(get_finding(ada.id, finding.id).verified_saving)
            == "Money(amount=Decimal('36.500000000000000'), currency='USD')"
        )


def test_nothing_is_verified_before_seven_days_are_billed(ada: Organization, run_checks: RunChecks) -> None:
    keep_volume(ada)
    applied_on = now().date() - timedelta(days=6)
    bill_days(ada, {applied_on - timedelta(days=i): "2.40" for i in range(1, 15)})
    run_checks(ada.id)
    applied_at = datetime(applied_on.year, applied_on.month, applied_on.day, 11, tzinfo=UTC)
    finding = move(ada, only(ada), Move(FindingState.APPLIED, applied_at=applied_at))
    with tenancy.scope(ada.id):
        assert verify_savings(ada.id) == 0
    assert only(ada).state is FindingState.APPLIED
    assert finding.promised is not None
    assert finding.promised.amount > Decimal(70)


def test_found_again_after_it_was_done_is_open_again(ada: Organization, run_checks: RunChecks) -> None:
    keep_volume(ada)
    run_checks(ada.id)
    move(ada, only(ada), Move(FindingState.APPLIED))
    run_checks(ada.id)
    finding = only(ada)
    assert (finding.state, finding.applied_at, finding.promised) == (FindingState.OPEN, None, None)


def test_ids_of_findings_are_the_organizations_own(ada: Organization, run_checks: RunChecks) -> None:
    eve = found_organization(owner_email="eve@example.com")
    for organization in (ada, eve):
        keep_volume(organization)
        run_checks(organization.id)
    found: set[UUID] = {only(ada).id, only(eve).id}
    assert len(found) == 2


def test_a_webhook_is_told_of_each_new_finding_once(ada: Organization, run_checks: RunChecks, settings: Settings) -> None:
    settings.ASSAY_WEBHOOK_PRIVATE_HOSTS = True
    with tenancy.scope(ada.id):
        Webhook.objects.create(
            id=new_id(), organization_id=ada.id, name="savings", url="http://127.0.0.1:1/", events=["finding.created"]
        )
        Webhook.objects.create(
            id=new_id(), organization_id=ada.id, name="models", url="http://127.0.0.1:1/", events=["model_version.created"]
        )
    for number in range(3):
        keep_volume(ada, f"vol-{number}")
        run_checks(ada.id)
    with tenancy.scope(ada.id):
        told = [json.loads(body) for body in WebhookDelivery.objects.order_by("id").values_list("body", flat=True)]
    assert [one["data"]["resource"] for one in told] == ["vol-0", "vol-1", "vol-2"]
    assert (told[0]["entity"], told[0]["action"], told[0]["data"]["check"]) == ("finding", "created", CHECK)


def test_progress_counts_each_finding_from_its_first_step_on(ada: Organization, run_checks: RunChecks) -> None:
    days = [datetime(2026, 10, day, 12, tzinfo=UTC) for day in (1, 5, 9)]
    with frozen(days[0]):
        for number in range(3):
            keep_volume(ada, f"vol-{number}")
        run_checks(ada.id)
    with tenancy.scope(ada.id):
        Finding.objects.update(least=10, expected=10, most=10, price_source="the bill")
        first, second, third = (one for one in list_findings(ada.id, FindingQuery()))
    with frozen(days[0]):
        move(ada, first, Move(FindingState.ACCEPTED))
        move(ada, third, Move(FindingState.ACCEPTED))
    with frozen(days[1]):
        move(ada, first, Move(FindingState.APPLIED))
        move(ada, third, Move(FindingState.DISMISSED, reason="needed after all"))
    with frozen(days[2]):
        move(ada, second, Move(FindingState.APPLIED))
    with tenancy.scope(ada.id):
        steps = savings_over_time(ada.id, "USD")
    assert [(step.day.day, step.accepted, step.applied, step.verified) for step in steps] == [
        (1, 10, 0, 0),
        (5, 10, 10, 0),
        (9, 20, 20, 0),
    ]
