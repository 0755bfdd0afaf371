"""One thing done with a bill, in a process of its own: python -m tests.benchmarks._bill_steps STEP PATH ROWS."""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import duckdb

from tests.benchmarks._bills import write_focus, write_report

Figures = dict[str, float]


def copy(path: Path, rows: int) -> None:
    duckdb.execute(f"COPY (SELECT * FROM read_parquet('{path}')) TO '{path}.copy' (FORMAT parquet)")
    Path(f"{path}.copy").unlink()


def read(path: Path, rows: int) -> None:
    duckdb.execute(f"SELECT count(COLUMNS(*)) FROM read_csv('{path}/*.csv.gz', all_varchar = true)").fetchall()


def import_bill(path: Path, rows: int) -> UUID:
    """From the first byte received to the row saying imported. returns: the organization."""
    from assay.costs.services import imports
    from tests.factories.organizations import found_organization

    organization_id = found_organization().id
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(1 << 20), b"")
        received = imports.receive_bill(organization_id, source_name="aws", file_name=path.name, chunks=chunks)
    _import(organization_id, received.id, rows)
    return organization_id


def import_report(folder: Path, rows: int) -> None:
    """As import_bill, of all of a report's files as one archive."""
    from assay.costs.services import imports
    from assay_client.archives import ArchiveBody
    from tests.factories.organizations import found_organization

    organization_id = found_organization().id
    body = ArchiveBody([(path.name, path) for path in sorted(folder.iterdir())], report=lambda count: None)
    received = imports.receive_files(organization_id, source_name="aws", chunks=body)
    _import(organization_id, received.id, rows)


def _import(organization_id: UUID, import_id: UUID, rows: int) -> None:
    from assay.core import tenancy
    from assay.costs.selectors.imports import get_import
    from assay.costs.services import imports

    imports.import_bills(organization_id)
    with tenancy.scope(organization_id):
        delivered = get_import(organization_id, import_id)
    assert delivered.state == "imported", delivered.message
    assert (delivered.rows or 0) >= rows


def warm_up() -> None:
    """A worker has started long before a bill comes."""
    import django

    django.setup()
    from assay.costs.services import imports  # noqa: F401  loaded with all it needs


def ask(path: Path, rows: int) -> Figures:
    from tests.benchmarks._question_steps import measure_questions

    return measure_questions(import_bill(path, rows))


STEPS: dict[str, Callable[[Path, int], object]] = {
    "generate_focus": lambda path, rows: write_focus(path, rows=rows),
    "generate_report": lambda path, rows: write_report(path, rows=rows),
    "copy": copy,
    "read": read,
    "import": import_bill,
    "import_report": import_report,
    "ask": ask,
}


def main(step: str, path: Path, rows: int) -> None:
    if step.startswith("import") or step == "ask":
        warm_up()
    start, before = time.perf_counter(), _cpu_seconds()
    found = STEPS[step](path, rows)
    measured = {
        "seconds": round(time.perf_counter() - start, 2),
        "cpu_seconds": round(_cpu_seconds() - before, 2),
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    sys.stdout.write(json.dumps(measured | (found if isinstance(found, dict) else {})) + "\n")


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
