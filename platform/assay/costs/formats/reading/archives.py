"""CSV in a zip, as CUR may be delivered: unpacked, since DuckDB does not read it."""

import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from assay.costs.formats.reading.files import BLOCK_BYTES, BillFile, FileKind

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def unpack(files: Sequence[BillFile], *, folder: Path) -> list[BillFile]:
    """The files with zips replaced by the CSV files in them. folder: empty. raises: BillRefused for damaged or empty zips."""
    return [plain for bill_file in files for plain in _unpack(bill_file, folder)]


def _unpack(bill_file: BillFile, folder: Path) -> Iterator[BillFile]:
    if bill_file.kind is not FileKind.CSV_ZIP:
        yield bill_file
        return
    try:
        with zipfile.ZipFile(bill_file.path) as archive:
            members = [member for member in archive.infolist() if member.filename.lower().endswith(".csv")]
            if not members:
                raise bill_file.refuse("there is no .csv file in this archive; send CSV, gzipped or zipped CSV, or Parquet.")
            folder.mkdir(parents=True, exist_ok=True)
            for member in members:
                path = folder / f"{len(list(folder.iterdir()))}.csv"
                with archive.open(member) as packed, path.open("wb") as plain:
                    shutil.copyfileobj(packed, plain, BLOCK_BYTES)
                yield BillFile(
                    path, bill_file.name if len(members) == 1 else f"{bill_file.name}/{member.filename}", FileKind.CSV
                )
    except DAMAGED as error:
        raise bill_file.refuse(f"the zip archive is damaged or cut off ({error}); send the file again.") from error
