"""All checks over a fleet: 10,000 machines with two weeks of five-minute series, read from the database; also over half of it."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from assay.core.engines.running import running
from tests.benchmarks._processes import run_python

MACHINES = 10_000


def measure() -> dict[str, object]:
    """seconds: from the start of a run to its end, one check after another in one process, findings written. peak_mib: of that process."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as name:
        home = Path(name)
        home.chmod(0o711)
        with running(home) as urls:
            environment = os.environ | urls | {"ASSAY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "assay.settings"}
            run_python(environment | {"ASSAY_DATABASE_ROLE": "owner"}, "manage.py", "migrate", "--verbosity", "0")
            whole, half = (_check(environment, count) for count in (MACHINES, MACHINES // 2))
    return {"machines": MACHINES, **whole, "half": half}


def _check(environment: Mapping[str, str], machines: int) -> dict[str, object]:
    filled = _step(environment, "fill", str(machines))
    organization = str(filled.pop("organization"))
    return {**filled, **_step(environment, "check", organization)}


def _step(environment: Mapping[str, str], *arguments: str) -> dict[str, object]:
    answer = run_python(environment, "-m", "tests.benchmarks._check_steps", *arguments)
    measured: dict[str, object] = json.loads(answer.strip().splitlines()[-1])
    return measured
