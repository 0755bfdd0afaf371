"""A bill that is about to enter the ledger: its files, the statement that converts them, and where they are wrong."""
# ruff: noqa: S608  built of Assay's own columns, and of quoted names

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import duckdb

from assay.costs.domain.columns import FOCUS_COLUMNS, Column, Kind
from assay.costs.domain.formats import Conversion, FileColumn, Format
from assay.costs.formats.reading.faults import refuse_conversion, refuse_unreadable
from assay.costs.formats.reading.files import BROKEN_GZIP, BillFile, FileKind
from assay.costs.formats.reading.inflation import inflating
from assay.costs.formats.reading.mapping import Mapping as ColumnMapping
from assay.costs.formats.reading.mapping import absent_value, keep_values, map_columns
from assay.costs.formats.reading.relations import Relation, open_relation, read_columns
from assay.costs.formats.reading.sql import literal
from assay.costs.formats.reading.tally import Tally

KEY_SEPARATOR = "\x1f"
PARTS = "parts"
ONE = "CAST(1 AS DECIMAL(33, 15))"
WRITTEN_AS = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE_BYTES '32MB')"
"""Level 1 takes a tenth less time to write than 3, and gives smaller files of bills.

A thread holds a group of rows until it is full: groups three times as large take a quarter more memory for AWS's wide rows and no less time;
smaller ones make larger files.
"""


@dataclass(frozen=True, slots=True)
class Group:
    """Files of the same columns and types: one scan."""

    files: tuple[BillFile, ...]
    columns: tuple[FileColumn, ...]
    relation: Relation
    mapping: ColumnMapping

    @property
    def name(self) -> str:
        more = len(self.files) - 1
        return f"{self.files[0].name} and {more} more" if more else self.files[0].name


@dataclass(frozen=True, slots=True)
class Bill:
    """connection: DuckDB with the time zone UTC. currency: of every row; empty when there is no row."""

    connection: duckdb.DuckDBPyConnection
    format: Format
    version: str
    groups: tuple[Group, ...]
    conversion: Conversion
    currency: str

    def write(self, path: Path, *, import_id: UUID) -> Tally:
        """Write the ledger's rows to a Parquet file: one pass over the files. raises: BillRefused at a faulty row or a damaged file."""
        tally = self._tally()
        tally.register(self.connection)
        self.connection.execute("SET preserve_insertion_order = false")
        files = [bill_file for group in self.groups for bill_file in group.files]
        try:
            with inflating(files, folder=path.with_suffix(".pipes")) as pipes:
                rows = self._conversion_sql(tally, import_id, pipes)
                self.connection.execute(f"COPY ({rows}) TO {literal(str(path))} {WRITTEN_AS}")
        except (duckdb.Error, *BROKEN_GZIP) as error:
            raise self.explain_failure(error) from error
        tally.finish()
        return tally

    def write_remainder(self, path: Path, tally: Tally, *, import_id: UUID) -> int:
        """Write the rows that stand for what no other row carries; none when all sums are zero. returns: how many."""
        remainder = self.conversion.remainder
        sums = {key: amount for key, amount in tally.sums_by_key[0].items() if amount} if remainder else {}
        if remainder is None or not sums:
            return 0
        rows = ", ".join(
            f"({', '.join([*map(literal, key.split(KEY_SEPARATOR)), f'CAST({amount:f} AS DECIMAL(33, 15))'])})"
            for key, amount in sums.items()
        )
        values = f"(VALUES {rows}) AS remainders({', '.join((*remainder.keys, 'amount'))})"
        columns = _ledger_columns(remainder.columns, import_id=import_id, kept="CAST(NULL AS VARCHAR)")
        self.connection.execute(f"COPY (SELECT {columns} FROM {values}) TO {literal(str(path))} {WRITTEN_AS}")
        return len(sums)

    def explain_failure(self, error: Exception) -> Exception:
        """What to raise after a statement over the files failed: BillRefused when a file is to blame, else the error."""
        for group in self.groups:
            for bill_file in group.files:
                relation = open_relation([bill_file], group.columns, self.format)
                refusal = refuse_conversion(self.connection, bill_file, relation, group.mapping)
                if refusal is not None:
                    return refusal
        return error

    def notes(self, tally: Tally) -> Iterator[str]:
        """What a reader of the import should know."""
        for group in self.groups:
            for note in group.mapping.notes:
                yield note if len(self.groups) == 1 else f"{group.name}: {note}"
        for bit, note in enumerate(self._noted()):
            if tally.notes[bit]:
                yield note.format(f"{tally.notes[bit]:,}")
        if tally.left_out:
            yield f"Rows left out: {tally.left_out:,}, which are {self.conversion.left_out}."

    def _noted(self) -> list[str]:
        return list(dict.fromkeys(note for group in self.groups for _, note in group.mapping.noted()))

    def _tally(self) -> Tally:
        equalities = self.conversion.equalities
        keyed = [(equality.source_key, equality.source) for equality in equalities if equality.source_key]
        if self.conversion.unknown:
            keyed.insert(0, (self.conversion.unknown, ONE))
        if remainder := self.conversion.remainder:
            key = f" || '{KEY_SEPARATOR}' || ".join(f"({sql})" for sql in remainder.keys.values())
            keyed.insert(0, (f"CASE WHEN {remainder.rows} THEN {key} END", remainder.amount))
        parts = f"CAST(len({PARTS}) AS INTEGER)" if self._parts else "CAST(1 AS INTEGER)"
        keyed += [(f"CASE WHEN {each.applies} THEN 'applies' END", ONE) for each in equalities if each.applies]
        return Tally([equality.source for equality in equalities if not equality.source_key], keyed, parts, "noted")

    @property
    def _parts(self) -> str:
        parts, keep = self.conversion.parts, self.conversion.keep
        return f"CASE WHEN {keep} THEN {parts or '[0]'} ELSE [] END" if keep else parts

    def _conversion_sql(self, tally: Tally, import_id: UUID, pipes: Mapping[BillFile, BillFile]) -> str:
        named = {**self.conversion.named, **({PARTS: self._parts} if self._parts else {})}
        values = ", ".join(("*", *(f"{sql} AS {name}" for name, sql in named.items())))
        rows = f"SELECT * FROM (SELECT {values} FROM ({' UNION ALL '.join(self._inputs_sql(pipes))})) WHERE {tally.condition()}"
        if self._parts:
            rows = f"SELECT *, unnest({PARTS}) AS part FROM ({rows})"
        return f"SELECT {_ledger_columns(self.conversion.columns, import_id=import_id, kept='x_columns')} FROM ({rows})"

    def _inputs_sql(self, pipes: Mapping[BillFile, BillFile]) -> Iterator[str]:
        """Each group's columns of the format, read and checked, in one order. pipes: to read in the places of files."""
        inputs: dict[str, Column] = {column.ledger_name: column for group in self.groups for column in group.mapping.inputs}
        places = {note: bit for bit, note in enumerate(self._noted())}
        for group in self.groups:
            fields = group.mapping.fields
            columns = [
                fields[name].sql if name in fields else f"{absent_value(column.kind)} AS {name}"
                for name, column in inputs.items()
            ]
            bits = [f"CASE WHEN {condition} THEN {1 << places[note]} ELSE 0 END" for condition, note in group.mapping.noted()]
            kept = keep_values(group.mapping, self.format, self.conversion.kept)
            files = [pipes.get(bill_file, bill_file) for bill_file in group.files]
            relation = group.mapping.prepare(open_relation(files, group.columns, self.format).sql, *kept.prepared)
            noted = f"CAST({' + '.join(bits) or '0'} AS BIGINT)"
            yield f"SELECT {', '.join(columns)}, {kept.sql} AS x_columns, {noted} AS noted FROM {relation}"


def open_bill(
    connection: duckdb.DuckDBPyConnection, files: Sequence[BillFile], formats: Sequence[Format], *, currency: str
) -> Bill:
    """files: of one delivery, at least one. formats: to choose from. currency: of the source; empty for the files' own.

    raises: BillRefused for files without the required columns, and for files of several formats.
    """
    columns = {bill_file: read_columns(connection, bill_file) for bill_file in files}
    format_, version = _choose_format(columns, formats)
    if not currency:
        currency = _find_currency(connection, columns, format_)
    groups = tuple(_open_group(same, columns[same[0]], format_, currency=currency) for same in _group_files(columns))
    present = {name for group in groups for name in group.mapping.fields}
    return Bill(connection, format_, version, groups, format_.convert(present), currency)


def _choose_format(columns: Mapping[BillFile, tuple[FileColumn, ...]], formats: Sequence[Format]) -> tuple[Format, str]:
    chosen: dict[str, tuple[BillFile, Format, str]] = {}
    for bill_file, found in columns.items():
        detected = [(detection, format_) for format_ in formats if (detection := format_.detect(found)) is not None]
        best, version = formats[0], ""
        if detected:
            detection, best = max(detected, key=lambda pair: pair[0].score)
            version = detection.version
        chosen.setdefault(best.name, (bill_file, best, version))
    (first, format_, version), *others = chosen.values()
    if others:
        other, another, _ = others[0]
        raise other.refuse(f"this is {another.title}, while {first.name} is {format_.title}; deliver them apart.")
    return format_, version


def _group_files(columns: Mapping[BillFile, tuple[FileColumn, ...]]) -> list[list[BillFile]]:
    """Those of one kind, with the same columns and types, together."""
    groups: dict[tuple[FileKind, tuple[FileColumn, ...]], list[BillFile]] = {}
    for bill_file, shape in columns.items():
        groups.setdefault((bill_file.kind, shape), []).append(bill_file)
    return list(groups.values())


def _open_group(files: Sequence[BillFile], columns: tuple[FileColumn, ...], format_: Format, *, currency: str) -> Group:
    relation = open_relation(files, columns, format_)
    return Group(tuple(files), columns, relation, map_columns(files[0], relation, format_, currency=currency))


def _find_currency(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[BillFile, tuple[FileColumn, ...]], format_: Format
) -> str:
    """The first one that a file has."""
    for bill_file, found in columns.items():
        relation = open_relation([bill_file], found, format_)
        reference = map_columns(bill_file, relation, format_, currency="").reference(Kind.CURRENCY)
        statement = f"SELECT {reference} FROM {relation.sql} WHERE {reference} IS NOT NULL LIMIT 1"
        try:
            rows = connection.execute(statement).fetchall()
        except duckdb.Error as error:
            raise refuse_unreadable(connection, bill_file, relation) or error from error
        if rows:
            return str(rows[0][0])
    return ""


def _ledger_columns(columns: Mapping[str, str], *, import_id: UUID, kept: str) -> str:
    """The SELECT list of the ledger's columns but for its partitions."""
    values = [
        f"{columns.get(column.ledger_name) or absent_value(column.kind)} AS {column.ledger_name}" for column in FOCUS_COLUMNS
    ]
    start = columns["charge_period_start"]
    return ", ".join(
        (
            *values,
            f"{columns.get('instance_type', 'CAST(NULL AS VARCHAR)')} AS instance_type",
            f"{kept} AS x_columns",
            f"CAST(make_timestamp(epoch_us({start})) AS DATE) AS charge_date",
            f"{literal(str(import_id))} AS import_id",
        )
    )
