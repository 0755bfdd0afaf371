"""Account, service and day of a month of 5,000,000 charges: asked of the ledger, and of bare DuckDB on the same files."""

import os

from tests.benchmarks._bill_homes import open_home, share_bill

ROWS = int(os.environ.get("ASSAY_BENCH_ROWS", "5000000").split(",")[-1])


def measure(rows: int = ROWS) -> dict[str, object]:
    """The best of five turns each. ratio_to_bare: without rollups (lower is better); rollup_ratio_to_bare: as people are answered."""
    with open_home() as (home, run):
        bill = share_bill(home, run, rows)
        found = run("ask", bill, rows)
    return {
        "ratio_to_bare": round(found["charges_seconds"] / found["bare_seconds"], 2),
        "rollup_ratio_to_bare": round(found["rollup_seconds"] / found["bare_seconds"], 3),
        "rows": rows,
        **found,
    }
