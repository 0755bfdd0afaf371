"""Checks run: one result each, by whichever workers are free; what a dead worker began another does again."""

import time
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F

from assay.accounts.services import audit
from assay.core import tenancy
from assay.core.clock import now
from assay.core.deferral import defer
from assay.core.errors import AssayError
from assay.core.ids import new_id
from assay.core.locks import hold_alone
from assay.core.signals import findings_opened
from assay.recommendations.domain.checks import Check
from assay.recommendations.domain.states import ENDED, CheckResultState, CheckRunState
from assay.recommendations.domain.values import CheckRunView
from assay.recommendations.models import CheckResult, CheckRun
from assay.recommendations.selectors.check_runs import get_run
from assay.recommendations.selectors.facts import StoredFacts
from assay.recommendations.selectors.findings import describe_findings
from assay.recommendations.selectors.registry import checks_by_name
from assay.recommendations.selectors.settings import Chosen, read_settings
from assay.recommendations.services.counting import recount
from assay.recommendations.services.storing import mark_stale, store_found

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 3
HINT_AFTER = timedelta(seconds=60)
"""After this long without an end the hint is sent again; the lock tells whether the worker lives."""
EVERY = timedelta(hours=6)
KEPT = timedelta(days=90)
SCHEDULE, PERSON = "schedule", "person"


def start_run(organization_id: UUID, *, trigger: str, actor_id: UUID | None = None) -> CheckRunView:
    """A result for every check, to be filled by workers. While a run is on its way that one is returned. Inside the scope."""
    try:
        with transaction.atomic():
            run = CheckRun(id=new_id(), organization_id=organization_id, trigger=trigger)
            run.save(force_insert=True)
            chosen = read_settings(organization_id)
            results = [_new_result(run, name, chosen[name]) for name in checks_by_name()]
            CheckResult.objects.bulk_create(results)
            if trigger == PERSON:
                audit.record(organization_id, actor_id=actor_id, action="checks.started", subject="all checks")
    except IntegrityError:
        running = CheckRun.objects.get(organization_id=organization_id, state=CheckRunState.RUNNING)
        return get_run(organization_id, running.id)
    for result in results:
        _hint(result)
    return get_run(organization_id, run.id)


def run_check(organization_id: UUID, result_id: UUID) -> None:
    """Fill one result; nothing when it is filled already or another worker is at it. Called without a scope."""
    with tenancy.scope(organization_id):
        result = CheckResult.objects.filter(id=result_id).exclude(state__in=ENDED).first()
    if result is None:
        return
    with hold_alone(f"recommendations.check:{organization_id}:{result.check_name}") as alone:
        if not alone:
            return
        with tenancy.scope(organization_id):
            waiting = CheckResult.objects.filter(id=result_id).exclude(state__in=ENDED)
            claimed = waiting.update(state=CheckResultState.RUNNING, attempts=F("attempts") + 1, lease_until=now() + HINT_AFTER)
        if claimed:
            _fill(organization_id, result_id)
    with tenancy.scope(organization_id):
        _finish_run(organization_id, result.run_id)


def resume_checks() -> None:
    """Hints that were lost and workers that died; runs that are due; what is too old."""
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            overdue = CheckResult.objects.filter(organization_id=organization_id).exclude(state__in=ENDED)
            for result in overdue.exclude(lease_until__gt=now()):
                CheckResult.objects.filter(id=result.id).update(lease_until=now() + HINT_AFTER)
                _hint(result)
            CheckRun.objects.filter(organization_id=organization_id, started_at__lt=now() - KEPT).delete()
            latest = CheckRun.objects.filter(organization_id=organization_id).order_by("-started_at").first()
            if latest is None or (latest.state == CheckRunState.COMPLETE and latest.started_at <= now() - EVERY):
                start_run(organization_id, trigger=SCHEDULE)


def _new_result(run: CheckRun, name: str, chosen: Chosen) -> CheckResult:
    result = CheckResult(
        id=new_id(), organization_id=run.organization_id, run=run, check_name=name, lease_until=now() + HINT_AFTER
    )
    if chosen.paused:
        result.state, result.finished_at, result.message = CheckResultState.PAUSED, now(), "Paused by the organization."
    return result


def _hint(result: CheckResult) -> None:
    if result.state not in ENDED:
        defer("recommendations.run_check", organization_id=str(result.organization_id), result_id=str(result.id))


def _fill(organization_id: UUID, result_id: UUID) -> None:
    """What a check found and that it ended are one transaction. A check that breaks says so and leaves its findings, marked as stale."""
    with tenancy.scope(organization_id):
        result = CheckResult.objects.get(id=result_id)
        if result.attempts > MOST_ATTEMPTS:
            message = f"Its worker died {MOST_ATTEMPTS} times: perhaps it needs more memory than there is."
            _end(result, CheckResultState.FAILED, message=message)
            return
    began = time.monotonic()
    try:
        with tenancy.scope(organization_id):
            check = checks_by_name()[result.check_name]
            _look(organization_id, result, check, began)
    except Exception as error:  # whatever a rule stumbles over is told at its result; the other checks go on
        log.exception("check_failed", check=result.check_name, organization_id=str(organization_id))
        told = error.message if isinstance(error, AssayError) else f"{type(error).__name__}: {error}"
        with tenancy.scope(organization_id):
            _end(result, CheckResultState.FAILED, message=told[:2_000], seconds=time.monotonic() - began)


def _look(organization_id: UUID, result: CheckResult, check: Check, began: float) -> None:
    facts = StoredFacts(organization_id, at=now())
    if not facts.has_inventory:
        message = "No account has been read yet: connect one, and refresh the inventory."
        _end(result, CheckResultState.WAITING, message=message)
        return
    refused = facts.is_blind(check.needs)
    if refused:
        _end(result, CheckResultState.WAITING, message=f"Waits for {refused}: grant it to Assay's role in the accounts.")
        return
    blind = facts.blind_spots(check.needs)
    chosen = read_settings(organization_id)[check.name]
    found = ((one, facts.resource_of(one.resource)) for one in check.find(facts, chosen.options))
    stored = store_found(organization_id, check, found, at=facts.at, blind=blind, unmeasured=facts.unmeasured)
    recount(organization_id)
    findings_opened.send(sender=None, organization_id=organization_id, findings=describe_findings(organization_id, stored.new))
    result.found, result.new = stored.found, len(stored.new)
    places = sorted({f"{spot.permission} in account {spot.account_id} {spot.region}".strip() for spot in blind})
    message = f"Not looked at, for want of {', '.join(places)}." if places else ""
    result.log = [{"at": now().isoformat(), "message": line} for line in facts.told()]
    _end(result, CheckResultState.FOUND, message=message, seconds=time.monotonic() - began)


def _end(result: CheckResult, state: CheckResultState, *, message: str = "", seconds: float | None = None) -> None:
    """Only the worker that has the last attempt writes."""
    mine = CheckResult.objects.filter(id=result.id, attempts=result.attempts)
    mine.update(
        state=state,
        message=message,
        seconds=seconds,
        found=result.found,
        new=result.new,
        log=result.log,
        finished_at=now(),
        lease_until=None,
    )
    if state in (CheckResultState.FAILED, CheckResultState.WAITING):
        mark_stale(result.organization_id, result.check_name, at=now())


def _finish_run(organization_id: UUID, run_id: UUID) -> None:
    if not CheckResult.objects.filter(run_id=run_id).exclude(state__in=ENDED).exists():
        running = CheckRun.objects.filter(organization_id=organization_id, id=run_id, state=CheckRunState.RUNNING)
        running.update(state=CheckRunState.COMPLETE, finished_at=now())
