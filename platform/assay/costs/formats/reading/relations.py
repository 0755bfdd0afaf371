"""A bill file as a relation of DuckDB, whose columns are c0, c1, … in the file's order."""
# ruff: noqa: S608  built of Assay's own columns, and of quoted names

from dataclasses import dataclass

import duckdb

from assay.costs.domain.formats import FileColumn
from assay.costs.formats.reading.files import BillFile, FileKind, read_csv_header
from assay.costs.formats.reading.sql import identifier, literal

MAX_LINE_BYTES = 1 << 24
EMPTY_TEXTS = "('', 'NULL')"
"""Some exporters write the word NULL where there is no value."""

UNTYPED = '"NULL"'
"""DuckDB's type of a Parquet column that holds nothing and says so."""


@dataclass(frozen=True, slots=True)
class Relation:
    """sql: what stands behind FROM. numbered: the same with the record's number, from 1, in the column `record`."""

    sql: str
    numbered: str
    columns: tuple[FileColumn, ...]


def open_relation(connection: duckdb.DuckDBPyConnection, bill_file: BillFile) -> Relation:
    """raises: BillRefused when the file's header or footer cannot be read, or a column appears twice."""
    if bill_file.kind is FileKind.PARQUET:
        return _open_parquet(connection, bill_file)
    return _open_csv(bill_file)


def _open_csv(bill_file: BillFile) -> Relation:
    columns = _enumerate(bill_file, [(name, "VARCHAR") for name in read_csv_header(bill_file)])
    types = ", ".join(f"{literal(column.reference)}: 'VARCHAR'" for column in columns)
    compression = "gzip" if bill_file.kind is FileKind.CSV_GZ else "none"
    scan = (
        f"read_csv({literal(str(bill_file.path))}, auto_detect = false, header = true, strict_mode = true,"
        f" delim = ',', quote = '\"', escape = '\"', nullstr = ['', 'NULL'], compression = {literal(compression)},"
        f" max_line_size = {MAX_LINE_BYTES}, columns = {{{types}}})"
    )
    return Relation(scan, f"(SELECT row_number() OVER () AS record, * FROM {scan})", columns)


def _open_parquet(connection: duckdb.DuckDBPyConnection, bill_file: BillFile) -> Relation:
    options = f"{literal(str(bill_file.path))}, binary_as_string = true"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({options})").fetchall()
    except duckdb.Error as error:
        raise bill_file.refuse(f"this Parquet file cannot be read: {explain(error, bill_file)}") from error
    columns = _enumerate(bill_file, [(name, "VARCHAR" if type_ == UNTYPED else type_) for name, type_, *_ in described])
    selected = ", ".join(f"{_emptied(column)} AS {column.reference}" for column in columns)
    return Relation(
        f"(SELECT {selected} FROM read_parquet({options}))",
        f"(SELECT file_row_number + 1 AS record, {selected} FROM read_parquet({options}, file_row_number = true))",
        columns,
    )


def _emptied(column: FileColumn) -> str:
    name = identifier(column.name)
    if column.type != "VARCHAR":
        return name
    text = f"CAST({name} AS VARCHAR)"
    return f"CASE WHEN {text} NOT IN {EMPTY_TEXTS} THEN {text} END"


def _enumerate(bill_file: BillFile, fields: list[tuple[str, str]]) -> tuple[FileColumn, ...]:
    seen: set[str] = set()
    for name, _ in fields:
        if name.lower() in seen:
            raise bill_file.refuse(f"column {name} appears twice; keep one of them.", column=name)
        seen.add(name.lower())
    return tuple(FileColumn(name, f"c{position}", type_) for position, (name, type_) in enumerate(fields))


def explain(error: duckdb.Error, bill_file: BillFile) -> str:
    """The first sentence of DuckDB's message, without the name under which the file is stored."""
    first = str(error).split("\n\n", 1)[0].split("\n", 1)[0]
    return first.replace(str(bill_file.path), bill_file.name).removeprefix("Invalid Input Error: ").removeprefix("IO Error: ")
