"""How the value of one column is read, for each type it may have in a file: SQL for the value and for what is wrong with it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assay.costs.domain.columns import Kind
from assay.costs.formats.reading.sql import literal

DECIMAL = "DECIMAL(33, 15)"
INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}
FLOATS = {"FLOAT", "DOUBLE"}
NESTED = ("MAP(", "STRUCT(", "JSON", "VARIANT")

NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?"
PLAIN_NUMBER = r"[+-]?([0-9]{1,18}(\.[0-9]{0,15})?|\.[0-9]{1,15})"
"""Numbers that fit DECIMAL(33, 15) whatever their digits are: most of them, so that the other rules need not look."""

SCIENTIFIC = r"[0-9]+\.?[0-9]*[eE][+]?[0-9]+"
OFFSET = r"[+-][0-9]{2}(:?[0-9]{2})?$"

INSTANT = "TIMESTAMP WITH TIME ZONE"
EARLIEST, LATEST = "TIMESTAMPTZ '1990-01-01 00:00:00+00'", "TIMESTAMPTZ '2200-01-01 00:00:00+00'"


@dataclass(frozen=True, slots=True)
class Fault:
    """condition: SQL, true for a value that is wrong; it is asked of values only, never of an empty one."""

    condition: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """SQL over one column of a relation.

    value: converts a value that has no fault. attempt: the same, NULL where that is impossible. sound: true for values known to
    have no fault. noted, note: true for values that the log counts, and what it says of them. prepared: (name, SQL) of what the others
    speak of by name, worked out once a row: what stands in a CASE is worked out anew wherever it is written.
    """

    value: str
    attempt: str
    faults: tuple[Fault, ...] = ()
    sound: str = ""
    noted: str = ""
    note: str = ""
    prepared: tuple[str, str] | None = None


def read_value(kind: Kind, type_: str, reference: str) -> Reading | None:
    """How to read a column of a file. returns: None when the file's type cannot hold such values."""
    readers: dict[Kind, Callable[[str, str], Reading | None]] = {
        Kind.TEXT: _read_text,
        Kind.DECIMAL: _read_decimal,
        Kind.TIME: _read_time,
        Kind.JSON: _read_json,
        Kind.TAGS: _read_tags,
        Kind.ACCOUNT: _read_account,
        Kind.CURRENCY: _read_currency,
    }
    return readers[kind](type_, reference)


def are_plain_numbers(texts: Sequence[str]) -> str:
    """Whether all of these texts that are not NULL are numbers which fit. A text with the mark between them can be no number: its cast fails."""
    pattern = f"({PLAIN_NUMBER}(;{PLAIN_NUMBER})*)?"
    return f"regexp_full_match(concat_ws(';', {', '.join(texts)}), {literal(pattern)})"


def as_text(type_: str, reference: str) -> str:
    """Any value as text; nested ones as JSON."""
    if type_ == "VARCHAR":
        return reference
    return f"CAST(to_json({reference}) AS VARCHAR)" if is_nested(type_) else f"CAST({reference} AS VARCHAR)"


def is_nested(type_: str) -> bool:
    return type_.startswith(NESTED) or type_.endswith("]")


def _read_text(type_: str, reference: str) -> Reading:
    text = as_text(type_, reference)
    if type_ not in FLOATS:
        return Reading(text, text)
    unsure = Fault(
        f"NOT isnan({reference})", "is stored as a floating-point number, so its digits are unsure: export this column as text"
    )
    return Reading("CAST(NULL AS VARCHAR)", "CAST(NULL AS VARCHAR)", (unsure,))


def _read_account(type_: str, reference: str) -> Reading:
    reading = _read_text(type_, reference)
    if type_ != "VARCHAR":
        return reading
    exponent = f"(contains({reference}, 'e') OR contains({reference}, 'E'))"
    lost = Fault(
        f"{exponent} AND regexp_full_match({reference}, {literal(SCIENTIFIC)})",
        "is an account number in scientific notation, which has lost digits: export this column as text",
    )
    return Reading(reading.value, reading.attempt, (lost,))


def _read_currency(type_: str, reference: str) -> Reading:
    text = as_text(type_, reference)
    fault = Fault(f"NOT regexp_full_match({text}, '[A-Z]{{3}}')", "is not a currency code such as USD")
    return Reading(text, text, (fault,))


def _read_decimal(type_: str, reference: str) -> Reading | None:
    attempt = f"TRY_CAST({reference} AS {DECIMAL})"
    too_large = Fault(f"{attempt} IS NULL", "is too large: 18 digits fit before the point")
    if type_ in INTEGERS:
        return Reading(attempt, attempt, (too_large,))
    if type_.startswith("DECIMAL("):
        width, scale = (int(part) for part in type_.removeprefix("DECIMAL(").rstrip(")").split(","))
        if scale <= 15 and width - scale <= 18:
            return Reading(f"CAST({reference} AS {DECIMAL})", f"CAST({reference} AS {DECIMAL})")
        return Reading(attempt, attempt, (too_large,)) if scale <= 15 else _read_number_text(f"CAST({reference} AS VARCHAR)")
    if type_ in FLOATS:
        return _read_float(reference)
    return _read_number_text(reference) if type_ == "VARCHAR" else None


def _read_number_text(text: str) -> Reading:
    attempt = f"TRY_CAST({text} AS {DECIMAL})"
    faults = (
        Fault(f"NOT regexp_full_match({text}, {literal(NUMBER)})", "is not a number"),
        Fault(f"{attempt} IS NULL", "is too large: 18 digits fit before the point"),
        Fault(f"{_decimals_of(text)} > 15", "has more than 15 decimals, and money is not rounded: shorten it at the source"),
    )
    return Reading(f"CAST({text} AS {DECIMAL})", attempt, faults, f"regexp_full_match({text}, {literal(PLAIN_NUMBER)})")


def _read_float(reference: str) -> Reading:
    """The shortest decimal that means the same floating-point number, rounded half-even to 15 decimals."""
    text = f"CAST({reference} AS VARCHAR)"
    away = f"TRY_CAST({text} AS {DECIMAL})"
    tie = f"{_decimals_of(text)} = 16 AND regexp_matches({text}, '5(e.*)?$')"
    odd = f"right(CAST({away} AS VARCHAR), 1) IN ('1', '3', '5', '7', '9')"
    step = f"CAST(CASE WHEN {reference} < 0 THEN '-1e-15' ELSE '1e-15' END AS {DECIMAL})"
    value = f"CASE WHEN {tie} AND {odd} THEN CAST({away} - {step} AS {DECIMAL}) ELSE {away} END"
    faults = (
        Fault(f"NOT isfinite({reference})", "is not a number"),
        Fault(f"{away} IS NULL", "is too large: 18 digits fit before the point"),
    )
    rounded = f"isfinite({reference}) AND {_decimals_of(text)} > 15"
    return Reading(value, value, faults, noted=rounded, note="floating-point values were rounded half-even to 15 decimals.")


def _decimals_of(text: str) -> str:
    """How many decimals a number needs, its exponent counted in: 1.50e-3 needs 4."""
    mantissa = rf"regexp_extract({text}, '^[+-]?([0-9.]*)', 1)"
    digits = f"replace({mantissa}, '.', '')"
    exponent = rf"coalesce(TRY_CAST(regexp_extract({text}, '[eE]([+-]?[0-9]+)$', 1) AS INTEGER), 0)"
    fraction = f"CASE WHEN contains({mantissa}, '.') THEN length({mantissa}) - position('.' IN {mantissa}) ELSE 0 END"
    trailing = f"length({digits}) - length(rtrim({digits}, '0'))"
    return f"(CASE WHEN rtrim({digits}, '0') = '' THEN 0 ELSE {fraction} - ({trailing}) - {exponent} END)"


def _read_time(type_: str, reference: str) -> Reading | None:
    if type_ not in {"VARCHAR", "DATE"} and not type_.startswith("TIMESTAMP"):
        return None
    if type_ == INSTANT:
        return Reading(reference, reference, (_outside(f"{reference} BETWEEN {EARLIEST} AND {LATEST}"),))
    name = f"{re.sub(r'[^a-z0-9]+', '_', reference)}_instant"
    within = f"coalesce({name} BETWEEN {EARLIEST} AND {LATEST}, false)"
    zoneless = ""
    if type_ == "VARCHAR":
        zoneless = f"CASE WHEN {reference} LIKE '%Z' THEN false ELSE NOT regexp_matches({reference}, {literal(OFFSET)}) END"
    return Reading(
        name,
        name,
        (_outside(within),),
        noted=zoneless,
        note="times without a zone were read as UTC.",
        prepared=(name, _as_instant(type_, reference)),
    )


def _outside(within: str) -> Fault:
    return Fault(f"NOT ({within})", "is not a time such as 2026-01-31T00:00:00Z")


def _as_instant(type_: str, reference: str) -> str:
    """Without a zone to look up, which takes three times as long, wherever that is possible."""
    in_utc = f"make_timestamptz(epoch_us(TRY_CAST({reference} AS TIMESTAMP)))"
    if type_.startswith("TIMESTAMP"):
        return in_utc
    attempt = f"TRY_CAST({reference} AS TIMESTAMP WITH TIME ZONE)"
    return f"CASE WHEN {reference} LIKE '%Z' THEN {in_utc} ELSE {attempt} END" if type_ == "VARCHAR" else attempt


def _read_json(type_: str, reference: str) -> Reading:
    text = as_text(type_, reference)
    return Reading(text, text)


def _read_tags(type_: str, reference: str) -> Reading:
    text = as_text(type_, reference)
    if type_.startswith(("MAP(", "STRUCT(")) and not type_.endswith("]"):
        return Reading(text, text)
    is_object = f"json_valid({text}) AND starts_with(ltrim({text}), '{{')"
    return Reading(text, text, (Fault(f"NOT ({is_object})", "is not a JSON object"),))
