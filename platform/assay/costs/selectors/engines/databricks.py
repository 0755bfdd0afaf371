"""Databricks: a SQL warehouse, or a cluster, of a workspace that reads the lake's bucket itself."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import sqlglot
from django.conf import settings
from ibis.expr.types import Table

from assay.core.errors import Unavailable
from assay.costs.domain.columns import PARTITION_COLUMNS
from assay.costs.domain.questions import Question
from assay.costs.selectors.engines.answers import conform
from assay.costs.selectors.engines.statements import NO_TABLES, list_for_databricks, say_to_databricks
from assay.costs.selectors.lake import LakeFile, columns_beside, ledger_types

if TYPE_CHECKING:
    from databricks.sql.client import Connection

OPENING = ("SET TIME ZONE 'UTC'", "SET ANSI_MODE = true")


@dataclass(frozen=True, slots=True)
class DatabricksSession:
    """Ibis's words, run by a workspace; views are the connection's own, and end with it."""

    connection: "Connection"

    def ask(self, question: Question, expression: Table, *, given: Mapping[str, Table] = NO_TABLES) -> pa.Table:
        with self.connection.cursor() as cursor:
            cursor.execute(say_to_databricks(expression, given))
            return conform(cursor.fetchall_arrow(), expression)

    def stream(self, question: Question, expression: Table, *, batch_rows: int) -> Iterator[pa.RecordBatch]:
        with self.connection.cursor() as cursor:
            cursor.execute(say_to_databricks(expression))
            while (found := cursor.fetchmany_arrow(batch_rows)).num_rows:
                yield from conform(found, expression).to_batches(batch_rows)

    def define(self, name: str, rows: pa.Table) -> None:
        self._view(name, list_for_databricks(rows))

    def open_files(self, name: str, files: Sequence[LakeFile]) -> None:
        """By its address each: the statement names no folder and no table, so it reads what the snapshot holds and nothing else."""
        self._view(name, " UNION ALL ".join(_scan(file) for file in files))

    def _view(self, name: str, statement: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(f"CREATE OR REPLACE TEMPORARY VIEW {name} AS {statement}")


@contextmanager
def open_session(tables: Mapping[str, Sequence[LakeFile]]) -> Iterator[DatabricksSession]:
    """A connection of its own."""
    with _connect() as connection:
        session = DatabricksSession(connection)
        with connection.cursor() as cursor:
            for statement in OPENING:
                cursor.execute(statement)
        for name, files in tables.items():
            session.open_files(name, files)
        yield session


def _connect() -> "Connection":
    try:
        from databricks.sql import connect
    except ImportError as error:
        raise Unavailable(
            "ASSAY_LAKE_ENGINE is databricks, and its SQL connector is not installed: install Assay with its extra `databricks`, or choose duckdb."
        ) from error
    return connect(
        server_hostname=settings.ASSAY_DATABRICKS_HOST,
        http_path=settings.ASSAY_DATABRICKS_HTTP_PATH,
        access_token=settings.ASSAY_DATABRICKS_TOKEN,
    )


def _scan(file: LakeFile) -> str:
    """Values of partition columns are in the path of a file, and not in the file; the log has them too."""
    beside = {
        name: sqlglot.transpile(value, read="duckdb", write="databricks")[0] for name, value in columns_beside([file]).items()
    }
    kept = ["*"] if file.summed else [f"`{name}`" for name in ledger_types() if name not in PARTITION_COLUMNS]
    if not file.summed:
        beside |= {"source_id": f"'{file.source_id}'", "billing_period": f"'{file.billing_period}'"}
    columns = ", ".join((*kept, *(f"{value} AS {name}" for name, value in beside.items())))
    return f"SELECT {columns} FROM parquet.`{file.address.replace('`', '``')}`"  # noqa: S608  an address of the log
