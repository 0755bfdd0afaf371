"""Executing a trial from claim to end. Runs outside a scope and enters short ones: a trial may take hours, a transaction must not."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import structlog
from django.db import close_old_connections

from assay.core import tenancy
from assay.core.errors import AssayError
from assay.tuning.domain.attempts import Attempt, Claim, Renewal
from assay.tuning.domain.commands import render
from assay.tuning.domain.outcomes import CommandEnd, fail
from assay.tuning.selectors.trials import output_folder
from assay.tuning.services import attempts, leases
from assay.tuning.services.consoles import ConsoleFollower
from assay.tuning.services.environments import build_environment
from assay.tuning.services.keeping import DATABASE_AWAY, LeaseKeeper
from assay.tuning.services.processes import TrialProcess
from assay_client.identity import compute_tags

log = structlog.get_logger(__name__)

PARAMS_FILE = "params.json"
LOOK_SECONDS = 0.5
RECORD_PATIENCE_SECONDS = 300.0


def run_trial(organization_id: UUID, trial_id: UUID, *, is_leaving: Callable[[], bool] = lambda: False) -> None:
    """Execute one attempt of a waiting trial; does nothing when there is none, as for a message that came twice.

    is_leaving: asked twice a second; true when this worker shuts down, and the trial is given back at once.
    """
    with tenancy.scope(organization_id):
        claim = leases.claim_trial(organization_id, trial_id)
    if claim is None:
        return
    log.info("trial_claimed", trial_id=str(trial_id), number=claim.number, attempt=claim.attempt)
    try:
        folder = _prepare_folder(claim)
        tags = compute_tags()
        with tenancy.scope(organization_id):
            attempt = attempts.begin_attempt(claim, compute_tags=tags)
    except (AssayError, OSError) as error:
        outcome = fail(f"The trial could not be prepared: {error}")
        _record(claim, lambda: leases.finish_trial(organization_id, trial_id, lease_token=claim.lease_token, outcome=outcome))
        return
    if attempt is not None:
        _execute(attempt, folder, is_leaving)


def _execute(attempt: Attempt, folder: Path, is_leaving: Callable[[], bool]) -> None:
    claim, keeper, leaving = attempt.claim, LeaseKeeper(attempt.claim), False
    console = ConsoleFollower(claim.organization_id, attempt.run_id, folder)
    with TrialProcess(
        render(claim.spec.command, claim.params),
        environment=build_environment(attempt, folder / PARAMS_FILE),
        workdir=claim.spec.workdir,
        output=folder,
        timeout_seconds=claim.spec.timeout_seconds,
    ) as process:
        while not process.wait(LOOK_SECONDS):
            leaving = leaving or is_leaving()
            if keeper.keep() is not Renewal.HELD or leaving:
                process.stop()
            console.follow()
        report = process.read_report()
    console.finish()
    log.info(
        "trial_command_ended", trial_id=str(claim.trial_id), attempt=claim.attempt, end=report.end.value, code=report.exit_code
    )
    if keeper.last is Renewal.LOST:
        return
    if leaving and report.end is CommandEnd.STOPPED and keeper.last is Renewal.HELD:
        _record(claim, lambda: attempts.return_attempt(attempt))
    else:
        _record(claim, lambda: attempts.end_attempt(attempt, report))


def _prepare_folder(claim: Claim) -> Path:
    folder = output_folder(claim.trial_id, claim.attempt)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / PARAMS_FILE).write_text(json.dumps(dict(claim.params)))
    return folder


def _record(claim: Claim, write: Callable[[], object]) -> None:
    """Write the end, also when the database is away for a while: until somebody else has the trial, it is still ours."""
    deadline = time.monotonic() + RECORD_PATIENCE_SECONDS
    while True:
        try:
            with tenancy.scope(claim.organization_id):
                write()
        except DATABASE_AWAY as error:
            if time.monotonic() > deadline:
                raise
            log.warning("trial_end_not_written_yet", trial_id=str(claim.trial_id), reason=str(error))
            close_old_connections()
            time.sleep(LOOK_SECONDS)
        else:
            return
