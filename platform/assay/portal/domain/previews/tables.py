"""Tables out of delimited text and of the JSON that `mlflow.log_table` writes."""

import csv
import io
from collections.abc import Iterable, Sequence

from assay.portal.domain.previews.values import Table

ROWS = 200
COLUMNS = 100
CELL_LETTERS = 300
_DELIMITERS = ",\t;|"


def make_table(columns: Sequence[object], rows: Iterable[Sequence[object]], *, total_rows: int | None = None) -> Table:
    """At most ROWS by COLUMNS; shorter rows are filled up, longer ones cut."""
    width = min(len(columns), COLUMNS)
    shown = tuple(
        tuple(_shorten(row[position]) if position < len(row) else None for position in range(width))
        for row, _ in zip(rows, range(ROWS), strict=False)
    )
    names = tuple(_shorten(name) or "" for name in columns[:width])
    return Table(names, shown, total_rows, left_out_columns=len(columns) - width)


def read_delimited(text: str, *, is_whole: bool) -> Table | None:
    """The first line names the columns; the last one is left out if the text goes on. None when it is no table."""
    if not is_whole:
        text = text.rpartition("\n")[0]
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = list(zip(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), range(ROWS + 1), strict=False))
    except csv.Error:
        return None
    if not rows or not rows[0][0]:
        return None
    total = len(rows) - 1 if is_whole and len(rows) <= ROWS else None
    return make_table(rows[0][0], (row for row, _ in rows[1:]), total_rows=total)


def read_split_frame(content: object) -> Table | None:
    """`{"columns": […], "data": [[…], …]}`; None for anything else."""
    if not isinstance(content, dict):
        return None
    columns, data = content.get("columns"), content.get("data")
    if not isinstance(columns, list) or not isinstance(data, list) or not columns:
        return None
    if not all(isinstance(row, list) for row in data):
        return None
    return make_table(columns, data, total_rows=len(data))


def _shorten(value: object) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else repr(value) if isinstance(value, float) else str(value)
    return text if len(text) <= CELL_LETTERS else f"{text[:CELL_LETTERS]}…"
