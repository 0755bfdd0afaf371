"""A command's environment is built from nothing."""

import os
import sys
from pathlib import Path
from uuid import UUID

import pytest

from assay.core.ids import new_id
from assay.tuning.domain.attempts import Attempt, Claim
from assay.tuning.domain.parsing import parse_spec
from assay.tuning.services.environments import build_environment, plain_surroundings
from tests.factories.sweeps import spec_text

SWEEP = UUID("01900000-0000-7000-8000-000000000001")
RUN = UUID("01900000-0000-7000-8000-000000000002")


def _attempt() -> Attempt:
    spec = parse_spec(spec_text() + "env: {LANG: de_DE.UTF-8, MINE: 1}\n", workdir="/srv")
    claim = Claim(new_id(), SWEEP, new_id(), 3, 1, new_id(), {"c": 1.0, "kernel": "rbf"}, spec, new_id(), new_id())
    return Attempt(claim, run_id=RUN, experiment_number=5, secret="assay_secret")


def test_the_command_is_joined_to_its_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"DATABASE_URL": "x", "REDIS_URL": "x", "ASSAY_SECRET_KEY": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ASSAY_COMPUTE_RESOURCE_ID", "i-0123")
    environment = build_environment(_attempt(), Path("/trials/params.json"))
    assert not {"DATABASE_URL", "REDIS_URL", "ASSAY_SECRET_KEY", "AWS_SECRET_ACCESS_KEY", "ASSAY_HOME"} & set(environment)
    assert (
        environment.items()
        >= {
            "MLFLOW_TRACKING_URI": "http://127.0.0.1:8000",
            "MLFLOW_TRACKING_TOKEN": "assay_secret",
            "MLFLOW_RUN_ID": RUN.hex,
            "MLFLOW_EXPERIMENT_ID": "5",
            "ASSAY_PARAMS_FILE": "/trials/params.json",
            "ASSAY_SWEEP_ID": str(SWEEP),
            "ASSAY_TRIAL_NUMBER": "3",
            "ASSAY_COMPUTE_RESOURCE_ID": "i-0123",
            "LANG": "de_DE.UTF-8",
            "MINE": "1",
        }.items()
    )


def test_python_is_the_workers_own() -> None:
    path = plain_surroundings({"PATH": "/usr/bin"})["PATH"]
    assert path.split(os.pathsep) == [str(Path(sys.executable).parent), "/usr/bin"]
    assert plain_surroundings({})["PATH"].endswith(os.defpath)
