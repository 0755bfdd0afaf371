"""Where and why a file cannot be imported: asked only after an import failed, so it may take its time."""
# ruff: noqa: S608  built of Assay's own columns, and of quoted names

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

import duckdb
import pyarrow.parquet as pq
from pyarrow import ArrowException

from assay.costs.domain.imports import BillRefused, Fault
from assay.costs.formats.reading.files import BillFile, FileKind, check_gzip, reading_records
from assay.costs.formats.reading.mapping import Mapping
from assay.costs.formats.reading.relations import Relation, explain
from assay.costs.formats.reading.sql import literal

SHOWN_FAULTS = 10


def refuse_conversion(
    connection: duckdb.DuckDBPyConnection, bill_file: BillFile, relation: Relation, mapping: Mapping
) -> BillRefused | None:
    """returns: the refusal naming the first faulty rows; None when the file is sound."""
    connection.execute("SET preserve_insertion_order = true")
    unreadable = refuse_unreadable(connection, bill_file, relation)
    if unreadable is not None:
        return unreadable
    found = _find_faults(connection, relation, mapping)
    if not found:
        return None
    count = _count_faults(connection, relation, mapping)
    places = _place(connection, bill_file, [record for record, _ in found])
    faults = [Fault(place, *fault) for place, (_, fault) in zip(places, found, strict=True)]
    more = f" Faulty rows in all: {count:,}." if count > 1 else ""
    return bill_file.refuse(f"{faults[0]}.{more}", faults=faults, fault_count=count)


def refuse_unreadable(connection: duckdb.DuckDBPyConnection, bill_file: BillFile, relation: Relation) -> BillRefused | None:
    """returns: the refusal when the file itself is damaged; None when every row of it can be read."""
    check_gzip(bill_file)
    every = ", ".join(f"count({column.reference})" for column in relation.columns)
    try:
        connection.execute(f"SELECT {every} FROM {relation.sql}").fetchall()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        describe = _describe_damaged_parquet if bill_file.kind is FileKind.PARQUET else _describe_damaged_csv
        return describe(bill_file, error)
    return None


def _describe_damaged_parquet(bill_file: BillFile, error: duckdb.Error) -> BillRefused:
    place = "the file"
    with pq.ParquetFile(bill_file.path) as parquet:
        for number in range(parquet.num_row_groups):
            try:
                parquet.read_row_group(number)
            except (OSError, ArrowException):
                place = f"row group {number}"
                break
    return bill_file.refuse(f"{place} is damaged ({explain(error, bill_file)}); export the bill again.")


def _describe_damaged_csv(bill_file: BillFile, error: duckdb.Error) -> BillRefused:
    text = str(error)
    line = re.search(r"CSV Error on Line: (\d+)", text)
    place = f"line {line[1]}" if line else "the file"
    widths = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)
    if widths:
        return bill_file.refuse(f"{place}: the row has {widths[2]} values where the header has {widths[1]}.")
    if "unterminated quote" in text:
        return bill_file.refuse(f"{place}: a quoted value does not end where it should.")
    if "not utf-8" in text:
        return bill_file.refuse(f"{place}: this is not UTF-8 text; export the bill as UTF-8.")
    return bill_file.refuse(f"{place} cannot be read: {explain(error, bill_file)}")


def _find_faults(
    connection: duckdb.DuckDBPyConnection, relation: Relation, mapping: Mapping
) -> list[tuple[int, tuple[str, str | None, str]]]:
    """(record, (column, value, reason)) of the first faulty records, in the file's order."""
    statement = (
        f"SELECT record, fault.column, fault.value, fault.reason FROM ({_faults_sql(relation.numbered, mapping, 'record, ')})"
        f" WHERE fault IS NOT NULL ORDER BY record LIMIT {SHOWN_FAULTS}"
    )
    return [(record, (column, value, reason)) for record, column, value, reason in connection.execute(statement).fetchall()]


def _count_faults(connection: duckdb.DuckDBPyConnection, relation: Relation, mapping: Mapping) -> int:
    row = connection.execute(f"SELECT count(fault) FROM ({_faults_sql(relation.sql, mapping, '')})").fetchone()
    return int(row[0]) if row else 0


def _faults_sql(source: str, mapping: Mapping, also: str) -> str:
    cases = " ".join(case for field in mapping.fields.values() for case in field.fault_cases)
    return f"SELECT {also}CASE {cases} END AS fault FROM {mapping.prepare(source)}"


def _place(connection: duckdb.DuckDBPyConnection, bill_file: BillFile, records: Sequence[int]) -> Iterable[str]:
    if bill_file.kind is not FileKind.PARQUET:
        return [f"line {line}" for line in _find_lines(bill_file, records)]
    sizes = connection.execute(
        "SELECT any_value(row_group_num_rows) FROM parquet_metadata(" + literal(str(bill_file.path)) + ")"
        " GROUP BY row_group_id ORDER BY row_group_id"
    ).fetchall()
    ends = list(accumulate(size for (size,) in sizes))
    return [f"row group {bisect_right(ends, record - 1)}, row {record}" for record in records]


def _find_lines(bill_file: BillFile, records: Sequence[int]) -> Iterator[int]:
    """The line on which each record starts; quoted line ends and blank lines make it differ from the record's number."""
    passed = 0
    with reading_records(bill_file) as reader:
        filled = filter(None, reader)
        for record in records:
            deque(islice(filled, record - passed), maxlen=0)
            row = next(filled)
            passed = record + 1
            yield reader.line_num - sum(value.count("\n") for value in row)
