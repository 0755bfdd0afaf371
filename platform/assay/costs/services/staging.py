"""From delivered files to complete Parquet files of the ledger's shape, outside the ledger."""
# ruff: noqa: S608  built of Assay's own columns, and of quoted names

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import duckdb

from assay.costs.domain.formats import Format
from assay.costs.domain.imports import Invariant, PeriodTotals
from assay.costs.formats.cur2 import CUR2
from assay.costs.formats.cur_legacy import CUR_LEGACY
from assay.costs.formats.focus import FOCUS
from assay.costs.formats.reading import BillFile, open_bill, unpack
from assay.costs.formats.reading.sql import literal
from assay.costs.selectors import lake
from assay.costs.selectors.deliveries import read_delivery
from assay.costs.selectors.engines.duckdb import open_engine
from assay.costs.services.comparison import LedgerDiffers, compare
from assay.costs.services.lake import StagedFile

__all__ = ["FORMATS", "LedgerDiffers", "Staged", "stage_delivery"]

FORMATS: Mapping[str, Format] = {format_.name: format_ for format_ in (FOCUS, CUR_LEGACY, CUR2)}


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


def stage_delivery(files: Sequence[BillFile], *, import_id: UUID, currency: str, folder: Path, format_name: str = "") -> Staged:
    """Convert the files of one delivery, at least one.

    currency: that the source's bills have; empty for its first one. folder: empty, on the ledger's file system.
    format_name: a key of FORMATS; empty to recognise it. raises: BillRefused naming file, place, column and reason; LedgerDiffers.
    """
    formats = [FORMATS[format_name]] if format_name else list(FORMATS.values())
    with open_engine(spill_to=folder / "spill") as connection:
        bill = open_bill(connection, unpack(files, folder=folder / "unpacked"), formats, currency=currency)
        converted = folder / "charges.parquet"
        tally = bill.write(converted, import_id=import_id)
        if not tally.rows:
            raise files[0].refuse("there is a header but no row.")
        lay_out_periods(connection, converted, folder / "files" / "charges")
        rest = folder / "remainder.parquet"
        if remainders := bill.write_remainder(rest, tally, import_id=import_id):
            lay_out_periods(connection, rest, folder / "files" / "remainder")
        paths = sorted((folder / "files").rglob("*.parquet"))
        delivery = read_delivery(connection, [str(path) for path in paths])
        kept = compare(connection, bill, tally, [str(path) for path in paths], rows=delivery.rows - remainders)
        return Staged(
            files=tuple(_describe(connection, paths)),
            periods=delivery.periods,
            invariants=(*kept, *delivery.invariants),
            currency=bill.currency,
            notes=tuple(bill.notes(tally)),
            format=bill.format.name,
            version=bill.version,
        )


def lay_out_periods(connection: duckdb.DuckDBPyConnection, path: Path, folder: Path) -> None:
    """Move a file's rows to one file per billing period below folder; a file of one period, as most are, is moved as it is."""
    borders = f"min(billing_period_start), max(billing_period_start) FROM read_parquet({literal(str(path))})"
    first, last = connection.execute(
        f"SELECT strftime(low, '%Y-%m'), strftime(high, '%Y-%m') FROM (SELECT {borders}) AS borders(low, high)"
    ).fetchall()[0]
    folder.mkdir(parents=True)
    if first is None:
        path.unlink()
    elif first == last:
        (folder / f"billing_period={first}").mkdir()
        path.rename(folder / f"billing_period={first}" / "charges.parquet")
    else:
        rows = f"SELECT *, strftime(billing_period_start, '%Y-%m') AS billing_period FROM read_parquet({literal(str(path))})"
        layout = "FORMAT parquet, COMPRESSION zstd, PARTITION_BY (billing_period)"
        connection.execute(f"COPY ({rows}) TO {literal(str(folder))} ({layout})")
        path.unlink()


def _describe(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> list[StagedFile]:
    found = []
    for path in paths:
        rows = connection.execute(
            "SELECT any_value(billing_period), count(*), min(charge_date), max(charge_date) FROM " + lake.scan_sql([str(path)])
        ).fetchall()
        found.append(StagedFile(path, *rows[0]))
    return found
