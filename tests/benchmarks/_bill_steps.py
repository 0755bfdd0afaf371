"""One thing done with a bill, in a process of its own: python -m tests.benchmarks._bill_steps STEP PATH ROWS."""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from tests.benchmarks._bills import write_focus, write_report


def copy(path: Path, rows: int) -> None:
    duckdb.execute(f"COPY (SELECT * FROM read_parquet('{path}')) TO '{path}.copy' (FORMAT parquet)")
    Path(f"{path}.copy").unlink()


def read(path: Path, rows: int) -> None:
    duckdb.execute(f"SELECT count(COLUMNS(*)) FROM read_csv('{path}/*.csv.gz', all_varchar = true)").fetchall()


def import_bill(path: Path, rows: int) -> None:
    """From the first byte received to the row saying imported."""
    from assay.core import tenancy
    from assay.costs.selectors.imports import get_import
    from assay.costs.services import imports
    from tests.factories.organizations import found_organization

    organization = found_organization()
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(1 << 20), b"")
        received = imports.receive_bill(organization.id, source_name="aws", file_name=path.name, chunks=chunks)
    imports.import_bills(organization.id)
    with tenancy.scope(organization.id):
        delivered = get_import(organization.id, received.id)
    assert (delivered.state, delivered.rows) == ("imported", rows), delivered.message


def import_report(folder: Path, rows: int) -> None:
    """All of a report's files at once."""
    from assay.core.ids import new_id
    from assay.costs.formats.reading import recognize_file
    from assay.costs.selectors import lake as ledger
    from assay.costs.services import lake, rollups
    from assay.costs.services.durability import empty_folder
    from assay.costs.services.staging import stage_delivery
    from tests.factories.organizations import found_organization

    organization, import_id, source_id = found_organization(), new_id(), new_id()
    files = [recognize_file(path, name=path.name) for path in sorted(folder.iterdir())]
    with empty_folder(ledger.staging_folder(organization.id) / import_id.hex) as staging:
        staged = stage_delivery(files, import_id=import_id, currency="USD", folder=staging)
        rollups.write_rollups(organization.id, source_id=source_id, import_id=import_id, files=staged.files, folder=staging)
        lake.replace_periods(organization.id, source_id=source_id, import_id=import_id, digest="", files=staged.files)
    assert sum(period.rows for period in staged.periods) >= rows


def warm_up() -> None:
    """A worker has started long before a bill comes."""
    import django

    django.setup()
    from assay.costs.services import imports  # noqa: F401  loaded with all it needs


STEPS: dict[str, Callable[[Path, int], None]] = {
    "generate_focus": lambda path, rows: write_focus(path, rows=rows),
    "generate_report": lambda path, rows: write_report(path, rows=rows),
    "copy": copy,
    "read": read,
    "import": import_bill,
    "import_report": import_report,
}


def main(step: str, path: Path, rows: int) -> None:
    if step.startswith("import"):
        warm_up()
    start, before = time.perf_counter(), _cpu_seconds()
    STEPS[step](path, rows)
    measured = {
        "seconds": round(time.perf_counter() - start, 2),
        "cpu_seconds": round(_cpu_seconds() - before, 2),
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    sys.stdout.write(json.dumps(measured) + "\n")


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
