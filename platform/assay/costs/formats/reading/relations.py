"""Bill files as a relation of DuckDB, whose columns are c0, c1, … in the files' order."""
# ruff: noqa: S608  built of Assay's own columns, and of quoted names

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow.parquet as pq
from pyarrow import ArrowException

from assay.costs.domain.formats import FileColumn, Format
from assay.costs.formats.reading.files import BillFile, FileKind, read_csv_header
from assay.costs.formats.reading.sql import identifier, literal
from assay.costs.formats.reading.values import as_text

MAX_LINE_BYTES = 1 << 24
BUFFER_BYTES = 1 << 25
"""DuckDB would take sixteen of the longest lines, for each file that it reads at the same time."""

EMPTY_TEXTS = "('', 'NULL')"
"""Some exporters write the word NULL where there is no value."""

UNTYPED = '"NULL"'
"""DuckDB's type of a Parquet column that holds nothing and says so."""


@dataclass(frozen=True, slots=True)
class Relation:
    """sql: what stands behind FROM. numbered: the same with the record's number, from 1, in the column `record`; of one file.

    notes: what a reader should know.
    """

    sql: str
    numbered: str
    columns: tuple[FileColumn, ...]
    notes: tuple[str, ...] = ()


def read_columns(connection: duckdb.DuckDBPyConnection, bill_file: BillFile) -> tuple[FileColumn, ...]:
    """In the file's order. raises: BillRefused when the file's header or footer cannot be read."""
    fields = _describe_parquet(connection, bill_file) if bill_file.kind is FileKind.PARQUET else _describe_csv(bill_file)
    return tuple(FileColumn(name, f"c{position}", type_) for position, (name, type_) in enumerate(fields))


def open_relation(files: Sequence[BillFile], columns: Sequence[FileColumn], format_: Format) -> Relation:
    """files: of one kind, all with these columns. raises: BillRefused when a column appears twice and the format refuses that."""
    merged, notes = _merge_same(files[0], columns, format_)
    paths = "[" + ", ".join(literal(str(bill_file.path)) for bill_file in files) + "]"
    scans = _scan_parquet(paths, columns) if files[0].kind is FileKind.PARQUET else _scan_csv(paths, columns, files[0].kind)
    return Relation(*scans, merged, notes)


def _describe_csv(bill_file: BillFile) -> list[tuple[str, str]]:
    return [(name, "VARCHAR") for name in read_csv_header(bill_file)]


def _describe_parquet(connection: duckdb.DuckDBPyConnection, bill_file: BillFile) -> list[tuple[str, str]]:
    scan = f"read_parquet({literal(str(bill_file.path))}, binary_as_string = true, hive_partitioning = false)"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
        names = pq.read_schema(bill_file.path).names
    except (duckdb.Error, ArrowException) as error:
        raise bill_file.refuse(f"this Parquet file cannot be read: {explain(error, bill_file)}") from error
    types = ["VARCHAR" if type_ == UNTYPED else type_ for _, type_, *_ in described]
    return list(zip(names, types, strict=True))


def _scan_csv(paths: str, columns: Sequence[FileColumn], kind: FileKind) -> tuple[str, str]:
    types = ", ".join(f"{literal(column.reference)}: 'VARCHAR'" for column in columns)
    compression = "gzip" if kind is FileKind.CSV_GZ else "none"
    scan = (
        f"read_csv({paths}, auto_detect = false, header = true, strict_mode = true,"
        f" delim = ',', quote = '\"', escape = '\"', nullstr = ['', 'NULL'], compression = {literal(compression)},"
        f" max_line_size = {MAX_LINE_BYTES}, buffer_size = {BUFFER_BYTES}, columns = {{{types}}})"
    )
    return scan, f"(SELECT row_number() OVER () AS record, * FROM {scan})"


def _scan_parquet(paths: str, columns: Sequence[FileColumn]) -> tuple[str, str]:
    """Columns are taken by their place, since names that differ by case alone are one to DuckDB."""
    places = ", ".join(identifier(f"p{position}") for position in range(len(columns)))
    selected = ", ".join(_emptied(column, f"p{position}") for position, column in enumerate(columns))
    options = f"{paths}, binary_as_string = true, hive_partitioning = false"
    plain = f"(SELECT {selected} FROM read_parquet({options}) AS file({places}))"
    numbered = f"read_parquet({options}, file_row_number = true) AS file({places}, record)"
    return plain, f"(SELECT record + 1 AS record, {selected} FROM {numbered})"


def _emptied(column: FileColumn, place: str) -> str:
    if column.type != "VARCHAR":
        return f"{place} AS {column.reference}"
    text = f"CAST({place} AS VARCHAR)"
    return f"CASE WHEN {text} NOT IN {EMPTY_TEXTS} THEN {text} END AS {column.reference}"


def _merge_same(
    bill_file: BillFile, columns: Sequence[FileColumn], format_: Format
) -> tuple[tuple[FileColumn, ...], tuple[str, ...]]:
    same: dict[str, list[FileColumn]] = {}
    for column in columns:
        same.setdefault(format_.canonical(column.name).lower(), []).append(column)
    several = [group for group in same.values() if len(group) > 1]
    if several and not format_.merges:
        name = several[0][1].name
        raise bill_file.refuse(f"column {name} appears twice; keep one of them.", column=name)
    notes = tuple(
        f"Columns that are one but for their writing, of which the first that has a value counts: {_names(group)}."
        for group in several
    )
    return tuple(map(_merge, same.values())), notes


def _merge(group: Sequence[FileColumn]) -> FileColumn:
    first = group[0]
    if len(group) == 1:
        return first
    types = {column.type for column in group}
    values = [column.reference if len(types) == 1 else as_text(column.type, column.reference) for column in group]
    return FileColumn(first.name, f"coalesce({', '.join(values)})", first.type if len(types) == 1 else "VARCHAR")


def _names(group: Sequence[FileColumn]) -> str:
    return ", ".join(column.name for column in group)


def explain(error: Exception, bill_file: BillFile) -> str:
    """The first sentence of DuckDB's message, without the name under which the file is stored."""
    first = str(error).split("\n\n", 1)[0].split("\n", 1)[0]
    return first.replace(str(bill_file.path), bill_file.name).removeprefix("Invalid Input Error: ").removeprefix("IO Error: ")
