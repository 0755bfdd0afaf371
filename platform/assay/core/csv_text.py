"""Text in CSV files that people open with a spreadsheet."""

import re

NUMBER = r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?"
FORMULA = r"[=+\-@\t\r\n].*"
"""What a spreadsheet would calculate, were it not a number. Both are regular expressions of Python and of DuckDB."""

_NUMBER = re.compile(NUMBER)
_FORMULA = re.compile(FORMULA, re.DOTALL)


def escape_formula(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula; numbers stay as they are."""
    return f"'{text}" if _FORMULA.fullmatch(text) and not _NUMBER.fullmatch(text) else text


def escape_formula_sql(expression: str) -> str:
    """DuckDB SQL that says the same of a text; NULL stays NULL."""
    formula = f"regexp_full_match({expression}, '{FORMULA}', 's') AND NOT regexp_full_match({expression}, '{NUMBER}')"
    return f"CASE WHEN {formula} THEN '''' || {expression} ELSE {expression} END"
