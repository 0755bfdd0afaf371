"""Long histories: drawing a metric of 1,000,000 points, its size on the disk, purging a run of 6,500,000; each also at half the size."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from assay.core.engines.running import running
from tests.benchmarks._processes import run_python

DRAWN = 1_000_000
PURGED = 6_500_000


def measure() -> dict[str, object]:
    """draw_milliseconds: of the server, history to envelope. bytes_per_point: table, indexes and all."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as name:
        home = Path(name)
        home.chmod(0o711)
        with running(home) as urls:
            environment = os.environ | urls | {"ASSAY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "assay.settings"}
            run_python(environment | {"ASSAY_DATABASE_ROLE": "owner"}, "manage.py", "migrate", "--verbosity", "0")
            first = _step(environment, "fill", DRAWN)
            half = _step(environment, "fill", DRAWN // 2)
            drawn = _step(environment, "draw", DRAWN, first)
            drawn_half = _step(environment, "draw", DRAWN // 2, half)
            long = _step(environment, "fill", PURGED)
            shorter = _step(environment, "fill", PURGED // 2)
            purged = _step(environment, "purge", PURGED, long)
            purged_half = _step(environment, "purge", PURGED // 2, shorter)
    return {
        "points": DRAWN,
        **drawn,
        "bytes_per_point": first["bytes_per_point"],
        "fill_points_per_second": round(DRAWN / float(str(first["fill_seconds"]))),
        **purged,
        "half": {**drawn_half, **purged_half},
    }


def _step(environment: Mapping[str, str], step: str, points: int, of: Mapping[str, object] | None = None) -> dict[str, object]:
    place = (str(of["organization"]), str(of["run"])) if of else ()
    answer = run_python(environment, "-m", "tests.benchmarks._history_steps", step, str(points), *place)
    measured: dict[str, object] = json.loads(answer.strip().splitlines()[-1])
    return measured
