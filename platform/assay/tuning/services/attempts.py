"""An attempt's run and its API token: made when it begins, closed when it ends. Runs inside a scope.

The trial's params are written on its run when it ends, and only those that the command did not log itself: a param can be
written once, and training code that logs the rounded value under the same name must not fail because of us.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors import users
from assay.accounts.services import tokens
from assay.core.clock import now
from assay.core.errors import AssayError, Conflict, NotFound
from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.selectors import experiments as experiment_reads
from assay.tracking.selectors import runs as run_reads
from assay.tracking.services import experiments, runs
from assay.tuning.domain.attempts import Attempt, Claim
from assay.tuning.domain.outcomes import Report, judge
from assay.tuning.domain.states import TrialState
from assay.tuning.models import Trial
from assay.tuning.services import leases

log = structlog.get_logger(__name__)

SCOPES = (Permission.TRACKING_READ, Permission.TRACKING_WRITE)
TOKEN_SPARE = timedelta(minutes=10)
STATUS = {
    TrialState.SUCCEEDED: RunStatus.FINISHED,
    TrialState.FAILED: RunStatus.FAILED,
    TrialState.STOPPED: RunStatus.KILLED,
}


def ensure_experiment(organization_id: UUID, name: str) -> UUID:
    """The experiment of this name, made when there is none. raises: Conflict when it is deleted."""
    found = experiment_reads.find_experiment_by_name(organization_id, name)
    if found is None:
        return experiments.create_experiment(organization_id, name=name).id
    if found.lifecycle_stage is LifecycleStage.DELETED:
        raise Conflict(f"The experiment {name!r} is deleted: restore it, or name another one with `experiment:`.", name=name)
    return found.id


def begin_attempt(claim: Claim, *, compute_tags: Mapping[str, str]) -> Attempt | None:
    """Make the attempt's run and a token that can do no more than log to it.

    compute_tags: the machine of this worker, which MLflow's own plugin does not tag on a run that exists already.
    returns: None when the lease is lost. raises: NotFound when the starter left; what tracking raises.
    """
    organization_id = claim.organization_id
    if claim.user_id is None:
        raise NotFound("Whoever started this sweep is no longer here: start it anew.")
    with transaction.atomic():
        held = Trial.objects.filter(id=claim.trial_id, lease_token=claim.lease_token, state=TrialState.RUNNING)
        if held.select_for_update().first() is None:
            return None
        run = runs.create_run(
            organization_id,
            experiment_id=claim.experiment_id,
            name=f"{claim.spec.name} #{claim.number}",
            user_name=users.get_user(claim.user_id).email,
            started_at=now(),
            tags={
                **compute_tags,
                "assay.sweep.id": str(claim.sweep_id),
                "assay.sweep.trial": str(claim.number),
                "assay.sweep.attempt": str(claim.attempt),
            },
        )
        token, secret = tokens.issue_token(
            organization_id,
            user_id=claim.user_id,
            name=f"{claim.spec.name} #{claim.number}, attempt {claim.attempt}"[-200:],
            scopes=SCOPES,
            expires_at=now() + timedelta(seconds=claim.spec.timeout_seconds) + TOKEN_SPARE,
        )
        held.update(run_id=run.id, token_id=token.id)
    return Attempt(claim, run_id=run.id, experiment_number=run.experiment_number, secret=secret)


def end_attempt(attempt: Attempt, report: Report) -> None:
    """Judge how the command ended and write it on trial and run; nothing when the lease is lost."""
    claim, spec = attempt.claim, attempt.claim.spec
    with transaction.atomic():
        metric = run_reads.find_latest_metric(claim.organization_id, attempt.run_id, spec.metric)
        value = metric.value if metric else None
        outcome = judge(report, metric=spec.metric, value=value, timeout_seconds=spec.timeout_seconds)
        if leases.finish_trial(claim.organization_id, claim.trial_id, lease_token=claim.lease_token, outcome=outcome):
            close_attempt(Trial.objects.get(id=claim.trial_id), status=STATUS[outcome.state])


def return_attempt(attempt: Attempt) -> None:
    """Give the trial back because the worker leaves."""
    claim = attempt.claim
    with transaction.atomic():
        if leases.return_trial(claim.organization_id, claim.trial_id, lease_token=claim.lease_token):
            close_attempt(Trial.objects.get(id=claim.trial_id), status=RunStatus.KILLED)


def close_attempt(trial: Trial, *, status: RunStatus) -> None:
    """End the run of a trial's latest attempt, and the token that it logged with.

    A run that somebody deleted, or writes to at this moment, is left as it is: the trial ends all the same.
    """
    _revoke(trial)
    if trial.run_id is None:
        return
    try:
        run = run_reads.get_run(trial.organization_id, trial.run_id)
        missing = {name: str(value) for name, value in trial.params.items() if name not in run.params}
        runs.log_batch(trial.organization_id, run.id, params=missing)
        runs.update_run(trial.organization_id, run.id, status=status, ended_at=run.ended_at or now())
    except AssayError as error:
        log.warning("trial_run_not_closed", trial_id=str(trial.id), run_id=str(trial.run_id), reason=error.message)


def _revoke(trial: Trial) -> None:
    if trial.token_id is None:
        return
    try:
        tokens.revoke_token(trial.organization_id, trial.token_id)
    except NotFound:
        log.info("trial_token_gone", trial_id=str(trial.id))
