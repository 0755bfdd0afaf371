"""From a delivered file to complete Parquet files of the ledger's shape, outside the ledger."""
# ruff: noqa: S608  built of Assay's own columns, and of quoted names

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import duckdb

from assay.costs.domain.imports import Invariant, PeriodTotals
from assay.costs.formats import focus
from assay.costs.formats.focus.sql import literal
from assay.costs.selectors import lake
from assay.costs.selectors.deliveries import Delivery, read_delivery
from assay.costs.selectors.engines import open_engine
from assay.costs.services.lake import StagedFile


@dataclass(frozen=True, slots=True)
class Staged:
    """notes: what a reader of the import should know."""

    files: tuple[StagedFile, ...]
    periods: tuple[PeriodTotals, ...]
    invariants: tuple[Invariant, ...]
    currency: str
    notes: tuple[str, ...]


class LedgerDiffers(RuntimeError):
    """What was converted does not sum to what the file says: a defect of the conversion, and nothing is committed."""


def stage_bill(bill_file: focus.BillFile, *, import_id: UUID, currency: str, folder: Path) -> Staged:
    """Convert a file.

    currency: that the source's bills have; empty for its first one. folder: empty, on the ledger's file system.
    raises: BillRefused naming file, place, column and reason; LedgerDiffers.
    """
    with open_engine(spill_to=folder / "spill") as connection, ThreadPoolExecutor(max_workers=1) as beside:
        gzip_checked = beside.submit(focus.check_gzip, bill_file)
        bill = focus.open_bill(connection, bill_file, currency=currency)
        survey = bill.survey()
        _convert(bill, survey, import_id=import_id, folder=folder / "files")
        gzip_checked.result()
        paths = sorted((folder / "files").rglob("*.parquet"))
        delivery = read_delivery(connection, [str(path) for path in paths])
        compared = _compare(bill_file, survey, delivery)
        files = tuple(_describe(connection, paths))
        return Staged(files, delivery.periods, (compared, *delivery.invariants), survey.currency, survey.notes)


def _convert(bill: focus.Bill, survey: focus.Survey, *, import_id: UUID, folder: Path) -> None:
    folder.mkdir(parents=True)
    rows = bill.conversion_sql(survey, import_id=import_id)
    target, layout = folder, ", partition_by (billing_period)"
    if len(survey.billing_periods) == 1:
        target = folder / f"billing_period={survey.billing_periods[0]}" / "charges.parquet"
        target.parent.mkdir()
        rows, layout = f"SELECT * EXCLUDE (billing_period) FROM ({rows})", ""
    bill.connection.execute("SET preserve_insertion_order = false")
    try:
        bill.connection.execute(f"COPY ({rows}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd{layout})")
    except duckdb.Error as error:
        raise bill.explain_failure(error) from error


def _compare(bill_file: focus.BillFile, survey: focus.Survey, delivery: Delivery) -> Invariant:
    if (survey.rows, survey.totals) != (delivery.rows, delivery.totals):
        raise LedgerDiffers(
            f"{bill_file.name}: the file has {survey.rows} rows and {survey.totals},"
            f" converted were {delivery.rows} rows and {delivery.totals}"
        )
    detail = f"Rows: {survey.rows:,}; all four costs agree to the last decimal."
    return Invariant("Rows and sums are those of the file", True, detail)


def _describe(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> list[StagedFile]:
    found = []
    for path in paths:
        rows = connection.execute(
            "SELECT any_value(billing_period), count(*), min(charge_date), max(charge_date) FROM " + lake.scan_sql([str(path)])
        ).fetchall()
        found.append(StagedFile(path, *rows[0]))
    return found
