"""What engines answer, in the same columns and types whichever of them was asked."""

import pyarrow as pa
from ibis.expr.datatypes import DataType
from ibis.expr.types import Table


def conform(answer: pa.Table, expression: Table) -> pa.Table:
    """Columns in the expression's order, for `*` is each engine's own; whole numbers, times and lists of its types, which each engine
    calls otherwise."""
    said = expression.schema()
    columns = {name: answer.column(name) for name in said}
    return pa.table({name: _cast(column, said[name]) for name, column in columns.items()})


def _cast(column: pa.ChunkedArray, said: DataType) -> pa.ChunkedArray:
    if said.is_timestamp():
        return column.cast(pa.timestamp("us", said.timezone))
    if said.is_date():
        return column.cast(pa.date32())
    return column.cast(said.to_pyarrow()) if said.is_integer() or said.is_array() else column
