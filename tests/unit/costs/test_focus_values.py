"""How single values of a bill are read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.costs.domain.columns import FOCUS_COLUMNS, Kind
from assay.costs.formats.reading.values import Reading, read_value
from assay.costs.selectors.engines.duckdb import open_engine
from tests.breadth import examples

QUANTUM = Decimal("1e-15")
LIMIT = Decimal(10) ** 18

digits = st.integers(0, 10**20).map(str)
numbers = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**19), max_value=10**19).map(str),
    st.builds("{}{}.{}".format, st.sampled_from(["", "-", "+"]), digits, digits),
    st.builds("{}.{}e{}".format, st.integers(-999, 999), st.integers(0, 10**9), st.integers(-20, 20)),
    st.text(alphabet="0123456789.eE+-_, xN", max_size=8),
)


def _expected(text: str) -> Decimal | None:
    """What text means in DECIMAL(33, 15); None when it is not a number or would lose a digit."""
    if any(character in text for character in "_ ") or "n" in text.lower():
        return None
    with localcontext(prec=200):
        try:
            number = Decimal(text)
        except InvalidOperation:
            return None
        exact = number == number.quantize(QUANTUM) if abs(number) < LIMIT else False
        return number.quantize(QUANTUM) if exact else None


def _evaluate(connection: duckdb.DuckDBPyConnection, reading: Reading, value: object, type_: str) -> tuple[object, list[str]]:
    """(value, reasons of faults) as an import would find them."""
    source = f"(SELECT CAST($1 AS {type_}) AS c0)"
    if reading.prepared:
        name, sql = reading.prepared
        source = f"(SELECT *, {sql} AS {name} FROM {source})"
    wrong = [
        fault.reason
        for fault in reading.faults
        if connection.execute(f"SELECT {fault.condition} FROM {source}", [value]).fetchall() == [(True,)]
    ]
    if wrong:
        return None, wrong
    return connection.execute(f"SELECT {reading.value} FROM {source}", [value]).fetchall()[0][0], []


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with open_engine() as engine:
        yield engine


@given(text=numbers)
@settings(max_examples=examples(150, many=1_000), deadline=None)
def test_a_number_is_read_exactly_or_not_at_all(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    reading = read_value(Kind.DECIMAL, "VARCHAR", "c0")
    assert reading is not None
    value, faults = _evaluate(connection, reading, text, "VARCHAR")
    assert value == _expected(text)
    assert bool(faults) == (value is None)


@given(text=numbers)
@settings(max_examples=200, deadline=None)
def test_a_number_known_to_be_sound_has_no_fault(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    reading = read_value(Kind.DECIMAL, "VARCHAR", "c0")
    assert reading is not None
    (sound,) = connection.execute(f"SELECT {reading.sound} FROM (SELECT $1 AS c0)", [text]).fetchone() or (None,)
    assert not sound or _expected(text) is not None


@given(value=st.one_of(st.floats(-1e17, 1e17), st.integers(-99, 99).map(lambda n: (n + 0.5) * 1e-15), st.floats(-1e-12, 1e-12)))
@settings(max_examples=examples(150, many=1_000), deadline=None)
def test_a_float_is_its_shortest_decimal_rounded_half_even(connection: duckdb.DuckDBPyConnection, value: float) -> None:
    reading = read_value(Kind.DECIMAL, "DOUBLE", "c0")
    assert reading is not None
    with localcontext(prec=60):
        shortest = Decimal(repr(value))
        expected = shortest.quantize(QUANTUM, ROUND_HALF_EVEN)
    assert _evaluate(connection, reading, value, "DOUBLE") == (expected, [])
    (rounded,) = connection.execute(f"SELECT {reading.noted} FROM (SELECT $1::DOUBLE AS c0)", [value]).fetchone() or (None,)
    assert rounded == (shortest != expected)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e30])
def test_a_float_that_is_no_amount_is_a_fault(connection: duckdb.DuckDBPyConnection, value: float) -> None:
    reading = read_value(Kind.DECIMAL, "DOUBLE", "c0")
    assert reading is not None
    assert _evaluate(connection, reading, value, "DOUBLE")[1]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T10:00:00Z", "2026-01-31T10:00:00+00:00", "2026-01-31 10:00:00", "2026-01-31T10:00:00",
        "2026-01-31T12:00:00+02:00", "2026-01-31T10:00Z", "2026-01-31T10:00:00.000Z",
    ],
)  # fmt: skip
def test_times_are_utc_unless_they_say_otherwise(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    reading = read_value(Kind.TIME, "VARCHAR", "c0")
    assert reading is not None
    micros = replace(reading, value=f"epoch_us({reading.value})")
    at = int(datetime(2026, 1, 31, 10, tzinfo=UTC).timestamp() * 1_000_000)
    assert _evaluate(connection, micros, text, "VARCHAR") == (at, [])


@pytest.mark.parametrize(
    "text", ["", "soon", "31/01/2026", "2026-13-01T00:00:00Z", "infinity", "epoch", "1.5", "0026-01-01T00:00:00Z"]
)
def test_other_words_are_no_times(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    reading = read_value(Kind.TIME, "VARCHAR", "c0")
    assert reading is not None
    assert _evaluate(connection, reading, text, "VARCHAR")[1]


def test_a_column_of_another_nature_cannot_hold_money_or_times() -> None:
    assert read_value(Kind.DECIMAL, "BOOLEAN", "c0") is None
    assert read_value(Kind.DECIMAL, "MAP(VARCHAR, VARCHAR)", "c0") is None
    assert read_value(Kind.TIME, "BIGINT", "c0") is None


def test_ledger_names_are_those_of_focus_in_snake_case() -> None:
    names = {column.name: column.ledger_name for column in FOCUS_COLUMNS}
    assert names["PricingCurrencyContractedUnitPrice"] == "pricing_currency_contracted_unit_price"
    assert names["SkuPriceDetails"] == "sku_price_details"
    assert len(set(names.values())) == len(FOCUS_COLUMNS) == 67
