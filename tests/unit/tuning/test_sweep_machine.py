"""Whatever order messages come in, whoever dies: no trial counts twice, no bound is passed, and every sweep ends."""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from assay.core import clock, tenancy
from assay.tuning.domain.attempts import Claim, Renewal
from assay.tuning.domain.outcomes import Outcome, fail
from assay.tuning.domain.states import ENDED_TRIALS, OPEN_SWEEPS, OPEN_TRIALS, SweepState, TrialState
from assay.tuning.models import Sweep, Trial
from assay.tuning.services import leases, sweeps
from assay.tuning.services.advancing import advance_sweep
from tests.breadth import examples
from tests.factories.sweeps import found, spec_text, start

pytestmark = pytest.mark.django_db

SUCCESS = Outcome(TrialState.SUCCEEDED, value=0.5, exit_code=0)


class SweepMachine(RuleBasedStateMachine):
    """Workers are claims in hand: they may finish, fall silent, come back late, or hear of a trial twice."""

    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.exits = ExitStack()
        self.at = clock.now()
        self.ended: dict[int, tuple[str, float | None]] = {}
        self.accepted: dict[int, int] = {}
        self.holders: dict[int, Claim] = {}

    @initialize(max_trials=st.integers(1, 6), parallelism=st.integers(1, 3))
    def begin(self, max_trials: int, parallelism: int) -> None:
        self.founder = found()
        self.exits.enter_context(tenancy.scope(self.founder.organization_id))
        self.sweep = start(self.founder, spec=spec_text(max_trials=max_trials, parallelism=parallelism))
        self.advance()

    def teardown(self) -> None:
        try:
            if hasattr(self, "sweep"):
                self.settle()
        finally:
            self.exits.close()

    @rule()
    def advance(self) -> None:
        self._at_its_time(lambda: advance_sweep(self.founder.organization_id, self.sweep.id))

    @rule(target=claims, claim=consumes(claims))
    def come_back_late(self, claim: Claim) -> Any:
        """A worker that was silent for longer than its lease ends its command when another may already have begun."""
        self.let_time_pass(31)
        self.advance()
        other = self.claim(Trial.objects.get(id=claim.trial_id))
        self._finish(claim, SUCCESS)
        return other or multiple()

    @rule(seconds=st.sampled_from([1, 10, 29, 31, 70]))
    def let_time_pass(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    @rule(target=claims, place=st.integers(0, 2))
    def deliver_message(self, place: int) -> Any:
        """Of one of the latest trials, whatever its state: messages come twice, and late."""
        trial = Trial.objects.filter(sweep=self.sweep).order_by("-number")[place : place + 1].first()
        return (trial and self.claim(trial)) or multiple()

    @rule(claim=consumes(claims), value=st.none() | st.floats(0, 1), code=st.sampled_from([1, 2]), times=st.integers(1, 2))
    def finish(self, claim: Claim, value: float | None, code: int, times: int) -> None:
        outcome = fail("no", exit_code=code) if value is None else Outcome(TrialState.SUCCEEDED, value=value, exit_code=0)
        for _ in range(times):
            self._finish(claim, outcome)

    @rule(claim=claims)
    def renew(self, claim: Claim) -> None:
        renewal = self._at_its_time(
            lambda: leases.renew_lease(self.founder.organization_id, claim.trial_id, lease_token=claim.lease_token)
        )
        assert renewal is Renewal.LOST or self.holders[claim.number] is claim

    @rule(claim=consumes(claims))
    def give_back(self, claim: Claim) -> None:
        self._at_its_time(
            lambda: leases.return_trial(self.founder.organization_id, claim.trial_id, lease_token=claim.lease_token)
        )

    @rule(really=st.sampled_from([False, False, False, True]))
    def stop(self, really: bool) -> None:
        if really:
            sweeps.stop_sweep(self.founder.organization_id, self.sweep.id, user_id=self.founder.user_id)

    @invariant()
    def promises_hold(self) -> None:
        """Bounds are kept; an end is final, and written once."""
        if not hasattr(self, "sweep"):
            return
        rows = list(Trial.objects.filter(sweep=self.sweep).order_by("number").values_list("number", "state", "value"))
        assert [number for number, _, _ in rows] == list(range(1, len(rows) + 1))
        assert len(rows) <= self.sweep.max_trials
        assert sum(state in OPEN_TRIALS for _, state, _ in rows) <= self.sweep.parallelism
        ended = {number: (state, value) for number, state, value in rows if state in ENDED_TRIALS}
        assert ended.items() >= self.ended.items()
        self.ended = ended
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
                claim = self.claim(trial)
                if claim is not None:
                    self._finish(claim, SUCCESS)
        self.promises_hold()
        assert sweep.state not in OPEN_SWEEPS
        assert not sweep.trials.filter(state__in=OPEN_TRIALS).exists()
        assert sweep.state != SweepState.FINISHED or sweep.trials.count() == sweep.max_trials

    def claim(self, trial: Trial) -> Claim | None:
        claim: Claim | None = self._at_its_time(lambda: leases.claim_trial(self.founder.organization_id, trial.id))
        if claim is not None:
            self.holders[claim.number] = claim
        return claim

    def _finish(self, claim: Claim, outcome: Outcome) -> None:
        written = self._at_its_time(
            lambda: leases.finish_trial(
                self.founder.organization_id, claim.trial_id, lease_token=claim.lease_token, outcome=outcome
            )
        )
        assert not written or self.holders[claim.number] is claim
        self.accepted[claim.number] = self.accepted.get(claim.number, 0) + written

    def _at_its_time(self, do: Any) -> Any:
        with clock.frozen(self.at):
            return do()


def test_any_interleaving_of_workers_keeps_the_promises() -> None:
    run_machine(
        SweepMachine,
        settings=settings(max_examples=examples(15, many=100), stateful_step_count=30, deadline=None, derandomize=True),
    )
