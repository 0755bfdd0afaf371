"""A month into the lake, of 1,000,000 rows and of 5,000,000: FOCUS as Parquet against DuckDB's bare COPY of it, AWS's report of the first
generation as eight csv.gz against DuckDB's bare reading of them.
"""

import os
from pathlib import Path

from tests.benchmarks._bill_homes import Figures, Step, open_home, share_bill

SIZES = [int(size) for size in os.environ.get("ASSAY_BENCH_ROWS", "1000000,5000000").split(",")]
TURNS = 2


def measure() -> dict[str, object]:
    """Per size the best of two turns each. ratio_to_copy, report_ratio_to_read: how many times the bare step an import takes
    (lower is better).

    Both imports are whole: received durably, read, checked, converted, compared with the files' sums, summed, made durable, committed.
    """
    with open_home() as (home, run):
        return {f"rows_{rows}": _measure(home, run, rows) for rows in SIZES}


def _measure(home: Path, run: Step, rows: int) -> dict[str, object]:
    bill, report = share_bill(home, run, rows), home / f"report-{rows}"
    run("generate_report", report, rows)
    paths = {"copy": bill, "import": bill, "read": report, "import_report": report}
    turns = [{step: run(step, path, rows) for step, path in paths.items()} for _ in range(TURNS)]
    best = {step: min((turn[step] for turn in turns), key=_seconds) for step in paths}
    return {
        "rows_per_second": round(rows / best["import"]["seconds"]),
        "ratio_to_copy": _divide(best, "import", "copy", "seconds"),
        "cpu_ratio_to_copy": _divide(best, "import", "copy", "cpu_seconds"),
        "report_ratio_to_read": _divide(best, "import_report", "read", "seconds"),
        "report_cpu_ratio_to_read": _divide(best, "import_report", "read", "cpu_seconds"),
        "bill_mib": bill.stat().st_size >> 20,
        "report_mib": sum(each.stat().st_size for each in report.iterdir()) >> 20,
        **{f"{step}_{name}": value for step, figures in best.items() for name, value in figures.items()},
    }


def _seconds(figures: Figures) -> float:
    return figures["seconds"]


def _divide(best: dict[str, Figures], step: str, peer: str, unit: str) -> float:
    return round(best[step][unit] / best[peer][unit], 2)
