"""Trials whose worker died: they come back, three times at most."""

from assay.core import signals
from assay.core.clock import now
from assay.core.deferral import defer
from assay.tracking.domain.states import RunStatus
from assay.tuning.domain.retries import LEASE, MOST_LOSSES
from assay.tuning.domain.states import SweepState, TrialState
from assay.tuning.models import Sweep, Trial
from assay.tuning.services.attempts import close_attempt


def reclaim_expired(sweep: Sweep) -> None:
    """Take back trials whose lease has ended. Called under the sweep's lock."""
    expired = Trial.objects.filter(sweep=sweep, state=TrialState.RUNNING, lease_until__lt=now())
    trials = list(expired.select_for_update(of=("self",)).order_by("id"))
    for trial in trials:
        close_attempt(trial, status=RunStatus.KILLED)
        _take_back(trial, stopping=sweep.state == SweepState.STOPPING)
    if trials:
        signals.send_after_commit(signals.sweep_changed, organization_id=sweep.organization_id, sweep_id=sweep.id)


def _take_back(trial: Trial, *, stopping: bool) -> None:
    at = now()
    trial.losses += 1
    trial.lease_token = trial.lease_until = trial.token_id = None
    trial.error = f"Attempt {trial.attempt} was lost: its worker gave no sign for {LEASE.seconds} seconds."
    if stopping:
        trial.state, trial.ended_at = TrialState.STOPPED, at
    elif trial.losses >= MOST_LOSSES:
        trial.state, trial.ended_at = TrialState.FAILED, at
        trial.error = f"Lost {trial.losses} times: each time its worker died or gave no sign for {LEASE.seconds} seconds."
    else:
        trial.state, trial.waiting_since, trial.hinted_at = TrialState.WAITING, at, at
        defer("tuning.run_trial", queue="trials", organization_id=str(trial.organization_id), trial_id=str(trial.id))
    trial.save()
