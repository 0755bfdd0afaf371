"""Time and memory of an import as bills grow: 1, 5 and 20 million rows of FOCUS as Parquet, against itself."""

import os

from tests.benchmarks._bill_homes import open_home, share_bill

SIZES = [int(size) for size in os.environ.get("ASSAY_BENCH_SIZES", "1000000,5000000,20000000").split(",")]


def measure() -> dict[str, object]:
    """Per size seconds and peak memory; growth_*: how many times those of the smallest, beside how many times the rows."""
    found = {}
    with open_home() as (home, run):
        for rows in SIZES:
            found[rows] = run("import", share_bill(home, run, rows), rows)
    first, last = found[SIZES[0]], found[SIZES[-1]]
    return {
        "growth_rows": SIZES[-1] // SIZES[0],
        "growth_seconds": round(last["seconds"] / first["seconds"], 2),
        "growth_memory": round(last["peak_rss_mib"] / first["peak_rss_mib"], 2),
        **{f"rows_{rows}_{name}": value for rows, figures in found.items() for name, value in figures.items()},
    }
