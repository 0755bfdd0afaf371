"""Moving sweeps on: bounds, reminders, and who is told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from assay.core import clock, deferral, signals, tenancy
from assay.core.clock import now
from assay.core.errors import Conflict
from assay.tracking.selectors.experiments import find_experiment_by_name
from assay.tracking.services.experiments import delete_experiment
from assay.tuning.domain.outcomes import Outcome
from assay.tuning.domain.states import SweepState, TrialState
from assay.tuning.models import Sweep, Trial
from assay.tuning.services import leases
from assay.tuning.services.advancing import advance_open_sweeps, advance_sweep
from tests.factories.sweeps import Founder, found, spec_text, start

pytestmark = pytest.mark.django_db

Sent = list[tuple[str, str, dict[str, Any]]]


@pytest.fixture
def ada() -> Iterator[Founder]:
    founder = found()
    with tenancy.scope(founder.organization_id):
        yield founder


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """The messages that would leave, caught where they leave the process."""
    messages: Sent = []
    monkeypatch.setattr(deferral, "_send", lambda name, queue, values: messages.append((name, queue, dict(values))))
    return messages


def _run_through(ada: Founder, sweep: Sweep) -> list[int]:
    """Executes every trial that waits, until none does; returns how many waited each time."""
    waiting: list[int] = []
    while True:
        advance_sweep(ada.organization_id, sweep.id)
        trials = Trial.objects.filter(sweep=sweep, state=TrialState.WAITING)
        if not trials:
            return waiting
        waiting.append(len(trials))
        for trial in trials:
            claim = leases.claim_trial(ada.organization_id, trial.id)
            assert claim is not None
            done = Outcome(TrialState.SUCCEEDED, value=float(claim.params["c"]), exit_code=0)
            leases.finish_trial(ada.organization_id, trial.id, lease_token=claim.lease_token, outcome=done)


@pytest.mark.parametrize(("parallelism", "waves"), [(1, [1] * 5), (2, [2, 2, 1]), (9, [5])])
def test_a_sweep_runs_as_many_at_once_as_it_may_and_ends_with_its_last_trial(
    ada: Founder, parallelism: int, waves: list[int]
) -> None:
    sweep = start(ada, spec=spec_text(max_trials=5, parallelism=parallelism))
    assert _run_through(ada, sweep) == waves
    ended = Sweep.objects.get(id=sweep.id)
    assert (ended.state, ended.trials.count()) == (SweepState.FINISHED, 5)
    assert ended.ended_at is not None


def test_the_same_seed_tries_the_same_params(ada: Founder) -> None:
    tried = []
    for sampler in ("tpe", "tpe", "random"):
        sweep = start(ada, spec=spec_text(max_trials=8, parallelism=1, sampler=sampler))
        _run_through(ada, sweep)
        tried.append([trial.params for trial in Trial.objects.filter(sweep=sweep).order_by("number")])
    assert tried[0] == tried[1] != tried[2]


def test_each_new_trial_is_told_once_and_again_only_when_its_message_seems_lost(
    ada: Founder, sent: Sent, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    sweep = start(ada)
    counts = []
    for seconds in (0, 10, 59, 61, 70, 122):
        with clock.frozen(sweep.created_at + timedelta(seconds=seconds)):
            with django_capture_on_commit_callbacks(execute=True):
                advance_sweep(ada.organization_id, sweep.id)
            counts.append(len(sent))
    assert counts == [2, 2, 2, 4, 4, 6]
    assert {(name, queue) for name, queue, _ in sent} == {("tuning.run_trial", "trials")}


def test_beat_hints_every_open_sweep_of_every_organization(
    ada: Founder, sent: Sent, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    eve = found("eve@example.com")
    expected = {str(start(ada).id)}
    with tenancy.scope(eve.organization_id):
        expected.add(str(start(eve).id))
    Sweep.objects.filter(id=start(ada).id).update(state=SweepState.FINISHED, ended_at=now())
    with django_capture_on_commit_callbacks(execute=True):
        advance_open_sweeps()
    assert {values["sweep_id"] for name, _, values in sent if name == "tuning.advance_sweep"} == expected


def test_upper_apps_hear_of_every_change(
    ada: Founder, sent: Sent, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    heard: list[Any] = []

    def listen(**values: Any) -> None:
        heard.append(values["sweep_id"])

    signals.sweep_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            sweep = start(ada)
            advance_sweep(ada.organization_id, sweep.id)
            leases.claim_trial(ada.organization_id, Trial.objects.filter(sweep=sweep)[0].id)
    finally:
        signals.sweep_changed.disconnect(listen)
    assert heard == [sweep.id] * 3


def test_a_deleted_experiment_is_named_with_a_way_out(ada: Founder) -> None:
    start(ada)
    experiment = find_experiment_by_name(ada.organization_id, "digits")
    assert experiment is not None
    delete_experiment(ada.organization_id, experiment.id)
    with pytest.raises(Conflict, match="restore it, or name another one"):
        start(ada)
