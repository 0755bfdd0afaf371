"""Who may execute a trial, and who may write its end."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from assay.accounts.models import ApiToken
from assay.core import clock, tenancy
from assay.core.clock import now
from assay.tracking.domain.values import MetricPoint
from assay.tracking.models import Run, RunParam, RunTag
from assay.tracking.services import runs as tracking_runs
from assay.tuning.domain.attempts import Attempt, Claim, Renewal
from assay.tuning.domain.outcomes import CommandEnd, Outcome, Report, fail
from assay.tuning.domain.states import SweepState, TrialState
from assay.tuning.models import Sweep, Trial
from assay.tuning.services import attempts, leases, sweeps
from assay.tuning.services.advancing import advance_sweep
from tests.factories.sweeps import Founder, found, spec_text, start

pytestmark = pytest.mark.django_db

EXPIRED = timedelta(seconds=31)


@pytest.fixture
def ada() -> Iterator[Founder]:
    founder = found()
    with tenancy.scope(founder.organization_id):
        yield founder


@pytest.fixture
def sweep(ada: Founder) -> Sweep:
    sweep = start(ada)
    advance_sweep(ada.organization_id, sweep.id)
    return sweep


def _trial(sweep: Sweep, number: int = 1) -> Trial:
    return Trial.objects.get(sweep=sweep, number=number)


def _claim(sweep: Sweep, number: int = 1) -> Claim:
    claim = leases.claim_trial(sweep.organization_id, _trial(sweep, number).id)
    assert claim is not None
    return claim


def _begin(sweep: Sweep) -> Attempt:
    attempt = attempts.begin_attempt(_claim(sweep), compute_tags={"assay.compute.provider": "host"})
    assert attempt is not None
    return attempt


def _token(sweep: Sweep) -> ApiToken:
    token_id = _trial(sweep).token_id
    assert token_id is not None
    return ApiToken.objects.get(id=token_id)


def _log(attempt: Attempt, value: float) -> None:
    tracking_runs.log_batch(attempt.claim.organization_id, attempt.run_id, metrics=[MetricPoint("accuracy", value, 0, 1)])


def test_a_message_that_comes_twice_is_executed_once(sweep: Sweep) -> None:
    claim = _claim(sweep)
    assert leases.claim_trial(sweep.organization_id, claim.trial_id) is None
    assert _trial(sweep).attempt == 1


def test_nothing_is_claimed_once_the_sweep_stops(ada: Founder, sweep: Sweep) -> None:
    sweeps.stop_sweep(ada.organization_id, sweep.id, user_id=ada.user_id)
    assert leases.claim_trial(sweep.organization_id, _trial(sweep).id) is None


def test_an_end_under_an_old_token_is_not_written(sweep: Sweep) -> None:
    old = _claim(sweep)
    with clock.frozen(now() + EXPIRED):
        advance_sweep(sweep.organization_id, sweep.id)
        new = _claim(sweep)
        done = Outcome(TrialState.SUCCEEDED, value=1.0, exit_code=0)
        assert not leases.finish_trial(sweep.organization_id, old.trial_id, lease_token=old.lease_token, outcome=done)
        assert leases.renew_lease(sweep.organization_id, old.trial_id, lease_token=old.lease_token) is Renewal.LOST
        assert not leases.return_trial(sweep.organization_id, old.trial_id, lease_token=old.lease_token)
        assert leases.finish_trial(sweep.organization_id, new.trial_id, lease_token=new.lease_token, outcome=done)
        assert not leases.finish_trial(sweep.organization_id, new.trial_id, lease_token=new.lease_token, outcome=fail("again"))
    trial = _trial(sweep)
    assert (trial.state, trial.value, trial.attempt, trial.losses) == (TrialState.SUCCEEDED, 1.0, 2, 1)


def test_a_renewed_lease_is_not_taken_back(sweep: Sweep) -> None:
    claim = _claim(sweep)
    with clock.frozen(now() + timedelta(seconds=25)):
        assert leases.renew_lease(sweep.organization_id, claim.trial_id, lease_token=claim.lease_token) is Renewal.HELD
    with clock.frozen(now() + timedelta(seconds=50)):
        advance_sweep(sweep.organization_id, sweep.id)
    assert _trial(sweep).state == TrialState.RUNNING


def test_three_losses_fail_a_trial_and_a_shutdown_is_no_loss(sweep: Sweep) -> None:
    for _ in range(4):
        claim = _claim(sweep)
        assert leases.return_trial(sweep.organization_id, claim.trial_id, lease_token=claim.lease_token)
    for lost in range(1, 4):
        _claim(sweep)
        with clock.frozen(now() + EXPIRED):
            advance_sweep(sweep.organization_id, sweep.id)
        assert _trial(sweep).losses == lost
    trial = _trial(sweep)
    assert (trial.state, trial.attempt) == (TrialState.FAILED, 7)
    assert "Lost 3 times" in trial.error


def test_a_running_trial_hears_that_its_sweep_stops(ada: Founder, sweep: Sweep) -> None:
    claim = _claim(sweep)
    sweeps.stop_sweep(ada.organization_id, sweep.id, user_id=ada.user_id)
    assert leases.renew_lease(sweep.organization_id, claim.trial_id, lease_token=claim.lease_token) is Renewal.STOPPING


def test_an_attempt_is_a_run_with_a_token_that_can_only_log(sweep: Sweep) -> None:
    attempt = _begin(sweep)
    tags = dict(RunTag.objects.filter(run_id=attempt.run_id).values_list("key", "value"))
    assert tags == {
        "assay.compute.provider": "host",
        "assay.sweep.id": str(sweep.id),
        "assay.sweep.trial": "1",
        "assay.sweep.attempt": "1",
    }
    token = _token(sweep)
    assert set(token.scopes) == {"tracking.read", "tracking.write"}
    assert token.expires_at - now() <= timedelta(seconds=60 + 600)
    assert attempt.secret not in repr(attempt)


def test_the_value_is_the_latest_of_the_metric_and_the_run_ends_with_the_trial(sweep: Sweep) -> None:
    attempt = _begin(sweep)
    _log(attempt, 0.75)
    attempts.end_attempt(attempt, Report(CommandEnd.EXITED, 0))
    trial, run = _trial(sweep), Run.objects.get(id=attempt.run_id)
    assert (trial.state, trial.value, run.status) == (TrialState.SUCCEEDED, 0.75, "FINISHED")
    assert _token(sweep).revoked_at is not None
    assert dict(RunParam.objects.filter(run=run).values_list("key", "value")) == {k: str(v) for k, v in trial.params.items()}


def test_params_that_the_command_logged_itself_stay_as_they_are(sweep: Sweep) -> None:
    attempt = _begin(sweep)
    tracking_runs.log_batch(sweep.organization_id, attempt.run_id, params={"c": "rounded"})
    attempts.end_attempt(attempt, Report(CommandEnd.EXITED, 1))
    assert RunParam.objects.get(run_id=attempt.run_id, key="c").value == "rounded"
    assert Run.objects.get(id=attempt.run_id).status == "FAILED"


def test_a_lost_attempt_loses_its_token_and_its_run_is_killed(sweep: Sweep) -> None:
    attempt = _begin(sweep)
    token = _token(sweep)
    with clock.frozen(now() + EXPIRED):
        advance_sweep(sweep.organization_id, sweep.id)
    assert Run.objects.get(id=attempt.run_id).status == "KILLED"
    token.refresh_from_db()
    assert token.revoked_at is not None
    attempts.end_attempt(attempt, Report(CommandEnd.EXITED, 0))
    assert _trial(sweep).state == TrialState.WAITING


def test_a_deleted_run_does_not_keep_its_trial_from_ending(sweep: Sweep) -> None:
    attempt = _begin(sweep)
    tracking_runs.delete_run(sweep.organization_id, attempt.run_id)
    attempts.end_attempt(attempt, Report(CommandEnd.EXITED, 1))
    assert _trial(sweep).state == TrialState.FAILED


def test_a_trial_that_was_taken_back_gets_no_run(sweep: Sweep) -> None:
    claim = _claim(sweep)
    with clock.frozen(now() + EXPIRED):
        advance_sweep(sweep.organization_id, sweep.id)
    assert attempts.begin_attempt(claim, compute_tags={}) is None
    assert not Run.objects.exists()


def test_a_stopped_sweep_ends_when_its_last_trial_did(ada: Founder, sweep: Sweep) -> None:
    attempt = _begin(sweep)
    sweeps.stop_sweep(ada.organization_id, sweep.id, user_id=ada.user_id)
    assert _trial(sweep, 2).state == TrialState.STOPPED
    assert Sweep.objects.get(id=sweep.id).state == SweepState.STOPPING
    attempts.end_attempt(attempt, Report(CommandEnd.STOPPED, -15))
    advance_sweep(sweep.organization_id, sweep.id)
    ended = Sweep.objects.get(id=sweep.id)
    assert (ended.state, ended.trials.count()) == (SweepState.STOPPED, 2)
    assert Run.objects.get(id=attempt.run_id).status == "KILLED"


def test_first_trials_that_all_fail_alike_end_the_sweep(ada: Founder) -> None:
    sweep = start(ada, spec=spec_text(max_trials=100, parallelism=1))
    for _ in range(5):
        advance_sweep(ada.organization_id, sweep.id)
        for trial in Trial.objects.filter(sweep=sweep, state=TrialState.WAITING):
            claim = leases.claim_trial(ada.organization_id, trial.id)
            assert claim is not None
            leases.finish_trial(
                ada.organization_id, trial.id, lease_token=claim.lease_token, outcome=fail("no module x", exit_code=2)
            )
    ended = Sweep.objects.get(id=sweep.id)
    assert (ended.state, ended.trials.count()) == (SweepState.FAILED, 3)
    assert "no module x" in ended.error
