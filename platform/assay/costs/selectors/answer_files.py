"""An answer as a file: every group, every step, every digit."""

import csv
import io
from collections.abc import Iterator
from enum import StrEnum

import pyarrow as pa
import pyarrow.parquet as pq

from assay.core.csv_text import escape_formula
from assay.costs.domain.dimensions import name_group
from assay.costs.domain.questions import AnswerRow, CostAnswer, CostQuestion

AMOUNT = pa.decimal128(38, 15)
REST = "(everything else)"


class FileKind(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"

    @property
    def media_type(self) -> str:
        return "text/csv; charset=utf-8" if self is FileKind.CSV else "application/vnd.apache.parquet"


def write_answer(answer: CostAnswer, question: CostQuestion, kind: FileKind) -> bytes:
    """A row per group, or per group and step. Texts that a spreadsheet would calculate are escaped in CSV alone."""
    columns = _columns(question)
    rows = list(_rows(answer, question))
    return _write_csv(columns, rows) if kind is FileKind.CSV else _write_parquet(columns, rows)


def _columns(question: CostQuestion) -> list[str]:
    names = [name_group(group) for group in question.group_by]
    step = ["step"] if question.granularity else []
    before = ["amount_before"] if _compares(question) else []
    return [*names, *step, "amount", *before, "currency", "basis", "credits", "from", "to"]


def _compares(question: CostQuestion) -> bool:
    return question.before is not None and question.granularity is None


def _rows(answer: CostAnswer, question: CostQuestion) -> Iterator[list[object]]:
    start, end = question.interval.start, question.interval.end
    tail = [answer.currency, question.basis.value, question.credits.value, start.isoformat(), end.isoformat()]
    for row in (
        answer.shown if question.group_by else [AnswerRow((), answer.total, answer.total_before, series=answer.step_totals)]
    ):
        key: list[object] = list(row.key)
        if not key and question.group_by:
            key = [REST, *[None] * (len(question.group_by) - 1)]
        if question.granularity:
            yield from ([*key, step, amount, *tail] for step, amount in zip(answer.steps, row.series, strict=False))
        else:
            yield [*key, row.amount, *([row.before] if _compares(question) else []), *tail]


def _write_csv(columns: list[str], rows: list[list[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([escape_formula(name) for name in columns])
    writer.writerows([_cell(value, name) for value, name in zip(row, columns, strict=True)] for row in rows)
    return text.getvalue().encode()


def _cell(value: object, column: str) -> str:
    if value is None:
        return ""
    return f"{value:f}" if column.startswith("amount") else escape_formula(str(value))


def _write_parquet(columns: list[str], rows: list[list[object]]) -> bytes:
    types = [AMOUNT if name in ("amount", "amount_before") else pa.string() for name in columns]
    arrays = [pa.array([row[i] for row in rows], kind) for i, kind in enumerate(types)]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=columns), buffer)
    return buffer.getvalue()
