"""From delivered files to complete Parquet files of the ledger's shape, outside the ledger."""
# ruff: noqa: S608  built of Assay's own columns, and of quoted names

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import duckdb

from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import add_up
from assay.costs.domain.formats import Format
from assay.costs.domain.imports import Invariant, PeriodTotals
from assay.costs.formats.focus import FOCUS
from assay.costs.formats.reading import Bill, BillFile, Survey, check_gzip, open_bill
from assay.costs.formats.reading.sql import literal
from assay.costs.selectors import lake
from assay.costs.selectors.deliveries import Delivery, read_delivery
from assay.costs.selectors.engines.duckdb import open_engine
from assay.costs.services.lake import StagedFile

FORMATS: Mapping[str, Format] = {FOCUS.name: FOCUS}


@dataclass(frozen=True, slots=True)
class Staged:
    """files: may hold several of one billing period. version: of the format; empty where files do not tell.

    notes: what a reader of the import should know.
    """

    files: tuple[StagedFile, ...]
    periods: tuple[PeriodTotals, ...]
    invariants: tuple[Invariant, ...]
    currency: str
    notes: tuple[str, ...]
    format: str
    version: str = ""


class LedgerDiffers(RuntimeError):
    """What was converted does not sum to what the files say: a defect of the conversion, and nothing is committed."""


def stage_delivery(
    files: Sequence[BillFile], *, import_id: UUID, currency: str, folder: Path, format_name: str = FOCUS.name
) -> Staged:
    """Convert the files of one delivery, at least one.

    currency: that the source's bills have; empty for its first one. folder: empty, on the ledger's file system.
    format_name: a key of FORMATS. raises: BillRefused naming file, place, column and reason; LedgerDiffers.
    """
    with open_engine(spill_to=folder / "spill") as connection, ThreadPoolExecutor(max_workers=1) as beside:
        gzip_checked = [beside.submit(check_gzip, bill_file) for bill_file in files]
        surveys: list[Survey] = []
        for number, bill_file in enumerate(files):
            bill = open_bill(connection, bill_file, FORMATS[format_name], currency=currency)
            surveys.append(bill.survey())
            currency = surveys[-1].currency
            _convert(bill, surveys[-1], import_id=import_id, folder=folder / "files" / str(number))
        for checked in gzip_checked:
            checked.result()
        paths = sorted((folder / "files").rglob("*.parquet"))
        delivery = read_delivery(connection, [str(path) for path in paths])
        return Staged(
            files=tuple(_describe(connection, paths)),
            periods=delivery.periods,
            invariants=(_compare(files, surveys, delivery), *delivery.invariants),
            currency=currency,
            notes=tuple(_collect_notes(files, surveys)),
            format=format_name,
        )


def _convert(bill: Bill, survey: Survey, *, import_id: UUID, folder: Path) -> None:
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


def _compare(files: Sequence[BillFile], surveys: Sequence[Survey], delivery: Delivery) -> Invariant:
    rows = sum(survey.rows for survey in surveys)
    totals = {basis: add_up([survey.totals[basis] for survey in surveys]) for basis in Basis}
    if (rows, totals) != (delivery.rows, delivery.totals):
        names = ", ".join(bill_file.name for bill_file in files)
        raise LedgerDiffers(
            f"{names}: there are {rows} rows and {totals}, converted were {delivery.rows} rows and {delivery.totals}"
        )
    whose = "the file" if len(files) == 1 else "the files"
    return Invariant(f"Rows and sums are those of {whose}", True, f"Rows: {rows:,}; all four costs agree to the last decimal.")


def _collect_notes(files: Sequence[BillFile], surveys: Sequence[Survey]) -> Iterator[str]:
    for bill_file, survey in zip(files, surveys, strict=True):
        yield from survey.notes if len(files) == 1 else (f"{bill_file.name}: {note}" for note in survey.notes)


def _describe(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> list[StagedFile]:
    found = []
    for path in paths:
        rows = connection.execute(
            "SELECT any_value(billing_period), count(*), min(charge_date), max(charge_date) FROM " + lake.scan_sql([str(path)])
        ).fetchall()
        found.append(StagedFile(path, *rows[0]))
    return found
