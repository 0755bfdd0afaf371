"""Account, service and day of a month of 5,000,000 charges: asked of the ledger, and of bare DuckDB on the same files."""

import json
import os
import tempfile
from pathlib import Path

from assay.core.engines.running import running
from tests.benchmarks._processes import run_python

ROWS = 5_000_000


def measure(rows: int = ROWS) -> dict[str, object]:
    """The best of five turns each. ratio_to_bare: without rollups (lower is better); rollup_ratio_to_bare: as people are answered."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as name:
        home = Path(name)
        home.chmod(0o711)
        with running(home) as urls:
            environment = os.environ | urls | {"ASSAY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "assay.settings"}
            run_python(environment | {"ASSAY_DATABASE_ROLE": "owner"}, "manage.py", "migrate", "--verbosity", "0")
            answer = run_python(environment, "-m", "tests.benchmarks._question_steps", str(home / "bill.parquet"), str(rows))
    found: dict[str, float] = json.loads(answer.strip().splitlines()[-1])
    return {
        "ratio_to_bare": round(found["charges_seconds"] / found["bare_seconds"], 2),
        "rollup_ratio_to_bare": round(found["rollup_seconds"] / found["bare_seconds"], 3),
        "rows": rows,
        **found,
    }
