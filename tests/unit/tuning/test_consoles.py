"""A trial's output in the console of its run."""

import sys
from pathlib import Path
from uuid import UUID

import pytest
from django.db import OperationalError

from assay.core import tenancy
from assay.tracking.selectors.console import read_console
from assay.tracking.services import experiments, runs
from assay.tuning.models import Trial
from assay.tuning.services import consoles, execution
from assay.tuning.services.advancing import advance_sweep
from assay.tuning.services.consoles import ConsoleFollower
from tests.factories.organizations import found_organization
from tests.factories.sweeps import found, spec_text, start
from workers.outputs import CappedFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> UUID:
    return found_organization().id


@pytest.fixture
def run(ada: UUID) -> UUID:
    with tenancy.scope(ada):
        return runs.create_run(ada, experiment_id=experiments.ensure_default_experiment(ada).id).id


def shown(ada: UUID, run: UUID) -> str:
    with tenancy.scope(ada):
        return "".join(chunk.text for chunk in read_console(ada, run).chunks)


def test_output_is_moved_as_it_is_written_and_only_once(ada: UUID, run: UUID, tmp_path: Path) -> None:
    at = [0.0]
    follower = ConsoleFollower(ada, run, tmp_path, read_seconds=lambda: at[0])
    follower.follow()
    with (tmp_path / "stdout.txt").open("wb", buffering=0) as file:
        file.write("epoch 1 é".encode()[:-1])
        follower.follow()
        assert shown(ada, run) == ""
        at[0] += consoles.LOOK_SECONDS
        follower.follow()
        assert shown(ada, run) == "epoch 1 "
        file.write("é".encode()[-1:] + b"\n")
    follower.finish()
    follower.finish()
    assert shown(ada, run) == "epoch 1 é\n"


def test_what_was_cut_off_before_it_was_read_is_said_and_the_rest_is_there_once(ada: UUID, run: UUID, tmp_path: Path) -> None:
    file, follower = CappedFile(tmp_path / "stdout.txt", limit_bytes=100), ConsoleFollower(ada, run, tmp_path)
    file.write(b"0123456789" * 5)
    follower.finish()
    for _ in range(30):
        file.write(b"abcdefghi\n")
    follower.finish()
    text = shown(ada, run)
    assert text.startswith("0123456789" * 5 + "[")
    gone = int(text.split("[")[1].split()[0])
    assert len(text.split("left out]\n")[1]) == 350 - 50 - gone
    file.write(b"end\n")
    file.close()
    follower.finish()
    assert shown(ada, run) == f"{text}end\n"


def test_while_the_database_is_away_output_waits(ada: UUID, run: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stderr.txt").write_text("a warning\n")
    follower = ConsoleFollower(ada, run, tmp_path)

    def fail(*_: object) -> None:
        raise OperationalError("the connection is lost")

    with monkeypatch.context() as patch:
        patch.setattr(consoles, "append_console", fail)
        patch.setattr(consoles, "close_old_connections", lambda: None)
        follower.finish()
    follower.finish()
    assert shown(ada, run) == "a warning\n"


def test_a_deleted_run_takes_no_output_and_the_trial_goes_on(ada: UUID, run: UUID, tmp_path: Path) -> None:
    (tmp_path / "stdout.txt").write_text("text\n")
    with tenancy.scope(ada):
        runs.delete_run(ada, run)
    follower = ConsoleFollower(ada, run, tmp_path)
    follower.finish()
    follower.finish()
    assert shown(ada, run) == ""


def test_a_trials_output_is_the_console_of_its_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_COMPUTE_PROVIDER", "aws")
    monkeypatch.setenv("ASSAY_COMPUTE_RESOURCE_ID", "i-0123")
    founder = found()
    (tmp_path / "train.py").write_text("print('trained')")
    with tenancy.scope(founder.organization_id):
        sweep = start(founder, spec=spec_text(command=f"{sys.executable} train.py", parallelism=1), workdir=str(tmp_path))
        advance_sweep(founder.organization_id, sweep.id)
        trial = Trial.objects.get(sweep=sweep)
    execution.run_trial(founder.organization_id, trial.id)
    with tenancy.scope(founder.organization_id):
        run = Trial.objects.get(id=trial.id).run
    assert run is not None
    assert shown(founder.organization_id, run.id) == "trained\n"
