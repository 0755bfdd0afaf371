"""A home with engines for benchmarks of imports, and steps run in it."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from assay.core.engines.running import running
from tests.benchmarks._processes import run_python

Figures = dict[str, float]
Step = Callable[[str, Path, int], Figures]
"""(step, path, rows) → seconds, cpu_seconds, peak_rss_mib."""


@contextmanager
def open_home() -> Iterator[tuple[Path, Step]]:
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as name:
        home = Path(name)
        home.chmod(0o711)
        with running(home) as urls:
            environment = os.environ | urls | {"ASSAY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "assay.settings"}
            run_python(environment | {"ASSAY_DATABASE_ROLE": "owner"}, "manage.py", "migrate", "--verbosity", "0")
            yield home, lambda step, path, rows: _run(environment, step, path, rows)


def share_bill(home: Path, run: Step, rows: int) -> Path:
    """A month of FOCUS as Parquet; made once for all benchmarks of one run."""
    bill = Path(os.environ.get("ASSAY_BENCH_SHARED", home)) / f"bill-{rows}.parquet"
    if not bill.exists():
        run("generate_focus", bill, rows)
    return bill


def _run(environment: Mapping[str, str], step: str, path: Path, rows: int) -> Figures:
    answer = run_python(environment, "-m", "tests.benchmarks._bill_steps", step, str(path), str(rows))
    measured: Figures = json.loads(answer.strip().splitlines()[-1])
    sys.stderr.write(f"{step}, {rows:,} rows: {measured}\n")
    sys.stderr.flush()
    return measured
