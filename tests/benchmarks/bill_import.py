"""A month of 5,000,000 rows into the lake: FOCUS as Parquet against DuckDB's bare COPY of it, AWS's report as eight csv.gz against DuckDB's
bare reading of them.
"""

import os

from tests.benchmarks._bill_homes import open_home

ROWS = int(os.environ.get("ASSAY_BENCH_ROWS", "5000000"))
TURNS = 2


def measure() -> dict[str, object]:
    """The best of two turns each. ratio_to_copy, report_ratio_to_read: how many times the bare step an import takes (lower is better).

    An import of FOCUS is whole: received durably, read, checked, converted, compared with the file's sums, made durable, committed. Of
    the report it is the same without receipt.
    """
    with open_home() as (home, run):
        bill, report = home / "bill.parquet", home / "report"
        run("generate_focus", bill, ROWS)
        run("generate_report", report, ROWS)
        paths = {"copy": bill, "import": bill, "read": report, "import_report": report}
        turns = [{step: run(step, path, ROWS) for step, path in paths.items()} for _ in range(TURNS)]
        sizes = {
            "bill_mib": bill.stat().st_size >> 20,
            "report_mib": sum(each.stat().st_size for each in report.iterdir()) >> 20,
        }
    best = {step: min((turn[step] for turn in turns), key=lambda figures: figures["seconds"]) for step in turns[0]}
    return {
        "rows_per_second": round(ROWS / best["import"]["seconds"]),
        "ratio_to_copy": round(best["import"]["seconds"] / best["copy"]["seconds"], 2),
        "cpu_ratio_to_copy": round(best["import"]["cpu_seconds"] / best["copy"]["cpu_seconds"], 2),
        "report_ratio_to_read": round(best["import_report"]["seconds"] / best["read"]["seconds"], 2),
        "report_cpu_ratio_to_read": round(best["import_report"]["cpu_seconds"] / best["read"]["cpu_seconds"], 2),
        "rows": ROWS,
        **sizes,
        **{f"{step}_{name}": value for step, figures in best.items() for name, value in figures.items()},
    }
