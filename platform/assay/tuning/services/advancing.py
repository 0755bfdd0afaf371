"""Moving a sweep on: lost trials come back, new ones are asked for, the end is noticed."""

from uuid import UUID

from django.db import transaction

from assay.core import tenancy
from assay.core.clock import now
from assay.core.deferral import defer
from assay.tuning.domain.parsing import parse_spec
from assay.tuning.domain.retries import Ending, find_hopeless, reminder_due
from assay.tuning.domain.states import ENDED_TRIALS, OPEN_SWEEPS, SweepState, TrialState
from assay.tuning.models import Sweep, Trial
from assay.tuning.services.asking import ask_for_trials
from assay.tuning.services.losses import reclaim_expired
from assay.tuning.services.stopping import begin_stopping, close_if_done, lock_sweep, stop_waiting_trials


def advance_open_sweeps() -> None:
    """Hint every open sweep of every organization; each is advanced by its own task, so one that fails holds up no other."""
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            for sweep_id in Sweep.objects.filter(state__in=OPEN_SWEEPS).order_by("id").values_list("id", flat=True):
                defer("tuning.advance_sweep", organization_id=str(organization_id), sweep_id=str(sweep_id))


def advance_sweep(organization_id: UUID, sweep_id: UUID) -> None:
    """Bring one sweep to where it should be; harmless at any time, any number of times, by any number of workers at once."""
    with transaction.atomic():
        lock_sweep(sweep_id)
        sweep = Sweep.objects.filter(organization_id=organization_id, id=sweep_id, state__in=OPEN_SWEEPS).first()
        if sweep is None:
            return
        reclaim_expired(sweep)
        _give_up_if_hopeless(sweep)
        if sweep.state == SweepState.STOPPING:
            stop_waiting_trials(sweep)
        else:
            ask_for_trials(sweep, parse_spec(sweep.spec, workdir=sweep.workdir))
            _remind(sweep)
        close_if_done(sweep)


def _give_up_if_hopeless(sweep: Sweep) -> None:
    if sweep.state != SweepState.RUNNING:
        return
    ended = Trial.objects.filter(sweep=sweep, state__in=ENDED_TRIALS).order_by("ended_at", "number")
    endings = [
        Ending(TrialState(state), code, error) for state, code, error in ended.values_list("state", "exit_code", "error")
    ]
    reason = find_hopeless(endings)
    if reason:
        begin_stopping(sweep, error=reason)


def _remind(sweep: Sweep) -> None:
    """Send the message of a waiting trial again when it seems lost."""
    at = now()
    for trial in Trial.objects.filter(sweep=sweep, state=TrialState.WAITING).order_by("id"):
        if reminder_due(trial.waiting_since, trial.hinted_at, at):
            Trial.objects.filter(id=trial.id).update(hinted_at=at)
            defer("tuning.run_trial", queue="trials", organization_id=str(sweep.organization_id), trial_id=str(trial.id))
