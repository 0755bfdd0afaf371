"""Whatever order messages come in, whoever dies: no trial counts twice, no bound is passed, and every sweep ends."""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from assay.core import clock, tenancy
from assay.tuning.domain.attempts import Claim
from assay.tuning.domain.outcomes import Outcome, fail
from assay.tuning.domain.states import ENDED_TRIALS, OPEN_SWEEPS, OPEN_TRIALS, SweepState, TrialState
from assay.tuning.models import Sweep, Trial
from assay.tuning.services import leases, sweeps
from assay.tuning.services.advancing import advance_sweep
from tests.factories.sweeps import found, spec_text, start

pytestmark = pytest.mark.django_db


class SweepMachine(RuleBasedStateMachine):
    """Workers are claims in hand: they may finish, fall silent, come back late, or hear of a trial twice."""

    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.exits = ExitStack()
        self.at = clock.now()
        self.ended: dict[int, tuple[str, float | None]] = {}
        self.accepted: dict[int, int] = {}

    @initialize(max_trials=st.integers(1, 6), parallelism=st.integers(1, 3))
    def begin(self, max_trials: int, parallelism: int) -> None:
        self.founder = found()
        self.exits.enter_context(tenancy.scope(self.founder.organization_id))
        self.sweep = start(self.founder, spec=spec_text(max_trials=max_trials, parallelism=parallelism))

    def teardown(self) -> None:
        try:
            if hasattr(self, "sweep"):
                self.settle()
        finally:
            self.exits.close()

    @rule()
    def advance(self) -> None:
        self._at_its_time(lambda: advance_sweep(self.founder.organization_id, self.sweep.id))

    @rule(seconds=st.sampled_from([1, 10, 29, 31, 70]))
    def let_time_pass(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    @rule(target=claims, number=st.integers(1, 6))
    def deliver_message(self, number: int) -> Any:
        trial = Trial.objects.filter(sweep=self.sweep, number=number).first()
        claim = trial and self._at_its_time(lambda: leases.claim_trial(self.founder.organization_id, trial.id))
        return claim or multiple()

    @rule(claim=claims, value=st.none() | st.floats(0, 1), code=st.sampled_from([1, 2]))
    def finish(self, claim: Claim, value: float | None, code: int) -> None:
        outcome = fail("no", exit_code=code) if value is None else Outcome(TrialState.SUCCEEDED, value=value, exit_code=0)
        written = self._at_its_time(
            lambda: leases.finish_trial(
                self.founder.organization_id, claim.trial_id, lease_token=claim.lease_token, outcome=outcome
            )
        )
        self.accepted[claim.number] = self.accepted.get(claim.number, 0) + written

    @rule(claim=claims)
    def renew(self, claim: Claim) -> None:
        self._at_its_time(
            lambda: leases.renew_lease(self.founder.organization_id, claim.trial_id, lease_token=claim.lease_token)
        )

    @rule(claim=claims)
    def give_back(self, claim: Claim) -> None:
        self._at_its_time(
            lambda: leases.return_trial(self.founder.organization_id, claim.trial_id, lease_token=claim.lease_token)
        )

    @rule(really=st.sampled_from([False, False, False, True]))
    def stop(self, really: bool) -> None:
        if really:
            sweeps.stop_sweep(self.founder.organization_id, self.sweep.id, user_id=self.founder.user_id)

    @invariant()
    def bounds_hold(self) -> None:
        if not hasattr(self, "sweep"):
            return
        states = dict(Trial.objects.filter(sweep=self.sweep).values_list("number", "state"))
        assert sorted(states) == list(range(1, len(states) + 1))
        assert len(states) <= self.sweep.max_trials
        assert sum(state in OPEN_TRIALS for state in states.values()) <= self.sweep.parallelism

    @invariant()
    def an_end_is_final_and_written_once(self) -> None:
        if not hasattr(self, "sweep"):
            return
        rows = Trial.objects.filter(sweep=self.sweep, state__in=ENDED_TRIALS).values_list("number", "state", "value")
        now_ended = {number: (state, value) for number, state, value in rows}
        assert now_ended.items() >= self.ended.items()
        self.ended = now_ended
        assert all(count <= 1 for count in self.accepted.values())

    def settle(self) -> None:
        """From wherever it is, with workers that do their work, the sweep ends."""
        for _ in range(30):
            self.let_time_pass(31)
            self.advance()
            sweep = Sweep.objects.get(id=self.sweep.id)
            if sweep.state not in OPEN_SWEEPS:
                break
            for trial in Trial.objects.filter(sweep=sweep, state=TrialState.WAITING):
                claim = self.deliver_message_of(trial)
                self.finish_claim(claim)
        self.bounds_hold()
        self.an_end_is_final_and_written_once()
        assert sweep.state not in OPEN_SWEEPS
        assert not sweep.trials.filter(state__in=OPEN_TRIALS).exists()
        assert sweep.state != SweepState.FINISHED or sweep.trials.count() == sweep.max_trials

    def deliver_message_of(self, trial: Trial) -> Claim | None:
        return self._at_its_time(lambda: leases.claim_trial(self.founder.organization_id, trial.id))

    def finish_claim(self, claim: Claim | None) -> None:
        if claim is not None:
            done = Outcome(TrialState.SUCCEEDED, value=0.5, exit_code=0)
            self._at_its_time(
                lambda: leases.finish_trial(
                    self.founder.organization_id, claim.trial_id, lease_token=claim.lease_token, outcome=done
                )
            )

    def _at_its_time(self, do: Any) -> Any:
        with clock.frozen(self.at):
            return do()


def test_any_interleaving_of_workers_keeps_the_promises() -> None:
    run_machine(SweepMachine, settings=settings(max_examples=60, stateful_step_count=30, deadline=None))
