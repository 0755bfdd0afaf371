"""DuckDB as Assay uses it: in UTC, within bounds of memory, and without the network."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

import duckdb
import ibis
import pyarrow as pa
from ibis.expr.operations import Relation
from ibis.expr.types import Table

from assay.costs.domain.questions import Question
from assay.costs.selectors.engines.answers import conform
from assay.costs.selectors.engines.statements import NO_TABLES, put_before
from assay.costs.selectors.lake import LakeFile, columns_beside, fetch_files, scan_sql

GIB = 1 << 30
QUESTION_MEMORY_BYTES = GIB
IMPORT_MEMORY_BYTES = GIB
"""Imports stream: more rows take more time, not more memory. What does not fit is spilled to a file, and takes longer."""


@dataclass(frozen=True, slots=True)
class DuckDBSession:
    """Ibis's words, run by DuckDB itself: Ibis 12 reads answers by calls that DuckDB 2 has deprecated or removed."""

    connection: duckdb.DuckDBPyConnection

    def ask(self, question: Question, expression: Table, *, given: Mapping[str, Table] = NO_TABLES) -> pa.Table:
        said = put_before(_say(expression.op()), {name: _say(each.op()) for name, each in given.items()})
        return conform(self.connection.sql(said).to_arrow_table(), expression)

    def stream(self, question: Question, expression: Table, *, batch_rows: int) -> Iterator[pa.RecordBatch]:
        for batch in self.connection.sql(_say(expression.op())).to_arrow_reader(batch_rows):
            yield from conform(pa.Table.from_batches([batch]), expression).to_batches()

    def define(self, name: str, rows: pa.Table) -> None:
        self.connection.register(name, rows)


@lru_cache(maxsize=256)
def _say(relation: Relation) -> str:
    """Saying a question takes longer than answering it; many are asked again."""
    return str(ibis.to_sql(relation.to_expr(), dialect="duckdb", pretty=False))


@contextmanager
def open_session(tables: Mapping[str, Sequence[LakeFile]]) -> Iterator[DuckDBSession]:
    """A connection of its own to this process's DuckDB: its views are temporary, and no other connection knows them."""
    with _lock:
        connection = _open_process_engine().cursor()
    try:
        for name, files in tables.items():
            beside = ", ".join(f"{value} AS {column}" for column, value in columns_beside(files).items())
            connection.execute(f"CREATE TEMP VIEW {name} AS SELECT *, {beside} FROM {scan_sql(fetch_files(files))}")  # noqa: S608  quoted paths
        yield DuckDBSession(connection)
    finally:
        connection.close()


_lock = Lock()
_process_engines: dict[int, duckdb.DuckDBPyConnection] = {}
"""Of each process by its number: one that was forked opens its own, and leaves alone what it inherited."""


def _open_process_engine() -> duckdb.DuckDBPyConnection:
    """Opening a DuckDB takes longer than most questions."""
    process = os.getpid()
    if process not in _process_engines:
        engine = _process_engines[process] = _open(QUESTION_MEMORY_BYTES, spill_to="")
        engine.execute("SET parquet_metadata_cache = true")
    return _process_engines[process]


@contextmanager
def open_engine(*, spill_to: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own, gone afterwards. spill_to: folder for what does not fit into memory; None for questions."""
    memory_bytes = QUESTION_MEMORY_BYTES if spill_to is None else IMPORT_MEMORY_BYTES
    connection = _open(memory_bytes, spill_to=str(spill_to or ""))
    if spill_to is not None:
        connection.execute("SET disabled_optimizers = 'in_clause'")  # a list of names is compared, and no join for each row
    try:
        yield connection
    finally:
        connection.close()


def _open(memory_bytes: int, *, spill_to: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={
            "memory_limit": f"{memory_bytes // 1024}KiB",
            "temp_directory": spill_to,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        }
    )
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection
