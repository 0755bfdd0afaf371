"""One attempt from claim to end, with a real process."""

import sys
from pathlib import Path

import pytest
from django.db import OperationalError

from assay.accounts.models import Membership
from assay.core import tenancy
from assay.tracking.domain.values import MetricPoint
from assay.tracking.models import Run
from assay.tracking.services import runs
from assay.tuning.domain.attempts import Attempt, Renewal
from assay.tuning.domain.states import TrialState
from assay.tuning.models import Trial
from assay.tuning.services import attempts, execution, keeping, leases
from assay.tuning.services.advancing import advance_sweep
from tests.factories.sweeps import Founder, found, spec_text, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Founder:
    return found()


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Named, so that nobody asks the network which machine this is."""
    monkeypatch.setenv("ASSAY_COMPUTE_PROVIDER", "aws")
    monkeypatch.setenv("ASSAY_COMPUTE_RESOURCE_ID", "i-0123")


def _waiting(ada: Founder, tmp_path: Path, script: str) -> Trial:
    (tmp_path / "train.py").write_text(script)
    with tenancy.scope(ada.organization_id):
        sweep = start(ada, spec=spec_text(command=f"{sys.executable} train.py", parallelism=1), workdir=str(tmp_path))
        advance_sweep(ada.organization_id, sweep.id)
        return Trial.objects.get(sweep=sweep)


def _again(trial: Trial) -> Trial:
    with tenancy.scope(trial.organization_id):
        return Trial.objects.select_related("run").get(id=trial.id)


def test_a_command_that_logs_nothing_fails_its_trial_with_the_reason(ada: Founder, tmp_path: Path) -> None:
    trial = _waiting(ada, tmp_path, "import os; print(open(os.environ['ASSAY_PARAMS_FILE']).read())")
    execution.run_trial(ada.organization_id, trial.id)
    ended = _again(trial)
    assert (ended.state, ended.exit_code) == (TrialState.FAILED, 0)
    assert "logged no metric 'accuracy'" in ended.error
    assert ended.run is not None
    assert ended.run.status == "FAILED"


def test_what_the_command_logged_becomes_the_trials_value(
    ada: Founder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial, begin = _waiting(ada, tmp_path, "print('trained')"), attempts.begin_attempt

    def begin_and_log(*args: object, **values: object) -> Attempt | None:
        attempt = begin(*args, **values)  # type: ignore[arg-type]  # passed on as they came
        if attempt:
            runs.log_batch(ada.organization_id, attempt.run_id, metrics=[MetricPoint("accuracy", 0.5, 0, 1)])
        return attempt

    monkeypatch.setattr(attempts, "begin_attempt", begin_and_log)
    execution.run_trial(ada.organization_id, trial.id)
    execution.run_trial(ada.organization_id, trial.id)
    ended = _again(trial)
    assert (ended.state, ended.value, ended.attempt) == (TrialState.SUCCEEDED, 0.5, 1)


def test_a_worker_that_leaves_gives_the_trial_back(ada: Founder, tmp_path: Path) -> None:
    trial = _waiting(ada, tmp_path, "import time; time.sleep(600)")
    execution.run_trial(ada.organization_id, trial.id, is_leaving=lambda: True)
    returned = _again(trial)
    assert (returned.state, returned.attempt, returned.losses) == (TrialState.WAITING, 1, 0)
    assert returned.run is not None
    assert returned.run.status == "KILLED"


def test_a_starter_who_left_the_organization_starts_nothing_further(ada: Founder, tmp_path: Path) -> None:
    trial = _waiting(ada, tmp_path, "")
    with tenancy.scope(ada.organization_id):
        Membership.objects.all().delete()
    execution.run_trial(ada.organization_id, trial.id)
    ended = _again(trial)
    assert ended.state == TrialState.FAILED
    assert "could not be prepared: There is no such member" in ended.error
    with tenancy.scope(ada.organization_id):
        assert not Run.objects.exists()


def test_a_lease_holds_while_the_database_is_away_and_no_longer(
    ada: Founder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = _waiting(ada, tmp_path, "")
    with tenancy.scope(ada.organization_id):
        claim = leases.claim_trial(ada.organization_id, trial.id)
    assert claim is not None
    at = [1000.0]

    def fail(*_: object, **__: object) -> Renewal:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(keeping, "close_old_connections", lambda: None)
    keeper = keeping.LeaseKeeper(claim, read_seconds=lambda: at[0])
    monkeypatch.setattr(keeping, "renew_lease", fail)
    seen = []
    for at[0] in (1004.0, 1006.0, 1029.0, 1031.0, 1035.0):
        seen.append(keeper.keep())
    assert seen == [Renewal.HELD, Renewal.HELD, Renewal.HELD, Renewal.LOST, Renewal.LOST]


def test_a_command_is_ended_when_its_lease_is_lost(ada: Founder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = _waiting(ada, tmp_path, "import time; time.sleep(600)")

    def lose(keeper: keeping.LeaseKeeper) -> Renewal:
        keeper.last = Renewal.LOST
        return keeper.last

    monkeypatch.setattr(keeping.LeaseKeeper, "keep", lose)
    execution.run_trial(ada.organization_id, trial.id)
    left = _again(trial)
    assert (left.state, left.error) == (TrialState.RUNNING, "")
