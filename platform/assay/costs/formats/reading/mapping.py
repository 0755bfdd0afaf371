"""Which column of a file is which column of its format."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assay.costs.domain.columns import Column, Kind, Presence
from assay.costs.domain.formats import FileColumn, Format
from assay.costs.formats.reading.files import BillFile
from assay.costs.formats.reading.relations import Relation
from assay.costs.formats.reading.sql import literal
from assay.costs.formats.reading.values import DECIMAL, Fault, Reading, are_plain_numbers, as_text, is_nested, read_value

MARK = "assay found a fault"
KEPT_TEXTS, KEPT_PLAINLY = "kept_texts", "kept_plainly"
NUMBERS_SOUND = "numbers_sound"
"""Name of whether all of a row's numbers are plain ones, which one look at all of them tells for less than a look at each."""

ZONELESS = ("TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S")


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the format, the file's column that feeds it, and how its values are read."""

    column: Column
    source: FileColumn
    reading: Reading
    faults: tuple[Fault, ...]

    @property
    def sql(self) -> str:
        """The converted value; raises an error that contains MARK for a faulty one."""
        if not self.faults and not self.column.filled:
            return f"{self.reading.value} AS {self.column.ledger_name}"
        failure = f"error({literal(MARK)})"
        cases = [f"WHEN {self.source.reference} IS NULL THEN {failure if self.column.filled else 'NULL'}"]
        sound = [NUMBERS_SOUND] if self.is_number_text else []
        sound += [self.reading.sound] if self.reading.sound else []
        cases += [f"WHEN {condition} THEN {self.reading.value}" for condition in sound]
        if self.faults:
            cases.append(f"WHEN {' OR '.join(f'({fault.condition})' for fault in self.faults)} THEN {failure}")
        return f"CASE {' '.join(cases)} ELSE {self.reading.value} END AS {self.column.ledger_name}"

    @property
    def is_number_text(self) -> bool:
        return self.column.kind is Kind.DECIMAL and self.source.type == "VARCHAR"

    @property
    def fault_cases(self) -> list[str]:
        """WHEN … THEN {column, value, reason}, for finding faulty rows."""
        reference, name = self.source.reference, literal(self.source.name)
        text = as_text(self.source.type, reference)
        conditions = [(f"{reference} IS NOT NULL AND ({fault.condition})", fault.reason) for fault in self.faults]
        if self.column.filled:
            conditions.append((f"{reference} IS NULL", "is missing: fill it, or leave the row out"))
        return [
            f"WHEN {condition} THEN {{'column': {name}, 'value': {text}, 'reason': {literal(reason)}}}"
            for condition, reason in conditions
        ]


@dataclass(frozen=True, slots=True)
class Mapping:
    """fields: by ledger name. inputs: all columns of the format, in order. unknown: the file's others. notes: for a reader."""

    fields: dict[str, Field]
    inputs: tuple[Column, ...]
    unknown: tuple[FileColumn, ...]
    notes: tuple[str, ...]

    def reference(self, kind: Kind) -> str:
        """SQL of the file's own value of the only column of this kind."""
        return next(field.source.reference for field in self.fields.values() if field.column.kind is kind)

    def prepare(self, relation: str, *also: tuple[str, str]) -> str:
        """The relation, what stands behind FROM, with what the fields speak of by name, and more such, beside its own columns."""
        prepared = [*(field.reading.prepared for field in self.fields.values() if field.reading.prepared), *also]
        if numbers := [field.source.reference for field in self.fields.values() if field.is_number_text]:
            prepared.append((NUMBERS_SOUND, are_plain_numbers(numbers)))
        named = ", ".join(f"{sql} AS {name}" for name, sql in prepared)
        return f"(SELECT *, {named} FROM {relation})" if named else relation  # noqa: S608  built of Assay's own columns

    def noted(self) -> list[tuple[str, str]]:
        """(condition, note) of values that the log counts; the condition is NULL for no value."""
        return [
            (f"{field.reading.noted}", f"{field.source.name}: {{}} {field.reading.note}")
            for field in self.fields.values()
            if field.reading.noted
        ]


def map_columns(bill_file: BillFile, relation: Relation, format_: Format, *, currency: str) -> Mapping:
    """currency: the one that every row must have; empty to take any. raises: BillRefused when required columns are missing."""
    available = {format_.canonical(column.name).lower(): column for column in relation.columns}
    inputs = format_.inputs(relation.columns)
    found = {column.name: _find(column, available) for column in inputs}
    missing = [column.name for column in inputs if column.presence is Presence.REQUIRED and not found[column.name]]
    if missing:
        raise bill_file.refuse(
            f"line 1: required {format_.title} columns are missing: {', '.join(missing)}. {format_.remedy}",
            columns=missing,
        )
    fields = {column.ledger_name: _map(bill_file, column, source) for column in inputs if (source := found[column.name])}
    values = {column.ledger_name: absent_value(column.kind) for column in inputs} | {
        name: field.reading.attempt for name, field in fields.items()
    }
    ruled = {name: _add_rules(field, values, currency) for name, field in fields.items()}
    known = {field.source.name for field in fields.values()}
    unknown = tuple(column for column in relation.columns if column.name not in known)
    notes = (*relation.notes, *_note(format_, inputs, found, unknown))
    return Mapping(ruled, inputs, unknown, notes)


def _find(column: Column, available: dict[str, FileColumn]) -> FileColumn | None:
    return next((available[name.lower()] for name in (column.name, *column.aliases) if name.lower() in available), None)


def _map(bill_file: BillFile, column: Column, source: FileColumn) -> Field:
    reading = read_value(column.kind, source.type, source.reference)
    if reading is None:
        raise bill_file.refuse(f"column {source.name} has the type {source.type}, which cannot be read as {column.kind}.")
    return Field(column, source, reading, reading.faults)


def _add_rules(field: Field, values: dict[str, str], currency: str) -> Field:
    faults = [Fault(rule.broken.format_map(values), rule.reason) for rule in field.column.rules]
    if currency and field.column.kind is Kind.CURRENCY:
        reason = f"differs from {currency}: one file, and one source, has one currency; split the file by currency"
        faults.append(Fault(f"{field.reading.attempt} <> {literal(currency)}", reason))
    return Field(field.column, field.source, field.reading, (*field.faults, *faults))


def _note(
    format_: Format, inputs: Sequence[Column], found: dict[str, FileColumn | None], unknown: tuple[FileColumn, ...]
) -> Iterable[str]:
    absent = [column.name for column in inputs if column.presence is Presence.EXPECTED and not found[column.name]]
    if absent:
        yield f"Columns that {format_.title} makes mandatory are absent and read as empty: {', '.join(absent)}."
    if unknown:
        yield f"Custom columns kept in x_columns: {', '.join(column.name for column in unknown)}."
    zoneless = [column.name for column in inputs if (source := found[column.name]) and source.type.endswith(ZONELESS)]
    if zoneless:
        yield f"Times without a zone are read as UTC: {', '.join(zoneless)}."


@dataclass(frozen=True, slots=True)
class Kept:
    """sql: the JSON object of a row's unknown columns and kept inputs, without empty ones; NULL when there is none.

    prepared: (name, SQL) of what it speaks of by name.
    """

    sql: str
    prepared: tuple[tuple[str, str], ...] = ()


def keep_values(mapping: Mapping, format_: Format, kept: Sequence[str]) -> Kept:
    """Characters that JSON escapes are rare, so a row is looked at as a whole first."""
    columns = [*mapping.unknown, *(mapping.fields[name].source for name in kept if name in mapping.fields)]
    if not columns:
        return Kept("CAST(NULL AS VARCHAR)")
    plain = [column for column in columns if not is_nested(column.type)]
    nested = [
        _member(format_, column, f"CAST(to_json({column.reference}) AS VARCHAR)") for column in columns if column not in plain
    ]
    values = {column: as_text(column.type, column.reference) for column in plain}
    escaped = [_member(format_, column, f"CAST(to_json({value}) AS VARCHAR)") for column, value in values.items()]
    if not plain:
        return Kept(_object(nested))
    special = f"strlen(CAST(to_json({KEPT_TEXTS}) AS VARCHAR)) <> strlen({KEPT_TEXTS}) + 2"
    sql = f"CASE WHEN {special} THEN {_object([*escaped, *nested])} ELSE {KEPT_PLAINLY} END"
    filled = [mapping.fields[name].source for name in kept if name in mapping.fields and mapping.fields[name].column.filled]
    first = next((column for column in plain if column in filled), None)
    keys = {json.dumps(format_.canonical(column.name), ensure_ascii=False): value for column, value in values.items()}
    if first is not None and not nested:
        plainly = _plain_object(keys, first=json.dumps(format_.canonical(first.name), ensure_ascii=False))
    else:
        plainly = _object([_join_quoted(keys), *nested])
    return Kept(sql, ((KEPT_TEXTS, f"concat({', '.join(values.values())})"), (KEPT_PLAINLY, plainly)))


def _plain_object(values: dict[str, str], *, first: str) -> str:
    """An object of values that need no escape, by their keys as JSON. first: a key whose value is never NULL, so that each other one
    follows a comma; pieces of one text are put together in half the time that a text for each member takes.
    """
    others = [
        f"""CASE WHEN {value} IS NOT NULL THEN {literal(f'",{key}:"')} END, {value}"""
        for key, value in values.items()
        if key != first
    ]
    return f"""concat({", ".join([literal(f'{{{first}:"'), values[first], *others, literal('"}')])})"""


def _join_quoted(values: dict[str, str]) -> str:
    """Members whose values need no escape; the marks between them are written once for all. NULL where there is none."""
    members = [f"{literal(key + ':' + chr(34))} || {value}" for key, value in values.items()]
    return f"""nullif(concat(concat_ws('",', {", ".join(members)}), '"'), '"')"""


def _object(members: Sequence[str]) -> str:
    return f"concat('{{', concat_ws(',', {', '.join(members)}), '}}')"


def _member(format_: Format, column: FileColumn, value: str) -> str:
    """NULL for no value."""
    key = json.dumps(format_.canonical(column.name), ensure_ascii=False)
    return f"{literal(key + ':')} || {value}"


def absent_value(kind: Kind) -> str:
    """SQL of a column that the file does not have."""
    types = {Kind.DECIMAL: DECIMAL, Kind.TIME: "TIMESTAMP WITH TIME ZONE"}
    return f"CAST(NULL AS {types.get(kind, 'VARCHAR')})"
