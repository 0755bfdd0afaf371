"""No text of a tenant's becomes a formula in somebody's spreadsheet."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.csv_text import escape_formula, escape_formula_sql

TEXTS = {
    '=HYPERLINK("http://evil.example","pay")': '\'=HYPERLINK("http://evil.example","pay")',
    "+cmd|' /C calc'!A0": "'+cmd|' /C calc'!A0",
    "@SUM(A1:A9)": "'@SUM(A1:A9)",
    "-2+3": "'-2+3",
    "--1": "'--1",
    "\t=1": "'\t=1",
    "\r=1": "'\r=1",
    "\n=1": "'\n=1",
    "=a\nb": "'=a\nb",
    "-": "'-",
    "-1\n": "'-1\n",
    "-1.50": "-1.50",
    "+1e-07": "+1e-07",
    "-.5": "-.5",
    "i-0123": "i-0123",
    "a=b": "a=b",
    "": "",
}


@pytest.mark.parametrize(("text", "escaped"), TEXTS.items())
def test_formulas_get_an_apostrophe_and_numbers_do_not(text: str, escaped: str) -> None:
    assert escape_formula(text) == escaped


@given(texts=st.lists(st.text(st.sampled_from("=+-@\t\r\n0123456789.eE x'"), max_size=6), max_size=40))
def test_duckdb_escapes_as_python_does(texts: list[str]) -> None:
    values = [*texts, *TEXTS]
    query = f"SELECT {escape_formula_sql('text')}, {escape_formula_sql('NULL::VARCHAR')} FROM (SELECT unnest($1) AS text)"
    found = duckdb.execute(query, [values]).fetchall()
    assert found == [(escape_formula(value), None) for value in values]
