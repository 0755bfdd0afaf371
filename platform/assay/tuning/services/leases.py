"""Who executes a trial: claims, renewals, endings. Each is one conditional update, so a second worker changes nothing."""

from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from assay.core import signals
from assay.core.clock import now
from assay.core.deferral import defer
from assay.core.ids import new_id
from assay.tuning.domain.attempts import Claim, Renewal
from assay.tuning.domain.outcomes import Outcome
from assay.tuning.domain.parsing import parse_spec
from assay.tuning.domain.retries import LEASE
from assay.tuning.domain.spaces import restore_params
from assay.tuning.domain.states import SweepState, TrialState
from assay.tuning.models import Sweep, Trial


def claim_trial(organization_id: UUID, trial_id: UUID) -> Claim | None:
    """Take a waiting trial of a running sweep; None when it is not there to be taken, as for a message that came twice."""
    with transaction.atomic():
        at, token = now(), new_id()
        running = Sweep.objects.filter(state=SweepState.RUNNING).values("id")
        claimed = Trial.objects.filter(id=trial_id, state=TrialState.WAITING, sweep_id__in=running).update(
            state=TrialState.RUNNING,
            attempt=F("attempt") + 1,
            lease_token=token,
            lease_until=at + LEASE,
            started_at=at,
            run=None,
            token_id=None,
            exit_code=None,
            error="",
        )
        if not claimed:
            return None
        trial = Trial.objects.select_related("sweep").get(id=trial_id)
        signals.send_after_commit(signals.sweep_changed, organization_id=organization_id, sweep_id=trial.sweep_id)
        return _claim(trial, token)


def renew_lease(organization_id: UUID, trial_id: UUID, *, lease_token: UUID) -> Renewal:
    """Say that the command still runs; learn whether it should."""
    with transaction.atomic():
        if not _held(trial_id, lease_token).update(lease_until=now() + LEASE):
            return Renewal.LOST
        running = Sweep.objects.filter(organization_id=organization_id, trials=trial_id, state=SweepState.RUNNING)
        return Renewal.HELD if running.exists() else Renewal.STOPPING


def finish_trial(organization_id: UUID, trial_id: UUID, *, lease_token: UUID, outcome: Outcome) -> bool:
    """Write the end of an attempt. returns: False, and nothing is written, when the lease is no longer this token's."""
    with transaction.atomic():
        ended = _held(trial_id, lease_token).update(
            state=outcome.state,
            value=outcome.value,
            exit_code=outcome.exit_code,
            error=outcome.error,
            ended_at=now(),
            lease_token=None,
            lease_until=None,
        )
        if ended:
            _advance_later(organization_id, trial_id)
        return bool(ended)


def return_trial(organization_id: UUID, trial_id: UUID, *, lease_token: UUID) -> bool:
    """Give an attempt back because the worker leaves; it counts as no loss. returns: as finish_trial."""
    with transaction.atomic():
        at = now()
        returned = _held(trial_id, lease_token).update(
            state=TrialState.WAITING, lease_token=None, lease_until=None, waiting_since=at, hinted_at=at
        )
        if returned:
            defer("tuning.run_trial", queue="trials", organization_id=str(organization_id), trial_id=str(trial_id))
            _advance_later(organization_id, trial_id)
        return bool(returned)


def _held(trial_id: UUID, lease_token: UUID) -> QuerySet[Trial]:
    return Trial.objects.filter(id=trial_id, lease_token=lease_token, state=TrialState.RUNNING)


def _advance_later(organization_id: UUID, trial_id: UUID) -> None:
    sweep_id = Trial.objects.values_list("sweep_id", flat=True).get(id=trial_id)
    defer("tuning.advance_sweep", organization_id=str(organization_id), sweep_id=str(sweep_id))
    signals.send_after_commit(signals.sweep_changed, organization_id=organization_id, sweep_id=sweep_id)


def _claim(trial: Trial, token: UUID) -> Claim:
    sweep = trial.sweep
    spec = parse_spec(sweep.spec, workdir=sweep.workdir)
    return Claim(
        organization_id=trial.organization_id,
        sweep_id=sweep.id,
        trial_id=trial.id,
        number=trial.number,
        attempt=trial.attempt,
        lease_token=token,
        params=restore_params(spec.space, trial.params),
        spec=spec,
        experiment_id=sweep.experiment_id,
        user_id=sweep.started_by_id,
    )
