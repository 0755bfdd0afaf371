"""What kind of file a delivery is, and which columns it has."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from isal import isal_zlib

from assay.costs.domain.imports import BillRefused, Fault

if TYPE_CHECKING:
    from _csv import Reader

BLOCK_BYTES = 1 << 20
MAX_FIELD_CHARACTERS = 1 << 24
BROKEN_GZIP = (EOFError, gzip.BadGzipFile, zlib.error, isal_zlib.IsalError)


class FileKind(StrEnum):
    CSV = "csv"
    CSV_GZ = "csv.gz"
    CSV_ZIP = "csv.zip"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class BillFile:
    """path: where it lies. name: what the sender called it; messages use that one."""

    path: Path
    name: str
    kind: FileKind

    def refuse(self, reason: str, *, faults: Sequence[Fault] = (), **details: object) -> BillRefused:
        """The error to raise."""
        return BillRefused(f"{self.name}: {reason}", faults=faults, file=self.name, **details)


def recognize_file(path: Path, *, name: str) -> BillFile:
    """By its first bytes, whatever its name. raises: BillRefused for empty files and other formats."""
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise BillFile(path, name, FileKind.CSV).refuse("the file is empty; export the bill again.")
    if start == b"PAR1":
        return BillFile(path, name, FileKind.PARQUET)
    if start[:2] == b"\x1f\x8b":
        return BillFile(path, name, FileKind.CSV_GZ)
    if start == b"PK\x03\x04":
        return BillFile(path, name, FileKind.CSV_ZIP)
    bill_file = BillFile(path, name, FileKind.CSV)
    if start[:2] in {b"PK", b"BZ"} or start == b"\x28\xb5\x2f\xfd":
        raise bill_file.refuse("this is an archive; unpack it, or send CSV, gzipped or zipped CSV, or Parquet.")
    return bill_file


def read_csv_header(bill_file: BillFile) -> list[str]:
    """Names in the first record. raises: BillRefused when it cannot be read as UTF-8 CSV."""
    with reading_records(bill_file) as records:
        header: list[str] = next(records, [])
    names = [name.strip() for name in header]
    if "" in names:
        raise bill_file.refuse(f"line 1: column {names.index('') + 1} has no name.")
    return names


@contextmanager
def reading_records(bill_file: BillFile) -> Iterator["Reader"]:
    """The records of a CSV file, header first. raises: BillRefused when reading them fails."""
    csv.field_size_limit(MAX_FIELD_CHARACTERS)
    try:
        with _open_plain(bill_file) as file, TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
            yield csv.reader(text)
    except BROKEN_GZIP as error:
        raise bill_file.refuse(f"the gzip stream is damaged or cut off ({error}); send the file again.") from error
    except UnicodeDecodeError as error:
        raise bill_file.refuse(f"byte {error.start} is not UTF-8 text; export the bill as UTF-8.") from error
    except csv.Error as error:
        raise bill_file.refuse(f"this is not CSV as RFC 4180 has it ({error}).") from error


def check_gzip(bill_file: BillFile) -> None:
    """Read a gzip stream to its end, with its checksum, which DuckDB does not look at. raises: BillRefused."""
    if bill_file.kind is not FileKind.CSV_GZ:
        return
    try:
        with gzip.open(bill_file.path) as file:
            while file.read(BLOCK_BYTES):
                continue
    except BROKEN_GZIP as error:
        raise bill_file.refuse(f"the gzip stream is damaged or cut off ({error}); send the file again.") from error


def _open_plain(bill_file: BillFile) -> IO[bytes]:
    if bill_file.kind is FileKind.CSV_GZ:
        return cast(IO[bytes], gzip.open(bill_file.path))
    return bill_file.path.open("rb")
