"""Ibis's words as Spark and Databricks say them, where Ibis's own compiler would say something else than DuckDB understands."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import ibis.expr.operations as ops
import pyarrow as pa
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import SQLGlotCompiler
from ibis.backends.sql.compilers.databricks import DatabricksCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.common.exceptions import UnsupportedOperationError
from ibis.expr.types import Table

NO_TABLES: Mapping[str, Table] = MappingProxyType({})
READ_JSON, LIST_KEYS = "json_extract_string", "json_keys"
"""DuckDB's functions, by which tags are read: (document, pointer) → text, and document → texts."""


class _LikeDuckDB:
    """What Ibis says otherwise: texts of times with their zone, LIKE without an escape character, and reading of JSON."""

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> sge.Expr:  # noqa: N802  Ibis's name
        text: sge.Expr = super().visit_Cast(op, arg=arg, to=to)  # type: ignore[misc]  # of the compiler beside it
        if to.is_string() and op.arg.dtype.is_timestamp() and op.arg.dtype.timezone:
            return sge.func("concat", text, sge.convert("+00"))
        return text

    def visit_StringSQLLike(self, op: Any, *, arg: Any, pattern: Any, escape: Any) -> sge.Expr:  # noqa: N802  Ibis's name
        if not isinstance(op.pattern, ops.Literal) or escape is not None:
            raise UnsupportedOperationError("LIKE takes a text, and no ESCAPE")
        return sge.Like(this=arg, expression=sge.convert(op.pattern.value.replace("\\", "\\\\")))

    def visit_ScalarUDF(self, op: Any, **arguments: Any) -> sge.Expr:  # noqa: N802  Ibis's name
        """A map has every key as it is written, which the paths of get_json_object cannot say."""
        document, *_ = arguments.values()
        if op.__func_name__ == LIST_KEYS:
            return sge.func("json_object_keys", document)
        if op.__func_name__ != READ_JSON or not isinstance(op.args[1], ops.Literal):
            raise UnsupportedOperationError(f"{op.__func_name__} is not there in Spark")
        key = sge.convert(read_pointer(op.args[1].value))
        return sge.Bracket(this=sge.func("from_json", document, sge.convert("map<string, string>")), expressions=[key])


class _Spark(_LikeDuckDB, PySparkCompiler):  # type: ignore[misc]  # Ibis has no types
    __slots__ = ()
    rewrites = SQLGlotCompiler.rewrites


class _Databricks(_LikeDuckDB, DatabricksCompiler):  # type: ignore[misc]  # Ibis has no types
    __slots__ = ()
    rewrites = SQLGlotCompiler.rewrites


def say_to_spark(expression: Table, given: Mapping[str, Table] = NO_TABLES) -> str:
    return put_before(_write(_Spark(), expression), {name: _write(_Spark(), each) for name, each in given.items()})


def say_to_databricks(expression: Table, given: Mapping[str, Table] = NO_TABLES) -> str:
    statement = _write(_Databricks(), expression)
    return _without_variables(put_before(statement, {name: _write(_Databricks(), each) for name, each in given.items()}))


def put_before(statement: str, given: Mapping[str, str]) -> str:
    """The statement with others before it, by the names under which it reads them."""
    if not given:
        return statement
    named = ", ".join(f"{name} AS ({each})" for name, each in given.items())
    return f"WITH {named}, {statement.removeprefix('WITH ')}" if statement.startswith("WITH ") else f"WITH {named} {statement}"


def list_for_databricks(rows: pa.Table) -> str:
    """A statement that gives these rows, of texts and whole numbers."""
    found = [tuple(row.values()) for row in rows.to_pylist()]
    nothing = (None,) * rows.num_columns
    values = sge.values(found or [nothing], alias="listed", columns=rows.column_names)
    statement: str = sg.select("*").from_(values).where(sge.convert(bool(found))).sql(dialect="databricks")
    return _without_variables(statement)


def _without_variables(statement: str) -> str:
    """`${` would be one of the workspace's, also within a text."""
    return statement.replace("${", r"\u0024{")


def _write(compiler: Any, expression: Table) -> str:
    statement: str = compiler.to_sqlglot(expression.unbind()).sql(dialect=compiler.dialect)
    return statement


def read_pointer(pointer: str) -> str:
    """The key at which a JSON pointer of one step points. raises: ValueError."""
    slash, *steps = pointer.split("/")
    if slash or len(steps) != 1:
        raise ValueError(f"A pointer into JSON takes one step, which {pointer!r} does not")
    return steps[0].replace("~1", "/").replace("~0", "~")
