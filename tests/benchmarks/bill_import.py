"""Import of a FOCUS file of 1,000,000 rows against DuckDB's bare reading of it, and its bare COPY of it to Parquet."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from assay.core.engines.running import running
from tests.benchmarks._processes import run_python

ROWS = 1_000_000
TURNS = 2


def measure() -> dict[str, object]:
    """The best of two turns each. ratio_to_copy: how many times the time of the bare COPY an import takes (lower is better).

    An import also keeps the upload durably, checks every value, sorts, compares all sums with the file's, and commits.
    """
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as name:
        home = Path(name)
        home.chmod(0o711)
        with running(home) as urls:
            environment = os.environ | urls | {"ASSAY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "assay.settings"}
            run_python(environment | {"ASSAY_DATABASE_ROLE": "owner"}, "manage.py", "migrate", "--verbosity", "0")
            bill = home / "bill.csv"
            _step(environment, "generate", bill)
            turns = [{step: _step(environment, step, bill) for step in ("read", "copy", "import")} for _ in range(TURNS)]
            size_mib = bill.stat().st_size >> 20
    best = {step: min((turn[step] for turn in turns), key=lambda figures: figures["seconds"]) for step in turns[0]}
    return {
        "rows_per_second": round(ROWS / best["import"]["seconds"]),
        "ratio_to_copy": round(best["import"]["seconds"] / best["copy"]["seconds"], 2),
        "ratio_to_read": round(best["import"]["seconds"] / best["read"]["seconds"], 2),
        "cpu_ratio_to_copy": round(best["import"]["cpu_seconds"] / best["copy"]["cpu_seconds"], 2),
        "rows": ROWS,
        "file_mib": size_mib,
        **{f"{step}_{name}": value for step, figures in best.items() for name, value in figures.items()},
    }


def _step(environment: Mapping[str, str], step: str, bill: Path) -> dict[str, float]:
    answer = run_python(environment, "-m", "tests.benchmarks._bill_steps", step, str(bill))
    measured: dict[str, float] = json.loads(answer.strip().splitlines()[-1])
    return measured
