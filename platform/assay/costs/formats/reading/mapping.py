"""Which column of a file becomes which column of the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assay.costs.domain.columns import CHARGE_CATEGORIES, Column, Presence
from assay.costs.domain.formats import FileColumn, Format
from assay.costs.formats.reading.files import BillFile
from assay.costs.formats.reading.relations import Relation
from assay.costs.formats.reading.sql import identifier, literal
from assay.costs.formats.reading.values import Fault, Reading, as_text, read_value

MARK = "assay found a fault"
INSTANCE_USAGE = r"(?:BoxUsage|SpotUsage|DedicatedUsage|HostBoxUsage|UnusedBox|UnusedDed):(\S+)$"
"""How AWS names instance hours in x_UsageType."""


@dataclass(frozen=True, slots=True)
class Field:
    """A ledger column, the file's column that feeds it, and how its values are read."""

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
        cases = [f"WHEN {self.reading.sound} THEN {self.reading.value}"] if self.reading.sound else []
        cases.append(f"WHEN {self.source.reference} IS NULL THEN {failure if self.column.filled else 'NULL'}")
        if self.faults:
            cases.append(f"WHEN {' OR '.join(f'({fault.condition})' for fault in self.faults)} THEN {failure}")
        return f"CASE {' '.join(cases)} ELSE {self.reading.value} END AS {self.column.ledger_name}"

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
    """fields: by ledger column. custom: columns that FOCUS does not know. notes: what a reader should know."""

    fields: dict[str, Field]
    custom: tuple[FileColumn, ...]
    notes: tuple[str, ...]

    def attempt(self, name: str) -> str:
        return self.fields[name].reading.attempt

    def reference(self, name: str) -> str:
        return self.fields[name].source.reference


def map_columns(bill_file: BillFile, relation: Relation, format_: Format, *, currency: str) -> Mapping:
    """currency: the one that every row must have; empty to take any. raises: BillRefused when required columns are missing."""
    available = {column.name.lower(): column for column in relation.columns}
    inputs = format_.inputs(relation.columns)
    found = {column.name: _find(column, available) for column in inputs}
    missing = [column.name for column in inputs if column.presence is Presence.REQUIRED and not found[column.name]]
    if missing:
        raise bill_file.refuse(
            f"line 1: required {format_.title} columns are missing: {', '.join(missing)}. {format_.remedy}",
            columns=missing,
        )
    fields = {column.ledger_name: _map(bill_file, column, source) for column in inputs if (source := found[column.name])}
    _add_rules(fields, currency)
    known = {field.source.name for field in fields.values()}
    custom = tuple(column for column in relation.columns if column.name not in known)
    return Mapping(fields, custom, tuple(_note(format_, inputs, found, custom)))


def _find(column: Column, available: dict[str, FileColumn]) -> FileColumn | None:
    return next((available[name.lower()] for name in (column.name, *column.aliases) if name.lower() in available), None)


def _map(bill_file: BillFile, column: Column, source: FileColumn) -> Field:
    reading = read_value(column.kind, source.type, source.reference)
    if reading is None:
        raise bill_file.refuse(f"column {source.name} has the type {source.type}, which cannot be read as {column.kind}.")
    return Field(column, source, reading, reading.faults)


def _add_rules(fields: dict[str, Field], currency: str) -> None:
    """Rules that look at more than the value's own form."""
    category = fields["charge_category"].source.reference
    allowed = ", ".join(literal(name) for name in CHARGE_CATEGORIES)
    _add_rule(fields, "charge_category", f"{category} NOT IN ({allowed})", f"is not one of {', '.join(CHARGE_CATEGORIES)}")
    reference = fields["billing_currency"].source.reference
    _add_rule(
        fields, "billing_currency", f"NOT regexp_full_match({reference}, '[A-Z]{{3}}')", "is not a currency code such as USD"
    )
    if currency:
        reason = f"differs from {currency}: one file, and one source, has one currency; split the file by currency"
        _add_rule(fields, "billing_currency", f"{reference} <> {literal(currency)}", reason)
    for name in ("billing_period", "charge_period"):
        start, end = (fields[f"{name}_{border}"].reading.attempt for border in ("start", "end"))
        _add_rule(fields, f"{name}_end", f"{end} < {start}", "is before the start of its period")


def _add_rule(fields: dict[str, Field], name: str, condition: str, reason: str) -> None:
    field = fields[name]
    fields[name] = Field(field.column, field.source, field.reading, (*field.faults, Fault(condition, reason)))


def _note(
    format_: Format, inputs: Sequence[Column], found: dict[str, FileColumn | None], custom: tuple[FileColumn, ...]
) -> Iterable[str]:
    absent = [column.name for column in inputs if column.presence is Presence.EXPECTED and not found[column.name]]
    if absent:
        yield f"Columns that {format_.title} makes mandatory are absent and read as empty: {', '.join(absent)}."
    if custom:
        yield f"Custom columns kept in x_columns: {', '.join(column.name for column in custom)}."


def custom_values(mapping: Mapping) -> str:
    """SQL of the JSON object of a row's custom columns, without empty ones; NULL when the file has none."""
    if not mapping.custom:
        return "CAST(NULL AS VARCHAR)"
    pairs = ", ".join(f"{literal(column.name)}, {as_text(column.type, column.reference)}" for column in mapping.custom)
    return f"CAST(json_merge_patch('{{}}', json_object({pairs})) AS VARCHAR)"


def instance_type(mapping: Mapping) -> str:
    """SQL of the machine's type: from SkuPriceDetails, else from AWS's custom columns."""
    candidates = []
    if details := mapping.fields.get("sku_price_details"):
        candidates.append(f"json_extract_string(TRY(json({details.reading.value})), '$.InstanceType')")
    custom = {column.name.lower(): as_text(column.type, column.reference) for column in mapping.custom}
    if "x_instancetype" in custom:
        candidates.append(custom["x_instancetype"])
    if "x_usagetype" in custom:
        candidates.append(f"nullif(regexp_extract({custom['x_usagetype']}, {literal(INSTANCE_USAGE)}, 1), '')")
    return f"coalesce({', '.join(candidates)})" if candidates else "CAST(NULL AS VARCHAR)"


def absent_value(column: Column) -> str:
    """SQL of a ledger column that the file does not have."""
    types = {"decimal": "DECIMAL(33, 15)", "time": "TIMESTAMP WITH TIME ZONE"}
    return f"CAST(NULL AS {types.get(column.kind, 'VARCHAR')}) AS {identifier(column.ledger_name)}"
