"""DuckDB as Assay uses it: in UTC, within bounds of memory, and without the network."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
from ibis.expr.types import Table

from assay.costs.domain.questions import Question
from assay.costs.selectors.lake import LakeFile, scan_sql

GIB = 1 << 30
QUESTION_MEMORY_BYTES = GIB
IMPORT_MEMORY_BYTES = GIB
"""Imports stream: more rows take more time, not more memory. What does not fit is spilled to a file, and takes longer."""

PLACE = {"file_index": "int64", "file_row_number": "int64"}
"""Where a row lies in the files of a table, which every table has: what makes an order of rows complete."""


@dataclass(frozen=True, slots=True)
class DuckDBSession:
    """Ibis's words, run by DuckDB itself: Ibis 12 reads answers by calls that DuckDB 2 has deprecated or removed."""

    connection: duckdb.DuckDBPyConnection

    def ask(self, question: Question, expression: Table) -> pa.Table:
        return self.connection.sql(ibis.to_sql(expression, dialect="duckdb")).to_arrow_table()


@contextmanager
def open_session(tables: Mapping[str, Sequence[LakeFile]]) -> Iterator[DuckDBSession]:
    """A DuckDB of its own with these tables as views."""
    with open_engine() as connection:
        for name, files in tables.items():
            scan = scan_sql([file.address for file in files])
            connection.execute(f"CREATE VIEW {name} AS SELECT *, {', '.join(PLACE)} FROM {scan}")  # noqa: S608  quoted paths
        yield DuckDBSession(connection)


@contextmanager
def open_engine(*, spill_to: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own, gone afterwards. spill_to: folder for what does not fit into memory; None for questions."""
    memory_bytes = QUESTION_MEMORY_BYTES if spill_to is None else IMPORT_MEMORY_BYTES
    connection = duckdb.connect(
        config={
            "memory_limit": f"{memory_bytes // 1024}KiB",
            "temp_directory": str(spill_to or ""),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        }
    )
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        yield connection
    finally:
        connection.close()
